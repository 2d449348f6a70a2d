//! The OAuth security profile of a service: which grants, which tokens, how long (Mashery's `securityProfile/oauth`).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ScopeDescriptions;
use crate::protocol::{GrantType, MAX_LIFETIME, ScopeToken};

/// The OAuth settings of a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecurityProfile {
    /// Grant types that give tokens for this service, where the client may use them too.
    pub grant_types: BTreeSet<GrantType>,
    /// How access tokens look and how long they live.
    pub access_token: AccessTokenPolicy,
    /// What happens to refresh tokens.
    pub refresh_token: RefreshTokenPolicy,
    /// Seconds an authorization code lives.
    pub authorization_code_ttl: u64,
    /// Who has to use PKCE (RFC 7636).
    pub pkce: Pkce,
    /// Whether the consent page is left out.
    pub skip_consent: bool,
    /// Whether a new token leaves the earlier ones of the same client and resource owner alone.
    pub allow_multiple_tokens: bool,
    /// Whether a refresh ends the earlier access tokens.
    pub revoke_access_on_refresh: bool,
    /// Scopes of this service.
    pub scopes: Vec<ServiceScope>,
    /// What they mean to people.
    #[serde(default, skip_serializing_if = "ScopeDescriptions::is_empty")]
    pub scope_descriptions: ScopeDescriptions,
    /// What an unregistered scope in a request does.
    pub scope_match: ScopeMatch,
    /// Name and value pairs that token information shows beside every token.
    pub token_metadata: BTreeMap<String, String>,
}

/// How access tokens look and how long they live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenPolicy {
    /// Seconds; never over [`MAX_LIFETIME`].
    pub ttl: u64,
    /// How the token looks.
    pub format: TokenFormat,
}

impl Default for AccessTokenPolicy {
    fn default() -> Self {
        Self { ttl: 3600, format: TokenFormat::Opaque }
    }
}

/// How an access token looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenFormat {
    /// `tga_` and 64 characters of base64url: 128 bits of id, 256 bits of secret.
    Opaque,
    /// 32 lower-case hexadecimal digits, as webMethods Mediator (128 random bits).
    Hex32,
    /// 24 lower-case letters and digits, as Mashery (124 random bits).
    Alnum24,
    /// 54 letters and digits, as Axway API Gateway (321 random bits).
    Alnum54,
}

impl TokenFormat {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Opaque, Self::Hex32, Self::Alnum24, Self::Alnum54];
}

/// What happens to refresh tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshTokenPolicy {
    /// Whether a refresh gives a new one.
    pub policy: RefreshPolicy,
    /// Seconds it lives unused; each use starts them anew.
    pub ttl: u64,
    /// Seconds the whole family lives; `None` = no absolute limit.
    pub max_ttl: Option<u64>,
    /// Seconds in which the previous token gives the same answer again; 0 = never.
    pub retry_window: u64,
}

impl Default for RefreshTokenPolicy {
    fn default() -> Self {
        Self { policy: RefreshPolicy::Rotate, ttl: 2_592_000, max_ttl: None, retry_window: 60 }
    }
}

impl RefreshTokenPolicy {
    /// What holds where both do: of two policies that which leaves less in use (`none`, else `rotate`), and the shorter
    /// times.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let policy = match (self.policy, other.policy) {
            (RefreshPolicy::None, _) | (_, RefreshPolicy::None) => RefreshPolicy::None,
            (RefreshPolicy::Rotate, _) | (_, RefreshPolicy::Rotate) => RefreshPolicy::Rotate,
            (RefreshPolicy::Preserve, RefreshPolicy::Preserve) => RefreshPolicy::Preserve,
        };
        Self {
            policy,
            ttl: self.ttl.min(other.ttl),
            max_ttl: self.max_ttl.into_iter().chain(other.max_ttl).min(),
            retry_window: self.retry_window.min(other.retry_window),
        }
    }
}

/// Axway's three refresh policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RefreshPolicy {
    /// Each refresh gives a new refresh token.
    Rotate,
    /// The refresh token stays.
    Preserve,
    /// No refresh token after the first refresh, and none with the first token.
    None,
}

/// Who has to use PKCE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// Every client.
    Required,
    /// Public clients only.
    PublicOnly,
}

/// A scope that a service declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceScope {
    /// The scope.
    pub name: ScopeToken,
    /// Whether it is granted when the request names no scope.
    pub default: bool,
}

/// What an unregistered scope in a request does (Axway's "Scopes must match").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScopeMatch {
    /// The request fails.
    All,
    /// The scope is dropped; the request fails only when none is left.
    Any,
}

impl Default for SecurityProfile {
    fn default() -> Self {
        let grant_types = [GrantType::ClientCredentials, GrantType::AuthorizationCode, GrantType::RefreshToken];
        Self {
            grant_types: grant_types.into(),
            access_token: AccessTokenPolicy::default(),
            refresh_token: RefreshTokenPolicy::default(),
            authorization_code_ttl: 60,
            pkce: Pkce::Required,
            skip_consent: false,
            allow_multiple_tokens: true,
            revoke_access_on_refresh: false,
            scopes: Vec::new(),
            scope_descriptions: ScopeDescriptions::default(),
            scope_match: ScopeMatch::All,
            token_metadata: BTreeMap::new(),
        }
    }
}

impl SecurityProfile {
    /// Seconds an access token of this service lives for a client with this own limit.
    pub fn access_token_ttl(&self, client_limit: Option<u64>) -> u64 {
        self.access_token.ttl.min(client_limit.unwrap_or(MAX_LIFETIME)).min(MAX_LIFETIME)
    }
}
