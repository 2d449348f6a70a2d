//! What the introspection authorizer does for a service (Mashery's third-party OAuth 2.0 token connector).

use serde::{Deserialize, Deserializer, Serialize};

use super::{
    HeaderName, HttpUri, Sealed,
    expression::{ExpressionText, HeaderEncoding},
};

/// Settings of a service whose tokens another server issued.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntrospectionPolicy {
    /// Where the caller's API key is; `None` = the service asks for none.
    pub api_key: Option<ApiKeyLocation>,
    /// How the provider is asked.
    pub method: ValidationMethod,
    /// Milliseconds for the whole call to the provider.
    pub timeout_ms: u64,
    /// What a provider that does not answer leads to.
    pub outage_status: OutageStatus,
    /// Whether a scheme other than `Bearer` is sent on.
    pub any_scheme: bool,
    /// Certificates in PEM that replace the public roots for this provider.
    pub ca_bundle: Option<String>,
    /// Which provider.
    #[serde(default)]
    pub route: Route,
    /// The proxy on the way there.
    pub proxy: Option<Proxy>,
    /// Headers made of the provider's answer, by region.
    pub inject_headers: Vec<HeaderGroup>,
    /// How non-ASCII values travel.
    pub header_encoding: HeaderEncoding,
    /// What a header is set to when its expression found nothing; `None` = it is left out.
    pub unset_header_value: Option<String>,
    /// What the backend sees of the caller's `Authorization`.
    pub authorization: Authorization,
}

impl IntrospectionPolicy {
    /// Every header that any region injects, each once.
    pub fn headers(&self) -> impl Iterator<Item = &HeaderName> {
        let rules = || self.inject_headers.iter().flat_map(|group| &group.rules);
        rules()
            .enumerate()
            .filter(move |(at, rule)| !rules().take(*at).any(|r| r.header == rule.header))
            .map(|(_, rule)| &rule.header)
    }

    /// The group of headers for a region: its own, else `default`.
    pub fn group(&self, region: Option<&str>) -> Option<&HeaderGroup> {
        let named = |name: &str| self.inject_headers.iter().find(|group| group.region == name);
        region.and_then(named).or_else(|| named(HeaderGroup::DEFAULT))
    }
}

/// Where the caller's API key is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "in", content = "name", rename_all = "lowercase")]
pub enum ApiKeyLocation {
    /// A query parameter.
    Query(String),
    /// A header.
    Header(HeaderName),
}

impl Default for ApiKeyLocation {
    fn default() -> Self {
        Self::Query("api_key".into())
    }
}

/// How the provider is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValidationMethod {
    /// The connector's: GET with the caller's `Authorization`; 200 = valid.
    Bearer {
        /// Whether JSON whose `active` is not `true`, or that cannot be read, makes the token invalid all the same.
        judge_active: bool,
    },
    /// RFC 7662: POST `token=` with credentials of the gateway; 200 with `active: true` = valid.
    Introspection {
        /// The gateway's client id at the provider.
        client_id: String,
        /// The secret, readable only with the data key.
        client_secret: Sealed,
    },
}

/// What a provider that does not answer leads to, where API Gateway keeps no verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutageStatus {
    /// The documented `TargetEndpointError` with 401.
    #[default]
    #[serde(rename = "401")]
    Unauthorized,
    /// 503.
    #[serde(rename = "503")]
    Unavailable,
}

/// Which provider: what `token_validation_uri` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Route {
    /// As it was saved.
    Configured(IntrospectionRoute),
    /// An item that another hand wrote, without a usable `token_validation_uri`.
    #[default]
    Unusable,
}

impl<'de> Deserialize<'de> for Route {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Stored {
            Usable(IntrospectionRoute),
            Other(serde::de::IgnoredAny),
        }
        Ok(match Stored::deserialize(deserializer)? {
            Stored::Usable(route) => Self::Configured(route),
            Stored::Other(_) => Self::Unusable,
        })
    }
}

/// Region header -> endpoint, and the default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntrospectionRoute {
    /// `regionCodeHeader` and `regionCodeValue`.
    pub region: Option<Region>,
    /// `defaultURI`. Files always have one; items of another hand may not.
    pub default_uri: Option<HttpUri>,
}

/// The header that names the region, and each region's endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// `regionCodeHeader`, in any case.
    pub header: HeaderName,
    /// Whether a call without the header is refused before the authorizer runs.
    pub required: bool,
    /// `regionCodeValue`: at most ten.
    pub endpoints: Vec<RegionEndpoint>,
}

/// One region's endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionEndpoint {
    /// The header's value.
    pub code: String,
    /// The endpoint.
    pub uri: HttpUri,
}

/// An HTTP proxy (`http_proxy_server`, `http_proxy_port`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Proxy {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

/// The headers of one region (`inject_headers`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeaderGroup {
    /// The region's code, or `default`.
    pub region: String,
    /// At most ten.
    pub rules: Vec<HeaderRule>,
}

impl HeaderGroup {
    /// The group for every region without one of its own.
    pub const DEFAULT: &'static str = "default";
}

/// One header and the expression that gives its value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeaderRule {
    /// The header.
    pub header: HeaderName,
    /// JSONPath or XPath.
    pub expression: ExpressionText,
}

/// What the backend sees of the caller's `Authorization` (`block_authorization_header`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Authorization {
    /// All of it: the connector's default.
    #[default]
    Forward,
    /// Nothing.
    Strip,
}
