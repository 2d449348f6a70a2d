//! What the shared-token authorizer does for a service (Mashery's OAuth2 Shared Token Connector).

use serde::{Deserialize, Serialize};

use super::HeaderName;
use crate::protocol::Spkey;

/// Settings of a service that takes Tollgate's own tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedTokenPolicy {
    /// Whose tokens open the service.
    pub tokens: SharedToken,
    /// Whether the client must be allowed on this service too, not only on the one that the token is for.
    pub require_client_on_service: bool,
    /// Facts of the token that reach the backend as headers.
    pub forwarded_headers: Vec<ForwardedHeader>,
    /// Whether these headers have Mashery's names.
    pub mashery_header_names: bool,
    /// Whether the backend sees the caller's `Authorization`.
    pub forward_authorization: bool,
}

impl Default for SharedTokenPolicy {
    fn default() -> Self {
        Self {
            tokens: SharedToken::OwnOnly,
            require_client_on_service: false,
            forwarded_headers: Vec::new(),
            mashery_header_names: false,
            forward_authorization: false,
        }
    }
}

impl SharedTokenPolicy {
    /// Whether a token for the service itself opens it.
    pub fn accepts_own_tokens(&self) -> bool {
        match &self.tokens {
            SharedToken::OwnOnly => true,
            SharedToken::IssuedBy { accept_own_tokens, .. } => *accept_own_tokens,
        }
    }

    /// The header that carries a forwarded fact.
    pub fn header(&self, forwarded: ForwardedHeader) -> HeaderName {
        forwarded.header(self.mashery_header_names)
    }
}

/// Whose tokens open a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedToken {
    /// Its own: `shared_token_spkey` is missing or empty.
    OwnOnly,
    /// Those issued for another service.
    IssuedBy {
        /// `shared_token_spkey`: the service that the tokens are for.
        spkey: Spkey,
        /// Whether its own are taken too.
        accept_own_tokens: bool,
    },
}

/// A fact of the token that reaches the backend as a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// The token itself.
    AccessToken,
    /// The client's id.
    ClientId,
    /// The token's scope.
    Scope,
    /// The resource owner, or the client's id when it acts for itself.
    UserContext,
}

impl ForwardedHeader {
    /// Every fact.
    pub const ALL: [Self; 4] = [Self::AccessToken, Self::ClientId, Self::Scope, Self::UserContext];

    /// The name in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access-token",
            Self::ClientId => "client-id",
            Self::Scope => "scope",
            Self::UserContext => "user-context",
        }
    }

    fn header(self, mashery: bool) -> HeaderName {
        let name = match (self, mashery) {
            (Self::AccessToken, false) => "X-Tollgate-Oauth-Access-Token",
            (Self::ClientId, false) => "X-Tollgate-Oauth-Client-Id",
            (Self::Scope, false) => "X-Tollgate-Oauth-Scope",
            (Self::UserContext, false) => "X-Tollgate-Oauth-User-Context",
            (Self::AccessToken, true) => "X-Mashery-Oauth-Access-Token",
            (Self::ClientId, true) => "X-Mashery-Oauth-Client-Id",
            (Self::Scope, true) => "X-Mashery-Oauth-Scope",
            (Self::UserContext, true) => "X-Mashery-Oauth-User-Context",
        };
        HeaderName::parse(name).expect("these names are header names")
    }
}
