//! What is asked of which provider.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue,
    header::{ACCEPT, AUTHORIZATION, USER_AGENT},
};

use super::{
    Asked, Authorization, ConnectorError, Missing, Outcome, Reason, failed,
    providers::{Parsed, Providers},
};
use crate::{
    model::{
        IntrospectionPolicy, IntrospectionRoute, Region, RegionEndpoint, Route, Sealed, TokenFault, ValidationMethod,
    },
    protocol::{AuthorizationHeader, Secret},
    upstream::{Method, Outgoing, ProviderUri},
};

/// A question that nothing is wrong with, before the gateway shows who it is.
pub(super) struct Draft<'p> {
    uri: ProviderUri,
    pub(super) token: ShownToken<'p>,
    providers: Arc<Providers>,
    region: Option<String>,
}

/// How the provider sees the token.
pub(super) enum ShownToken<'p> {
    /// As the caller shows it.
    Passed(HeaderValue),
    /// In a form, by a gateway with credentials of its own.
    Posted {
        /// The form.
        form: Bytes,
        /// The gateway's client id at the provider.
        client_id: &'p str,
        /// The gateway's secret there.
        client_secret: &'p Sealed,
    },
}

/// One question for one provider.
pub struct Question {
    uri: ProviderUri,
    form: Option<Bytes>,
    headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) providers: Arc<Providers>,
    /// The region whose endpoint is asked; `None` = `defaultURI`.
    pub region: Option<String>,
}

impl Question {
    /// The host that is asked.
    pub(super) fn provider(&self) -> &str {
        self.uri.host()
    }

    /// The method.
    pub fn method(&self) -> &'static str {
        if self.form.is_some() { "POST" } else { "GET" }
    }

    /// Where it goes; it prints without its query.
    pub fn uri(&self) -> &ProviderUri {
        &self.uri
    }

    /// The request, for the client.
    pub(super) fn outgoing(&self, policy: &IntrospectionPolicy) -> Outgoing<'_> {
        Outgoing {
            method: self.form.clone().map_or(Method::Get, Method::PostForm),
            uri: &self.uri,
            headers: &self.headers,
            proxy: self.providers.proxy.as_ref(),
            ca_bundle: self.providers.ca_bundle.as_ref(),
            timeout: Duration::from_millis(policy.timeout_ms),
        }
    }
}

impl Draft<'_> {
    /// The question, with the gateway's or the caller's `Authorization`.
    pub(super) fn question(self, mut authorization: HeaderValue, xray_trace_id: Option<&str>) -> Question {
        authorization.set_sensitive(true);
        let mut headers = vec![
            (AUTHORIZATION, authorization),
            (ACCEPT, HeaderValue::from_static("application/json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1")),
            (USER_AGENT, HeaderValue::from_static(concat!("tollgate/", env!("CARGO_PKG_VERSION")))),
        ];
        let trace = xray_trace_id.and_then(|trace| HeaderValue::from_str(trace).ok());
        headers.extend(trace.map(|trace| (TRACE, trace)));
        let form = match self.token {
            ShownToken::Passed(_) => None,
            ShownToken::Posted { form, .. } => Some(form),
        };
        Question { uri: self.uri, form, headers, providers: self.providers, region: self.region }
    }
}

impl<'a> Asked<'a> {
    /// The question, or the verdict about a call that needs none.
    pub(super) fn draft(&self, providers: Parsed) -> Result<Draft<'a>, Box<Outcome>> {
        if !self.called.enabled {
            return Err(Box::new(self.refuse(
                ConnectorError::TokenValidationFails,
                TokenFault::ServiceDisabled { spkey: self.called.spkey.clone() }.into(),
            )));
        }
        self.unservable()?;
        if let Some(outcome) = self.malformed().or_else(|| self.key_refusal()) {
            return Err(Box::new(outcome));
        }
        let Authorization::One(header, text) = self.call.authorization() else {
            return Err(Box::new(
                self.refuse(ConnectorError::AuthorizationHeaderNotPresentInRequest, Reason::NoAuthorization),
            ));
        };
        if !header.is_bearer() && !self.policy.any_scheme {
            return Err(Box::new(self.refuse(ConnectorError::TokenValidationFails, Reason::WrongScheme)));
        }
        if header.credentials().expose().is_empty() {
            return Err(Box::new(self.refuse(ConnectorError::TokenValidationFails, Reason::SchemeWithoutToken)));
        }
        let region = self.region()?;
        let token = self.shown(&header, text.expose())?;
        let configured = |error: String| Box::new(failed(self.trace(), Missing::Configuration(error)));
        let providers = providers.map_err(configured)?;
        let uri = providers.uri(region.as_deref()).ok_or_else(|| self.no_default())?.clone();
        Ok(Draft { uri, token, providers, region })
    }

    /// The token as the method has it, which is refused where no header can carry it.
    fn shown(&self, header: &AuthorizationHeader, text: &str) -> Result<ShownToken<'a>, Box<Outcome>> {
        match &self.policy.method {
            ValidationMethod::Introspection { client_id, client_secret } => {
                Ok(ShownToken::Posted { form: form(header.credentials()), client_id, client_secret })
            }
            ValidationMethod::Bearer { .. } => HeaderValue::from_str(text)
                .map(ShownToken::Passed)
                .map_err(|_| Box::new(self.refuse(ConnectorError::TokenValidationFails, Reason::MalformedToken))),
        }
    }

    /// A TOKEN event shows neither API key nor region header.
    fn unservable(&self) -> Result<(), Box<Outcome>> {
        let regional = matches!(&self.policy.route, Route::Configured(IntrospectionRoute { region: Some(_), .. }));
        if self.call.shape.shows_request() || !(regional || self.policy.api_key.is_some()) {
            return Ok(());
        }
        let missing = Missing::configuration("a TOKEN authorizer sees no API key and no region header, use REQUEST");
        Err(Box::new(failed(self.trace(), missing)))
    }

    /// The region that the call names; `None` = the default.
    fn region(&self) -> Result<Option<String>, Box<Outcome>> {
        let Route::Configured(route) = &self.policy.route else {
            let error = ConnectorError::InvalidPreInputConfigurationForTokenValidationURI;
            return Err(Box::new(self.refuse(error, Reason::ConfigFailure(error.parts().1.into()))));
        };
        match route.region.as_ref().and_then(|region| self.named_endpoint(region)) {
            Some(endpoint) => Ok(Some(endpoint.code.clone())),
            None if route.default_uri.is_none() => Err(self.no_default()),
            None => Ok(None),
        }
    }

    fn no_default(&self) -> Box<Outcome> {
        let error = ConnectorError::DefaultTokenValidationURINotPresent;
        Box::new(self.refuse(error, Reason::ConfigFailure(error.parts().1.into())))
    }

    fn named_endpoint<'r>(&self, region: &'r Region) -> Option<&'r RegionEndpoint> {
        let mut values = self.call.header(region.header.as_str());
        let code = values.next().filter(|_| values.next().is_none())?.trim();
        region.endpoints.iter().find(|endpoint| endpoint.code == code)
    }
}

/// RFC 7662 section 2.1.
fn form(token: &Secret) -> Bytes {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("token", token.expose()).append_pair("token_type_hint", "access_token");
    form.finish().into()
}

/// By which X-Ray joins what two servers record of one call.
const TRACE: HeaderName = HeaderName::from_static("x-amzn-trace-id");
