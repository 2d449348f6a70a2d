//! What the server remembers, as values with states; the file they are configured in; the gateway made of them.

pub mod configuration;
pub mod expression;
pub mod openapi;
pub mod pre_inputs;

mod alias;
mod answer_size;
mod client;
mod client_texts;
mod grant;
mod grant_means;
mod introspection_policy;
mod owner_authorization;
mod public_key;
#[cfg(test)]
pub(crate) mod samples;
mod scope_descriptions;
mod scope_rule;
mod sealed;
mod secret_digest;
mod secret_rotation;
mod security_profile;
mod server;
mod service;
mod session;
mod shared_token_policy;
mod suggestion;
mod throttle;
mod token_paths;
mod token_text;
mod unsafe_path;
mod uri;
mod used_assertion;
mod user;

pub use alias::{Alias, ResourceAddress};
pub use answer_size::{
    MAX_ANSWER_BYTES, MAX_DENY_BYTES, MAX_FACTS_ALONE, MAX_FACTS_BESIDE_RULES, MAX_REFUSED_CALL_BYTES,
    MAX_RESOURCE_BYTES,
};
pub use client::{ApiKey, Application, AuthMethod, Client, ClientSecret};
pub use client_texts::ClientTexts;
pub use grant::{
    AccessToken, AuthorizationCode, Generations, Grant, GrantKey, Pointer, PresentedRefreshToken, PushedRequest,
    RefreshTokens, Salt, Superseded, TokenFault,
};
pub use grant_means::GrantMeans;
pub use introspection_policy::{
    ApiKeyLocation, Authorization, HeaderGroup, HeaderRule, IntrospectionPolicy, IntrospectionRoute, OutageStatus,
    Proxy, Region, RegionEndpoint, Route, ValidationMethod,
};
pub use owner_authorization::{ListedGrant, Listing, OwnerAuthorization, OwnerAuthorizationKey};
pub use public_key::{InvalidKey, Jwk, PublicKey};
pub use scope_descriptions::{ScopeDescription, ScopeDescriptions};
pub use scope_rule::{PathPattern, ScopeNeed, ScopeRule};
pub use sealed::{DataKey, Sealed, Unsealable, WrappedKey};
pub use secret_digest::SecretDigest;
pub use secret_rotation::RotationRefused;
pub use security_profile::{
    AccessTokenPolicy, Pkce, RefreshPolicy, RefreshTokenPolicy, ScopeMatch, SecurityProfile, ServiceScope, TokenFormat,
};
pub use server::ServerDefinition;
pub use service::{Api, Authorizer, BasePath, HeaderName, Methods, RESOURCE_METADATA_PATH, ServiceDefinition};
pub use session::{Session, SessionKey, csrf_token, session_cookie};
pub use shared_token_policy::{ForwardedHeader, SharedToken, SharedTokenPolicy};
pub use throttle::{FAILURES_ALLOWED, FAILURES_ALLOWED_OF_ALL_NAMES, Throttle, ThrottleKey, WINDOW_SECONDS};
pub use token_paths::{TokenPath, TokenPaths};
pub use token_text::{GENERATED_SECRET_PREFIX, MintedToken, SelfLocating, TokenKey, generated_secret, generated_spkey};
pub use unsafe_path::{UNSAFE_PATHS, is_unsafe_path};
pub use uri::{AbsoluteUri, HttpUri, InvalidUri, uri_without_credentials};
pub use used_assertion::UsedAssertion;
pub use user::{UnfitPassword, User};
