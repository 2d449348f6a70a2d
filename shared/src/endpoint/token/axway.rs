//! The token endpoint by the path of Axway API Gateway: scopes may have commas between them, a token may be for several
//! services, old Basic headers are read, and `format` names the format of the answer.

use super::{Answered, Granted, TokenEndpoint};
use crate::{
    client_auth::Dialect,
    endpoint::{form::posted_form, served::Seen},
    protocol::{
        AxwayFormat, ErrorBody, ErrorCode, OAuthError, Request, Response, TokenResponse, error_xml, spaced_scopes,
        token_xml,
    },
};

/// The path, which an alias may name too.
pub(super) const PATH: &str = "/api/oauth/token";

impl TokenEndpoint {
    pub(super) async fn axway(&self, request: &Request, seen: &mut Seen) -> Answered {
        let mut format = AxwayFormat::Json;
        let result = self.axway_token(request, &mut format, seen).await;
        let namespace = self.server.issuer.at(PATH);
        let response = match &result {
            Ok(granted) => given(&granted.answer, format, &namespace),
            Err(error) => error.response(refused(&error.body(), format, &namespace)),
        };
        (response, result)
    }

    async fn axway_token(
        &self,
        request: &Request,
        format: &mut AxwayFormat,
        seen: &mut Seen,
    ) -> Result<Granted, OAuthError> {
        let mut form = posted_form(request)?;
        if let Some(name) = form.get("format") {
            let unknown = || ErrorCode::InvalidRequest.because("format must be json, urlencoded or xml");
            *format = AxwayFormat::parse(name).ok_or_else(unknown)?;
        }
        form.rewrite("scope", spaced_scopes);
        self.by_grant_type(request, &mut form.without_empty(), (Dialect::Axway, seen)).await
    }
}

fn given(answer: &TokenResponse, format: AxwayFormat, namespace: &str) -> Response {
    match format {
        AxwayFormat::Json => Response::json(answer),
        AxwayFormat::UrlEncoded => urlencoded(&answer.members()),
        AxwayFormat::Xml => Response::xml(token_xml(namespace, answer)),
    }
}

fn refused(error: &ErrorBody<'_>, format: AxwayFormat, namespace: &str) -> Response {
    match format {
        AxwayFormat::Json => Response::json(error),
        AxwayFormat::UrlEncoded => {
            urlencoded(&[("error", error.error.into()), ("error_description", error.error_description.clone())])
        }
        AxwayFormat::Xml => Response::xml(error_xml(namespace, error)),
    }
}

fn urlencoded(members: &[(&str, std::borrow::Cow<'_, str>)]) -> Response {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
    Response::new("application/x-www-form-urlencoded", body.into_bytes())
}
