//! The form of a POST, as RFC 6749 wants it.

use http::Method;

use crate::protocol::{ErrorCode, Form, OAuthError, Request};

/// The form of a POST.
pub(super) fn posted_form(request: &Request) -> Result<Form, OAuthError> {
    post_only(request)?;
    if request.media_type().as_deref() != Some(FORM) {
        return Err(ErrorCode::UnsupportedMediaType.because("the body must be application/x-www-form-urlencoded"));
    }
    Ok(Form::parse(&request.body)?.without_empty())
}

/// Refuses every method but POST (RFC 6749 section 3.2).
pub(super) fn post_only(request: &Request) -> Result<(), OAuthError> {
    if request.method == Method::POST {
        return Ok(());
    }
    Err(ErrorCode::MethodNotAllowed.because("this endpoint takes POST only").allowing("POST"))
}

/// RFC 6749 appendix B.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";
