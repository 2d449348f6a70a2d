//! What a refused caller is told. Gateway responses do not escape, so every text is ours or of the definition, and
//! nothing comes from the request or the provider.

use super::Reason;
use crate::{
    model::ServiceDefinition,
    protocol::{BearerChallenge, Scope},
};

/// Error, description and challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The error's name, of RFC 6750 or of the product.
    pub error: &'static str,
    /// What was wrong and what would be right.
    pub description: &'static str,
    /// `WWW-Authenticate`.
    pub challenge: String,
    /// Whether the caller lacks or misuses credentials: 401 where the service tells refusals by name.
    pub is_unauthorized: bool,
    /// The scope that would do, where that is what is missing.
    pub needed: Option<Scope>,
}

/// The errors of the introspection authorizer: the connector's five, and those of the API key before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectorError {
    ApiKeyMissing,
    ApiKeyUnknown,
    ApiKeyInactive,
    ApiKeyNotAuthorized,
    AuthorizationHeaderNotPresentInRequest,
    InvalidPreInputConfigurationForTokenValidationURI,
    DefaultTokenValidationURINotPresent,
    TargetEndpointError,
    TokenValidationFails,
}

impl ConnectorError {
    /// Name and description of each.
    pub(super) const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::ApiKeyMissing => ("ApiKeyMissing", "send the API key of your application, once"),
            Self::ApiKeyUnknown => ("ApiKeyUnknown", "the API key is not known"),
            Self::ApiKeyInactive => ("ApiKeyInactive", "the API key or its application is switched off"),
            Self::ApiKeyNotAuthorized => ("ApiKeyNotAuthorized", "the API key does not open this service"),
            Self::AuthorizationHeaderNotPresentInRequest => {
                ("AuthorizationHeaderNotPresentInRequest", "send an access token in the Authorization header")
            }
            Self::InvalidPreInputConfigurationForTokenValidationURI => (
                "InvalidPreInputConfigurationForTokenValidationURI",
                "token_validation_uri of this service is missing or malformed",
            ),
            Self::DefaultTokenValidationURINotPresent => {
                ("DefaultTokenValidationURINotPresent", "token_validation_uri of this service has no defaultURI")
            }
            Self::TargetEndpointError => ("TargetEndpointError", "the server that validates the token did not answer"),
            Self::TokenValidationFails => ("TokenValidationFails", "the access token is not valid"),
        }
    }
}

impl Refusal {
    /// A refusal of the introspection authorizer. Only a token that was looked at makes the challenge name an error.
    pub(super) fn connector(error: ConnectorError, service: &ServiceDefinition) -> Self {
        let (name, description) = error.parts();
        let judged = (error == ConnectorError::TokenValidationFails).then_some("invalid_token");
        let challenge = challenge(service, judged, None);
        Self { error: name, description, challenge, is_unauthorized: true, needed: None }
    }

    /// A call that could be read in two ways, or whose path could.
    pub(super) fn invalid_request(service: &ServiceDefinition, description: &'static str) -> Self {
        let challenge = challenge(service, Some("invalid_request"), None);
        let is_unauthorized = matches!(service.authorizer, crate::model::Authorizer::Introspection(_));
        Self { error: "invalid_request", description, challenge, is_unauthorized, needed: None }
    }

    /// A valid token without the scopes that the call needs.
    pub(super) fn insufficient_scope(service: &ServiceDefinition, needed: &Scope) -> Self {
        Self {
            error: "insufficient_scope",
            description: "the access token lacks the scope this call requires",
            challenge: challenge(service, Some("insufficient_scope"), Some(needed)),
            is_unauthorized: false,
            needed: Some(needed.clone()),
        }
    }

    /// The reason behind a refusal for what is called, as [`super::scopes::opening`] gives it.
    pub(super) fn reason(&self) -> Reason {
        match &self.needed {
            Some(needed) => Reason::InsufficientScope { needed: needed.clone() },
            None => Reason::InvalidRequest(self.description),
        }
    }
}

fn challenge(service: &ServiceDefinition, error: Option<&str>, scope: Option<&Scope>) -> String {
    BearerChallenge { realm: service.name.as_str(), error, scope, resource_metadata: None }.text()
}
