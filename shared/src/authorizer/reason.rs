//! Why a call was judged as it was: a sentence for people, a code for metrics. No value of a token, key or header is in
//! here.

use std::{borrow::Cow, fmt};

use super::{missing::Missing, refusal::ConnectorError};
use crate::{
    model::TokenFault,
    protocol::{ReasonCode, Scope, Spkey},
    upstream::UpstreamError,
};

/// Why a call was judged as it was. Its text is a sentence for the log, which callers never see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The token opens the call.
    ValidToken,
    /// `Authorization` holds no bearer token, or there is none.
    NoBearerToken,
    /// There is no `Authorization`.
    NoAuthorization,
    /// `Authorization` is a scheme without a token.
    SchemeWithoutToken,
    /// `access_token` stands in the query.
    TokenInUrl,
    /// The token holds what a header value cannot.
    MalformedToken,
    /// The scheme is not Bearer.
    WrongScheme,
    /// The token opens nothing, or not this.
    Token(TokenFault),
    /// The provider did not say `active: true`.
    TokenInactive,
    /// The provider's answer does not tell whether the token is active.
    UnreadableAnswer(AnswerFault),
    /// The provider answered with another status than 200.
    TokenRefused {
        /// Its status.
        status: u16,
    },
    /// The token is for services whose tokens do not count here.
    WrongService {
        /// The services that it is for.
        services: Vec<Spkey>,
    },
    /// The token lacks the scope that the call requires.
    InsufficientScope {
        /// What rules that match the call need.
        needed: Scope,
    },
    /// No API key was sent, or several.
    ApiKeyMissing,
    /// Nobody has this API key.
    ApiKeyUnknown,
    /// The API key or its application is switched off.
    ApiKeyInactive,
    /// The API key does not open the service.
    ApiKeyNotAuthorized,
    /// The call could be read in two ways, or does not fit.
    InvalidRequest(&'static str),
    /// The store did not answer.
    StoreFailure(String),
    /// What is configured does not allow an answer.
    ConfigFailure(Cow<'static, str>),
    /// The provider brought no answer about the token.
    ProviderFailure(ProviderFault),
}

/// Why an answer about the token tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerFault {
    /// Its content type says JSON, and it is none that can be read.
    NotJson,
    /// It has the member `active` more than once.
    RepeatedActive,
}

/// What a provider did in place of an answer about the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderFault {
    /// It gave none, or none that is whole.
    NoAnswer(UpstreamError),
    /// It answered that it cannot answer now.
    Unable {
        /// Its status.
        status: u16,
    },
}

impl Reason {
    /// The code of the closed list.
    pub fn code(&self) -> ReasonCode {
        match self {
            Self::ValidToken => ReasonCode::ValidToken,
            Self::NoBearerToken | Self::NoAuthorization | Self::SchemeWithoutToken => ReasonCode::NoToken,
            Self::TokenInUrl => ReasonCode::TokenInUrl,
            Self::MalformedToken => ReasonCode::MalformedToken,
            Self::WrongScheme => ReasonCode::WrongScheme,
            Self::Token(fault) => fault.code(),
            Self::TokenInactive => ReasonCode::TokenInactive,
            Self::UnreadableAnswer(_) => ReasonCode::UnreadableAnswer,
            Self::TokenRefused { .. } => ReasonCode::TokenRefused,
            Self::WrongService { .. } => ReasonCode::WrongService,
            Self::InsufficientScope { .. } => ReasonCode::InsufficientScope,
            Self::ApiKeyMissing => ReasonCode::ApiKeyMissing,
            Self::ApiKeyUnknown => ReasonCode::ApiKeyUnknown,
            Self::ApiKeyInactive => ReasonCode::ApiKeyInactive,
            Self::ApiKeyNotAuthorized => ReasonCode::ApiKeyNotAuthorized,
            Self::InvalidRequest(_) => ReasonCode::InvalidRequest,
            Self::StoreFailure(_) => ReasonCode::StoreFailure,
            Self::ConfigFailure(_) => ReasonCode::ConfigFailure,
            Self::ProviderFailure(_) => ReasonCode::ProviderFailure,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ValidToken => f.write_str("valid token"),
            Self::NoBearerToken => f.write_str("no bearer token"),
            Self::NoAuthorization => f.write_str("no Authorization"),
            Self::SchemeWithoutToken => f.write_str("the scheme has no token"),
            Self::TokenInUrl => f.write_str("a token in the URL is refused"),
            Self::MalformedToken => f.write_str("the token is no header value"),
            Self::WrongScheme => f.write_str("the scheme is not Bearer"),
            Self::Token(fault) => fault.fmt(f),
            Self::TokenInactive => f.write_str("the provider does not say that the token is active"),
            Self::UnreadableAnswer(fault) => fault.fmt(f),
            Self::TokenRefused { status } => write!(f, "the provider answered {status}"),
            Self::WrongService { services } => {
                let names: Vec<&str> = services.iter().map(Spkey::as_str).collect();
                write!(f, "the token is for {}", names.join(", "))
            }
            Self::InsufficientScope { needed } => {
                write!(f, "the access token lacks the scope this call requires: {needed}")
            }
            Self::ApiKeyMissing => f.write_str(ConnectorError::ApiKeyMissing.parts().1),
            Self::ApiKeyUnknown => f.write_str(ConnectorError::ApiKeyUnknown.parts().1),
            Self::ApiKeyInactive => f.write_str(ConnectorError::ApiKeyInactive.parts().1),
            Self::ApiKeyNotAuthorized => f.write_str(ConnectorError::ApiKeyNotAuthorized.parts().1),
            Self::InvalidRequest(text) => f.write_str(text),
            Self::StoreFailure(text) => f.write_str(text),
            Self::ConfigFailure(text) => f.write_str(text),
            Self::ProviderFailure(fault) => fault.fmt(f),
        }
    }
}

impl fmt::Display for AnswerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "the provider's answer says that it is JSON, and it cannot be read",
            Self::RepeatedActive => "the provider's answer has the member active twice",
        })
    }
}

impl fmt::Display for ProviderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer(error) => write!(f, "the provider gave no answer: {error}"),
            Self::Unable { status } => write!(f, "the provider answered {status}"),
        }
    }
}

impl From<TokenFault> for Reason {
    fn from(fault: TokenFault) -> Self {
        Self::Token(fault)
    }
}

impl From<Missing> for Reason {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Store(error) => Self::StoreFailure(error.to_string()),
            Missing::Configuration(text) => Self::ConfigFailure(text.into()),
        }
    }
}
