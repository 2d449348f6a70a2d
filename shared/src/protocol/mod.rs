//! The words of the specifications as types: parsed once at the edge, without I/O and without state.

mod basic;
mod bearer;
mod error;
mod form;
mod grant_type;
mod http;
mod id;
mod introspection;
mod mediator;
mod pkce;
mod reason_code;
mod scope;
mod secret;
mod time;
mod token_response;

pub use basic::{BasicCredentials, BasicError};
pub use bearer::{AuthorizationHeader, BearerChallenge};
pub use error::{ErrorCode, OAuthError};
pub use form::Form;
pub use grant_type::GrantType;
pub use http::{Request, Response};
pub use id::{ApplicationName, ClientId, InvalidId, ServiceName, Spkey, Subject};
pub use introspection::{ActiveToken, Audience, InactiveToken, Introspection};
pub use mediator::{ResponseFormat, error_xml, token_xml};
pub use pkce::{CodeChallenge, CodeVerifier};
pub use reason_code::ReasonCode;
pub use scope::{InvalidScope, Scope, ScopeToken};
pub use secret::{Digest, Secret};
pub use time::{MAX_LIFETIME, Moment, Timestamp};
pub use token_response::TokenResponse;
