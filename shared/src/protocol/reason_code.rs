//! Why a request was answered as it was, as one word of a closed list: for metrics, alarms and support.

use std::fmt;

use serde::{Serialize, Serializer};

/// Declares the codes once: the type, its words, and the list of all.
macro_rules! reason_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal,)+) => {
        /// Why a request was answered as it was. The words are stable: alarms and dashboards name them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ReasonCode {
            $($(#[doc = $doc])+ $name,)+
        }

        impl ReasonCode {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word, in snake_case.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

reason_codes! {
    /// The token opens the call.
    ValidToken = "valid_token",
    /// No token was sent where one belongs.
    NoToken = "no_token",
    /// The token was sent in the URL.
    TokenInUrl = "token_in_url",
    /// What was sent as a token cannot be one.
    MalformedToken = "malformed_token",
    /// The scheme of `Authorization` is not Bearer.
    WrongScheme = "wrong_scheme",
    /// Nobody here issued such a token, or its item is gone.
    UnknownToken = "unknown_token",
    /// The token belongs to another client than the one that asks.
    ForeignToken = "foreign_token",
    /// The token's life is over.
    TokenExpired = "token_expired",
    /// The token was taken back.
    TokenRevoked = "token_revoked",
    /// The provider answered that the token is not active.
    TokenInactive = "token_inactive",
    /// The provider's answer does not tell whether the token is active.
    UnreadableAnswer = "unreadable_answer",
    /// The provider refused the token by its status.
    TokenRefused = "token_refused",
    /// The token is for another service.
    WrongService = "wrong_service",
    /// The service is switched off.
    ServiceDisabled = "service_disabled",
    /// The client of the token is gone.
    ClientGone = "client_gone",
    /// The client or its application is switched off.
    ClientDisabled = "client_disabled",
    /// The client is not allowed on the service.
    ClientNotAllowed = "client_not_allowed",
    /// The token lacks the scope that the call requires.
    InsufficientScope = "insufficient_scope",
    /// No API key was sent, or several.
    ApiKeyMissing = "api_key_missing",
    /// Nobody has this API key.
    ApiKeyUnknown = "api_key_unknown",
    /// The API key or its application is switched off.
    ApiKeyInactive = "api_key_inactive",
    /// The API key does not open the service.
    ApiKeyNotAuthorized = "api_key_not_authorized",
    /// The request is malformed or could be read in two ways.
    InvalidRequest = "invalid_request",
    /// The endpoint does not serve the method.
    MethodNotAllowed = "method_not_allowed",
    /// The endpoint does not take bodies of the media type.
    UnsupportedMediaType = "unsupported_media_type",
    /// The body is beyond the endpoint's limit.
    ContentTooLarge = "content_too_large",
    /// The client is unknown or did not prove who it is.
    InvalidClient = "invalid_client",
    /// The assertion that was to prove the client does not count.
    InvalidAssertion = "invalid_assertion",
    /// Too many failures from one place: the client has to wait.
    TooManyFailures = "too_many_failures",
    /// The code, refresh token or password is unknown, wrong, over or another client's.
    InvalidGrant = "invalid_grant",
    /// The id of a code or refresh token is a grant's, its secret is not.
    TokenGuessed = "token_guessed",
    /// A code came again after it was redeemed: what it gave is revoked.
    CodeReplayed = "code_replayed",
    /// A refresh token came again after others had taken its place: its grant is revoked.
    RefreshTokenReplayed = "refresh_token_replayed",
    /// The client or the service may not use the grant type.
    UnauthorizedClient = "unauthorized_client",
    /// The server does not serve the grant type.
    UnsupportedGrantType = "unsupported_grant_type",
    /// The scope is unknown, malformed or beyond what the client may ask for.
    InvalidScope = "invalid_scope",
    /// The service the token is for is unknown, foreign or in doubt.
    InvalidTarget = "invalid_target",
    /// The client has no service that is switched on.
    NoService = "no_service",
    /// The authorization endpoint does not serve the response type.
    UnsupportedResponseType = "unsupported_response_type",
    /// The resource owner said no.
    AccessDenied = "access_denied",
    /// The authorization request is of a client that is not there, not named or switched off.
    UnknownClient = "unknown_client",
    /// The answer would go where the client has registered nothing.
    InvalidRedirectUri = "invalid_redirect_uri",
    /// The pushed authorization request is unknown, over, used or another client's.
    InvalidRequestUri = "invalid_request_uri",
    /// Request objects are not taken.
    RequestNotSupported = "request_not_supported",
    /// Nobody has logged in, and the client wants no page shown.
    LoginRequired = "login_required",
    /// The resource owner has not agreed, and the client wants no page shown.
    ConsentRequired = "consent_required",
    /// Username and password do not belong together.
    WrongPassword = "wrong_password",
    /// No page of ours has sent the form from this browser.
    ForeignForm = "foreign_form",
    /// The path names no endpoint.
    NotFound = "not_found",
    /// Other requests kept changing what the decision stood on.
    Conflict = "conflict",
    /// DynamoDB or KMS did not answer.
    StoreFailure = "store_failure",
    /// What is configured does not allow an answer.
    ConfigFailure = "config_failure",
    /// The identity provider did not answer, or with an error of its own.
    ProviderFailure = "provider_failure",
}

impl ReasonCode {
    /// Whether an operator has to do something: the caller did nothing wrong.
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::StoreFailure | Self::ConfigFailure | Self::ProviderFailure)
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ReasonCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_has_a_word_of_its_own_in_snake_case() {
        let words: BTreeSet<&str> = ReasonCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), ReasonCode::ALL.len());
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    }
}
