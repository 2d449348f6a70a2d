//! The settings of `authorizer: introspection`.

use super::{
    decode::{Field, Object},
    inputs::Inputs,
    report::Placed,
    route,
    service::ProviderSecret,
    validation::{self, Method, Validation},
};
use crate::model::{
    ApiKeyLocation, Authorization, HeaderGroup, HeaderName, IntrospectionPolicy, IntrospectionRoute, Proxy, Route,
    ValidationMethod, expression::HeaderEncoding,
};

/// What the policy is made of; the provider's secret is still in clear.
#[derive(Debug)]
pub(super) struct IntrospectionSettings {
    pub(super) route: Route,
    pub(super) inject_headers: Vec<HeaderGroup>,
    pub(super) unset_header_value: Option<String>,
    pub(super) validation: Validation,
    pub(super) api_key: Option<ApiKeyLocation>,
    proxy: Option<Proxy>,
    header_encoding: HeaderEncoding,
    pub(super) authorization: Authorization,
}

/// The settings that another authorizer does not have.
pub(super) const OWN_SETTINGS: [&str; 10] = [
    "api_key",
    "validation",
    "token_validation_uri",
    "region_required",
    "inject_headers",
    "header_encoding",
    "unset_header_value",
    "block_authorization_header",
    "http_proxy_server",
    "http_proxy_port",
];

pub(super) fn read(service: &Object<'_>, inputs: &Inputs<'_>) -> IntrospectionSettings {
    let api_key = service.read("api_key", Some(ApiKeyLocation::default()), |field| field.nullable(api_key));
    let validation = service.read("validation", Validation::default(), validation::read);
    let inject_headers = inputs.inject_headers();
    let header_encoding = service.read("header_encoding", HeaderEncoding::Percent, |field| field.choice(&ENCODINGS));
    let unset_header_value = service.read("unset_header_value", Some("-".to_owned()), unset_header_value);
    let authorization = authorization(service, inputs);
    let proxy = inputs.http_proxy().map(|proxy| proxy.value);
    IntrospectionSettings {
        route: route(service, inputs).map_or(Route::Unusable, Route::Configured),
        inject_headers: inject_headers.map(|groups| groups.value).unwrap_or_default(),
        unset_header_value,
        validation,
        api_key,
        proxy,
        header_encoding,
        authorization,
    }
}

impl IntrospectionSettings {
    /// The policy with the provider's secret sealed.
    pub(super) fn policy(&self, method: ValidationMethod) -> IntrospectionPolicy {
        IntrospectionPolicy {
            api_key: self.api_key.clone(),
            method,
            timeout_ms: self.validation.timeout_ms,
            outage_status: self.validation.outage_status,
            any_scheme: self.validation.any_scheme,
            ca_bundle: self.validation.ca_bundle.clone(),
            route: self.route.clone(),
            proxy: self.proxy.clone(),
            inject_headers: self.inject_headers.clone(),
            header_encoding: self.header_encoding,
            unset_header_value: self.unset_header_value.clone(),
            authorization: self.authorization,
        }
    }

    /// The gateway's secret at the provider.
    pub(super) fn provider_secret(&self) -> ProviderSecret<'_> {
        match &self.validation.method {
            Method::Introspection { client_secret: Some(given), .. } => ProviderSecret::Given(given),
            Method::Introspection { client_secret: None, .. } => ProviderSecret::Kept,
            Method::Bearer { .. } => ProviderSecret::None,
        }
    }
}

fn route(service: &Object<'_>, inputs: &Inputs<'_>) -> Option<IntrospectionRoute> {
    let required = service.member("region_required").and_then(|field| Some(field.placed(field.flag()?)));
    let route = inputs.token_validation_uri();
    let is_absent = service.member(route::NAME).is_none() && inputs.are_complete() && !inputs.has_line(route::NAME);
    if is_absent {
        inputs.findings().mistake(&service.place, "no token_validation_uri", "token_validation_uri with a defaultURI");
    }
    let mut route = route?.value;
    match (&mut route.region, required) {
        (Some(region), required) => region.required = required.is_some_and(|required| required.value),
        (None, Some(Placed { value: true, place })) => {
            let expected = "regionCodeHeader in token_validation_uri, or no region_required";
            inputs.findings().mistake(&place, "true", expected);
        }
        (None, _) => {}
    }
    Some(route)
}

fn api_key(field: &Field<'_>) -> Option<ApiKeyLocation> {
    let object = field.object()?;
    let is_header = object.read("in", false, |field| field.choice(&[("query", false), ("header", true)]));
    let name = object.member("name");
    object.close();
    match (is_header, name) {
        (true, Some(name)) => name.parsed(KEY_HEADER, key_header).map(ApiKeyLocation::Header),
        (true, None) => field.refuse("no name", "the name of the header"),
        (false, Some(name)) => name.parsed(KEY_PARAMETER, key_parameter).map(ApiKeyLocation::Query),
        (false, None) => Some(ApiKeyLocation::default()),
    }
}

fn key_header(text: &str) -> Result<HeaderName, ()> {
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let header = HeaderName::parse(text).map_err(|_| ())?;
    if is_plain && !text.eq_ignore_ascii_case("authorization") { Ok(header) } else { Err(()) }
}

fn key_parameter(text: &str) -> Result<String, ()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if (1..=64).contains(&text.len()) && text.chars().all(plain) { Ok(text.to_owned()) } else { Err(()) }
}

fn unset_header_value(field: &Field<'_>) -> Option<Option<String>> {
    field.nullable(|field| {
        field.parsed(UNSET, |text| {
            let is_fit = (1..=256).contains(&text.len()) && text.chars().all(|c| matches!(c, ' '..='~'));
            if is_fit { Ok(text.to_owned()) } else { Err(()) }
        })
    })
}

/// Forwarding is the connector's default, and a provider's token in the backend's hands is worth a warning.
fn authorization(service: &Object<'_>, inputs: &Inputs<'_>) -> Authorization {
    let block = inputs.block_authorization_header();
    if block.as_ref().is_some_and(|block| block.value) {
        return Authorization::Strip;
    }
    if !inputs.are_complete() {
        return Authorization::Forward;
    }
    let place = block.map_or_else(|| service.place.clone(), |block| block.place);
    let expected = "true, unless the backend needs the caller's token";
    inputs.findings().warning(&place, "block_authorization_header: false (the default)", expected);
    Authorization::Forward
}

pub(super) const ENCODINGS: [(&str, HeaderEncoding); 2] =
    [("percent", HeaderEncoding::Percent), ("utf8", HeaderEncoding::Utf8)];

const KEY_HEADER: &str = "a header name other than Authorization, of letters, digits, '-', '_' and '.'";

const KEY_PARAMETER: &str = "the name of a query parameter: 1 to 64 letters, digits, '-', '_' and '.'";

const UNSET: &str = "null, or 1 to 256 printable ASCII characters";
