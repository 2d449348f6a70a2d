//! Service definitions: what an spkey stands for.

use std::fmt;

use http::Method;
use serde::{Deserialize, Serialize};

use super::{
    AbsoluteUri, Alias, HttpUri, IntrospectionPolicy, ResourceAddress, ScopeRule, Sealed, SecurityProfile,
    SharedTokenPolicy, ValidationMethod,
};
use crate::protocol::{InvalidId, ResponseFormat, ServiceName, Spkey};

/// A service: how its API is guarded, where it is served, what its tokens are like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceDefinition {
    /// Its key.
    pub spkey: Spkey,
    /// Its name, also a scope that meets all its scope rules.
    pub name: ServiceName,
    /// Whether it takes and gives tokens at all.
    pub enabled: bool,
    /// Where the generated API is served.
    pub base_path: BasePath,
    /// What it guards.
    pub backend: HttpUri,
    /// Its RFC 8707 name, when the file gives one.
    pub resource: Option<AbsoluteUri>,
    /// The methods it serves.
    pub methods: Methods,
    /// Which authorizer guards it.
    pub authorizer: Authorizer,
    /// Seconds API Gateway may keep a verdict.
    pub authorizer_ttl: u32,
    /// Existing APIs whose authorizer decides for this service.
    pub apis: Vec<Api>,
    /// What its tokens are like.
    pub oauth: SecurityProfile,
    /// Which scopes which calls need.
    pub required_scopes: Vec<ScopeRule>,
    /// Whether verdicts carry a usage identifier for API Gateway's usage plans.
    pub usage_plan: bool,
    /// Origins of pages that may call it.
    pub cors_origins: Vec<String>,
    /// The VPC link to a private backend.
    pub vpc_link: Option<String>,
    /// The answer format of the Mediator token service when the request leaves it open.
    pub mediator_default_format: ResponseFormat,
}

impl ServiceDefinition {
    /// The name that RFC 8707 requests can always use.
    pub fn urn(&self) -> String {
        format!("urn:tollgate:service:{}", self.spkey)
    }

    /// The resource that clients can find out about by its metadata (RFC 9728): an address, of a service whose own tokens
    /// open it.
    pub fn advertised_resource(&self) -> Option<&AbsoluteUri> {
        let Authorizer::SharedToken(policy) = &self.authorizer else { return None };
        let is_address = |uri: &&AbsoluteUri| HttpUri::parse(uri.as_str()).is_ok();
        self.resource.as_ref().filter(|_| policy.accepts_own_tokens()).filter(is_address)
    }

    /// Where the metadata of that resource is.
    pub fn resource_metadata_url(&self, issuer: &HttpUri) -> Option<String> {
        self.advertised_resource()?;
        Some(issuer.at(&format!("{RESOURCE_METADATA_PATH}/{}", self.spkey)))
    }

    /// What else leads to it than its spkey.
    pub fn aliases(&self) -> Vec<Alias> {
        Self::aliases_of(self.apis.iter(), self.resource.as_ref()).collect()
    }

    /// What leads to a service with these APIs and this resource.
    pub(super) fn aliases_of<'a>(
        apis: impl Iterator<Item = &'a Api>,
        resource: Option<&AbsoluteUri>,
    ) -> impl Iterator<Item = Alias> {
        let resource = resource.and_then(ResourceAddress::of).map(Alias::Resource);
        apis.map(|api| Alias::Api(api.id.clone())).chain(resource)
    }

    /// The name that its tokens carry as their audience.
    pub fn audience(&self) -> String {
        self.resource.as_ref().map_or_else(|| self.urn(), |uri| uri.as_str().to_owned())
    }

    /// Whether a `resource` parameter names this service.
    pub fn is_resource(&self, resource: &str) -> bool {
        resource == self.urn() || self.resource.as_ref().is_some_and(|uri| uri.as_str() == resource)
    }

    /// Whether a scope is this service's: one it declares, or its own name.
    pub fn declares(&self, scope: &str) -> bool {
        scope == self.name.as_str() || self.oauth.scopes.iter().any(|declared| declared.name.as_str() == scope)
    }

    /// The headers that the authorizer gives the backend.
    pub fn injected_headers(&self) -> Vec<HeaderName> {
        match &self.authorizer {
            Authorizer::SharedToken(policy) => policy.forwarded_headers.iter().map(|h| policy.header(*h)).collect(),
            Authorizer::Introspection(policy) => policy.headers().cloned().collect(),
            Authorizer::None => Vec::new(),
        }
    }

    /// The gateway's sealed secret at the service's provider, where it has one.
    pub fn sealed(&self) -> Option<&Sealed> {
        let Authorizer::Introspection(policy) = &self.authorizer else { return None };
        match &policy.method {
            ValidationMethod::Introspection { client_secret, .. } => Some(client_secret),
            ValidationMethod::Bearer { .. } => None,
        }
    }

    /// The key under which the authorizer's context says that this call spells `authorization` in lower case, as
    /// clients of HTTP/2 do, where the backend is not to see it. A REST API compares names with case, and a mapping
    /// without a source sets nothing, so other calls reach the backend with one `Authorization` alone.
    pub const BLOCKED_AUTHORIZATION_KEY: &str = "blocked_authorization";

    /// What the backend sees in place of the caller's `Authorization`; an empty value might not overwrite it.
    pub const BLOCKED_AUTHORIZATION: &str = "-";

    /// Whether the backend is not to see the caller's `Authorization`.
    pub fn blocks_authorization(&self) -> bool {
        match &self.authorizer {
            Authorizer::SharedToken(policy) => !policy.forward_authorization,
            Authorizer::Introspection(policy) => policy.authorization == super::Authorization::Strip,
            Authorizer::None => false,
        }
    }
}

/// Where the metadata of services is (RFC 9728 section 3): below the issuer and before a slash and the spkey, or between the
/// host of a resource and its path.
pub const RESOURCE_METADATA_PATH: &str = "/.well-known/oauth-protected-resource";

/// Which authorizer guards a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authorizer {
    /// Tollgate's own tokens.
    SharedToken(SharedTokenPolicy),
    /// Another server's tokens.
    Introspection(Box<IntrospectionPolicy>),
    /// Nobody: the backend is open.
    None,
}

/// An existing API that calls an authorizer for a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Api {
    /// API Gateway's id, 10 lower-case letters and digits.
    pub id: String,
}

/// The path prefix under which a generated API is served: `/` alone, or segments without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BasePath(String);

impl BasePath {
    /// What a base path looks like, for messages.
    pub const EXPECTED: &'static str =
        "'/' or a path such as /orders: segments of A-Z, a-z, 0-9, '.', '_', '~' and '-', no slash at the end";

    /// Parses a base path.
    ///
    /// # Errors
    /// [`InvalidId`] for a path of another shape.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
        let text = text.into();
        let plain = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
        let segment = |s: &str| !s.is_empty() && s != "." && s != ".." && s.chars().all(plain);
        let good = text == "/" || text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(segment));
        if good { Ok(Self(text)) } else { Err(InvalidId { expected: Self::EXPECTED }) }
    }

    /// The prefix of every path below it: empty for `/`.
    pub fn prefix(&self) -> &str {
        if self.0 == "/" { "" } else { &self.0 }
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for BasePath {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl From<BasePath> for String {
    fn from(path: BasePath) -> String {
        path.0
    }
}

/// The methods a service serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub enum Methods {
    /// Every method: stored as the empty list.
    Any,
    /// These only; others get 405.
    Only(Vec<Method>),
}

impl Methods {
    /// The methods that API Gateway knows.
    pub const KNOWN: [&'static str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

    /// Whether API Gateway knows a method; names are compared with their case (RFC 9110 section 9.1).
    pub fn are_known(name: &str) -> bool {
        Self::KNOWN.contains(&name)
    }

    /// Parses one method's name.
    pub fn parse_one(name: &str) -> Option<Method> {
        Self::are_known(name).then(|| Method::from_bytes(name.as_bytes()).ok()).flatten()
    }
}

impl TryFrom<Vec<String>> for Methods {
    type Error = InvalidId;

    fn try_from(names: Vec<String>) -> Result<Self, InvalidId> {
        let unknown = InvalidId { expected: "methods of GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS" };
        let methods: Option<Vec<_>> = names.iter().map(|name| Self::parse_one(name)).collect();
        methods.map(|list| if list.is_empty() { Self::Any } else { Self::Only(list) }).ok_or(unknown)
    }
}

impl From<Methods> for Vec<String> {
    fn from(methods: Methods) -> Vec<String> {
        match methods {
            Methods::Any => Vec::new(),
            Methods::Only(list) => list.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Name of an HTTP header (RFC 9110 section 5.1), spelled as it was written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HeaderName(String);

impl HeaderName {
    /// Parses a name.
    ///
    /// # Errors
    /// [`InvalidId`] when it is no token of RFC 9110.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
        let text = text.into();
        let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        let good = (1..=128).contains(&text.len()) && text.chars().all(token);
        if good { Ok(Self(text)) } else { Err(InvalidId { expected: "a header name" }) }
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as backends that fold case and underscores see it.
    pub fn folded(name: &str) -> String {
        name.to_ascii_lowercase().replace('_', "-")
    }

    /// Whether backends that fold case and underscores take a name for this one.
    pub fn is_alike(&self, name: &str) -> bool {
        let folded = |byte: u8| if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() };
        self.0.len() == name.len() && self.0.bytes().map(folded).eq(name.bytes().map(folded))
    }

    /// What the key of every header in the authorizer's context begins with.
    pub const CONTEXT_PREFIX: &'static str = "h_";

    /// The key under which the authorizer's context carries the header's value: `X-User-Email` -> `h_x_user_email`.
    pub fn context_key(&self) -> String {
        let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        format!("{}{}", Self::CONTEXT_PREFIX, self.0.chars().map(word).collect::<String>())
    }
}

/// Header names are compared without case.
impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for HeaderName {}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for HeaderName {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl From<HeaderName> for String {
    fn from(name: HeaderName) -> String {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_has_no_trailing_slash_and_no_dot_segments() {
        for good in ["/", "/orders", "/a/b.c"] {
            assert!(BasePath::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "orders", "/orders/", "//", "/a/../b", "/a b", "/{proxy}"] {
            assert!(BasePath::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_header_has_a_context_key_that_api_gateway_can_map() {
        assert_eq!(HeaderName::parse("X-User-Email").unwrap().context_key(), "h_x_user_email");
    }

    #[test]
    fn header_names_differ_by_more_than_case() {
        assert_eq!(HeaderName::parse("X-A").unwrap(), HeaderName::parse("x-a").unwrap());
    }
}
