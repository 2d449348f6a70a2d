//! OAuth errors and their one table of statuses (RFC 6749 section 5.2, RFC 8707 section 2).

use std::borrow::Cow;

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::{ReasonCode, Response};

/// What went wrong, as the specification names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// RFC 6749 section 5.2: a parameter is missing, repeated or malformed.
    InvalidRequest,
    /// RFC 6749 section 5.2, `invalid_request`: the endpoint does not serve the method.
    MethodNotAllowed,
    /// RFC 6749 section 5.2, `invalid_request`: the body has another media type.
    UnsupportedMediaType,
    /// RFC 6749 section 5.2, `invalid_request`: the body is beyond the endpoint's limit.
    ContentTooLarge,
    /// RFC 6749 section 5.2: the client is unknown or did not prove who it is.
    InvalidClient,
    /// RFC 6749 section 5.2, `invalid_client`: the assertion that was to prove the client does not count.
    InvalidAssertion,
    /// The client, or whoever uses its name, failed too often from one place.
    TooManyFailures,
    /// RFC 6749 section 5.2: what the client presents is unknown, over, another client's, or a wrong password.
    InvalidGrant,
    /// `invalid_grant`: the id is a grant's and the secret none of its.
    TokenGuessed,
    /// `invalid_grant`: a code came again after it was redeemed, so its grant is revoked.
    CodeReplayed,
    /// `invalid_grant`: a refresh token came again after others had taken its place, so its grant is revoked.
    RefreshTokenReplayed,
    /// There were too many wrong passwords of one name from one place.
    TooManyGuesses,
    /// RFC 6749 section 5.2: this client may not use this grant type.
    UnauthorizedClient,
    /// RFC 6749 section 5.2: the server does not serve this grant type.
    UnsupportedGrantType,
    /// RFC 6749 section 5.2: a scope is unknown, malformed or beyond what the client may ask for.
    InvalidScope,
    /// RFC 8707 section 2: the service the token is for is unknown, foreign or in doubt.
    InvalidTarget,
    /// `invalid_target`: the client has no service at all that is switched on.
    NoService,
    /// RFC 6749 section 4.1.2.1: the authorization endpoint does not serve this response type.
    UnsupportedResponseType,
    /// RFC 6749 section 4.1.2.1: the resource owner said no.
    AccessDenied,
    /// An authorization request of a client that is not there, not named or switched off.
    UnknownClient,
    /// An authorization request whose answer would go where its client has registered nothing.
    InvalidRedirectUri,
    /// RFC 9101 section 7: the pushed request is unknown, over, used or another client's.
    InvalidRequestUri,
    /// RFC 9101 section 7: request objects are not taken.
    RequestNotSupported,
    /// OpenID Connect Core section 3.1.2.6: nobody has logged in, and no page is to be shown.
    LoginRequired,
    /// OpenID Connect Core section 3.1.2.6: the resource owner has not agreed, and no page is to be shown.
    ConsentRequired,
    /// Username and password do not belong together.
    WrongPassword,
    /// A form that no page of ours has sent from this browser.
    ForeignForm,
    /// The path names no endpoint.
    NotFound,
    /// RFC 6749 section 4.1.2.1: something on the server's side failed that trying again will not mend.
    ServerError,
    /// RFC 6749 section 4.1.2.1: something the server depends on does not answer now.
    TemporarilyUnavailable,
    /// `temporarily_unavailable`: other requests kept changing what the answer stood on.
    Contended,
}

impl ErrorCode {
    /// Status and `error` value of each code: the only place where one becomes the other.
    pub const fn parts(self) -> (StatusCode, &'static str) {
        match self {
            Self::InvalidRequest => (StatusCode::BAD_REQUEST, "invalid_request"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "invalid_request"),
            Self::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_request"),
            Self::ContentTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request"),
            Self::InvalidClient | Self::InvalidAssertion => (StatusCode::UNAUTHORIZED, "invalid_client"),
            Self::TooManyFailures => (StatusCode::TOO_MANY_REQUESTS, "invalid_client"),
            Self::InvalidGrant | Self::TokenGuessed | Self::CodeReplayed | Self::RefreshTokenReplayed => {
                (StatusCode::BAD_REQUEST, "invalid_grant")
            }
            Self::TooManyGuesses => (StatusCode::TOO_MANY_REQUESTS, "invalid_grant"),
            Self::UnauthorizedClient => (StatusCode::BAD_REQUEST, "unauthorized_client"),
            Self::UnsupportedGrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
            Self::InvalidScope => (StatusCode::BAD_REQUEST, "invalid_scope"),
            Self::InvalidTarget | Self::NoService => (StatusCode::BAD_REQUEST, "invalid_target"),
            Self::UnsupportedResponseType => (StatusCode::BAD_REQUEST, "unsupported_response_type"),
            Self::AccessDenied => (StatusCode::FORBIDDEN, "access_denied"),
            Self::UnknownClient | Self::InvalidRedirectUri => (StatusCode::BAD_REQUEST, "invalid_request"),
            Self::InvalidRequestUri => (StatusCode::BAD_REQUEST, "invalid_request_uri"),
            Self::RequestNotSupported => (StatusCode::BAD_REQUEST, "request_not_supported"),
            Self::LoginRequired => (StatusCode::BAD_REQUEST, "login_required"),
            Self::ConsentRequired => (StatusCode::BAD_REQUEST, "consent_required"),
            Self::WrongPassword => (StatusCode::FORBIDDEN, "access_denied"),
            Self::ForeignForm => (StatusCode::FORBIDDEN, "invalid_request"),
            Self::NotFound => (StatusCode::NOT_FOUND, "invalid_request"),
            Self::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
            Self::TemporarilyUnavailable | Self::Contended => {
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
            }
        }
    }

    /// The code's word for metrics and the log, which tells more apart than callers may learn.
    pub const fn reason(self) -> ReasonCode {
        match self {
            Self::InvalidRequest => ReasonCode::InvalidRequest,
            Self::MethodNotAllowed => ReasonCode::MethodNotAllowed,
            Self::UnsupportedMediaType => ReasonCode::UnsupportedMediaType,
            Self::ContentTooLarge => ReasonCode::ContentTooLarge,
            Self::InvalidClient => ReasonCode::InvalidClient,
            Self::InvalidAssertion => ReasonCode::InvalidAssertion,
            Self::TooManyFailures | Self::TooManyGuesses => ReasonCode::TooManyFailures,
            Self::InvalidGrant => ReasonCode::InvalidGrant,
            Self::TokenGuessed => ReasonCode::TokenGuessed,
            Self::CodeReplayed => ReasonCode::CodeReplayed,
            Self::RefreshTokenReplayed => ReasonCode::RefreshTokenReplayed,
            Self::UnauthorizedClient => ReasonCode::UnauthorizedClient,
            Self::UnsupportedGrantType => ReasonCode::UnsupportedGrantType,
            Self::InvalidScope => ReasonCode::InvalidScope,
            Self::InvalidTarget => ReasonCode::InvalidTarget,
            Self::NoService => ReasonCode::NoService,
            Self::UnsupportedResponseType => ReasonCode::UnsupportedResponseType,
            Self::AccessDenied => ReasonCode::AccessDenied,
            Self::UnknownClient => ReasonCode::UnknownClient,
            Self::InvalidRedirectUri => ReasonCode::InvalidRedirectUri,
            Self::InvalidRequestUri => ReasonCode::InvalidRequestUri,
            Self::RequestNotSupported => ReasonCode::RequestNotSupported,
            Self::LoginRequired => ReasonCode::LoginRequired,
            Self::ConsentRequired => ReasonCode::ConsentRequired,
            Self::WrongPassword => ReasonCode::WrongPassword,
            Self::ForeignForm => ReasonCode::ForeignForm,
            Self::NotFound => ReasonCode::NotFound,
            Self::ServerError => ReasonCode::ConfigFailure,
            Self::TemporarilyUnavailable => ReasonCode::StoreFailure,
            Self::Contended => ReasonCode::Conflict,
        }
    }

    /// An error of this code that tells the caller `description`.
    pub fn because(self, description: impl Into<Cow<'static, str>>) -> OAuthError {
        OAuthError { code: self, description: description.into(), reason: None, retry_after: None, allow: None }
    }
}

/// A refusal: `code` and `description` leave the server, `reason` is for the log.
#[derive(Clone, Debug)]
pub struct OAuthError {
    /// What went wrong, as the specification names it.
    pub code: ErrorCode,
    /// What was wrong and what would be right, for the developer of the client.
    pub description: Cow<'static, str>,
    /// What only the operator may know, such as whether the client exists.
    pub reason: Option<Cow<'static, str>>,
    /// Seconds after which another attempt makes sense.
    pub retry_after: Option<u64>,
    /// The methods that would be right, as the header `Allow` lists them.
    pub allow: Option<&'static str>,
}

impl OAuthError {
    /// Adds what only the operator may know.
    #[must_use]
    pub fn logged_as(mut self, reason: impl Into<Cow<'static, str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Adds the seconds after which another attempt makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Adds the methods that would be right, as the header `Allow` lists them.
    #[must_use]
    pub fn allowing(mut self, methods: &'static str) -> Self {
        self.allow = Some(methods);
        self
    }

    /// The members of the error answer.
    pub fn body(&self) -> ErrorBody<'_> {
        let (_, error) = self.code.parts();
        ErrorBody { error, error_description: printable(&self.description) }
    }

    /// The error as a page for a person, whom no challenge helps.
    pub fn page(&self, page: Response) -> Response {
        let (status, _) = self.code.parts();
        let mut response = page.with_status(status);
        if let Some(seconds) = self.retry_after {
            response.headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }

    /// The answer of RFC 6749 section 5.2 with a body already rendered in the caller's format.
    pub fn response(&self, body: Response) -> Response {
        let (status, _) = self.code.parts();
        let mut response = body.with_status(status);
        if status == StatusCode::UNAUTHORIZED {
            response.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(BASIC_CHALLENGE));
        }
        if let Some(methods) = self.allow {
            response.headers.insert(header::ALLOW, HeaderValue::from_static(methods));
        }
        if let Some(seconds) = self.retry_after {
            response.headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// `error` and `error_description` (RFC 6749 section 5.2).
#[derive(Debug, Serialize)]
pub struct ErrorBody<'a> {
    /// The registered code.
    pub error: &'static str,
    /// What was wrong and what would be right.
    pub error_description: Cow<'a, str>,
}

/// RFC 6749 section 5.2 allows `%x20-21 / %x23-5B / %x5D-7E` in a description; anything else becomes `?`.
fn printable(text: &str) -> Cow<'_, str> {
    let allowed = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    if text.chars().all(allowed) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if allowed(c) { c } else { '?' }).collect())
}

const BASIC_CHALLENGE: &str = r#"Basic realm="tollgate", charset="UTF-8""#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t16_a_description_has_only_the_characters_of_rfc_6749() {
        let error = ErrorCode::InvalidScope.because("scope \"é\\\" is unknown\r\n");
        assert_eq!(error.body().error_description, "scope ???? is unknown??");
    }

    #[test]
    fn t7_only_a_401_carries_a_challenge() {
        let response = |code: ErrorCode| code.because("x").response(Response::json(&()));
        assert!(response(ErrorCode::InvalidClient).headers.contains_key(header::WWW_AUTHENTICATE));
        assert!(!response(ErrorCode::InvalidRequest).headers.contains_key(header::WWW_AUTHENTICATE));
    }
}
