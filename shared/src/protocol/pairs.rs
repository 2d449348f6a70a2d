//! Names and values as forms and queries write them (`application/x-www-form-urlencoded`).

use super::{ErrorCode, OAuthError};

/// Reads names and values in their order.
///
/// # Errors
/// `invalid_request` for text that is not UTF-8.
pub(super) fn parse(text: &[u8]) -> impl Iterator<Item = Result<(String, String), OAuthError>> {
    form_urlencoded::parse(text).map(|(name, value)| {
        if name.contains(REPLACEMENT) || value.contains(REPLACEMENT) {
            return Err(ErrorCode::InvalidRequest.because("a parameter is not UTF-8"));
        }
        Ok((name.into_owned(), value.into_owned()))
    })
}

/// Refuses one more parameter where there are [`MAX`] already.
pub(super) fn refuse_more_after(count: usize) -> Result<(), OAuthError> {
    if count < MAX {
        return Ok(());
    }
    Err(ErrorCode::InvalidRequest.because(format!("the request has more than {MAX} parameters")))
}

/// The refusal of a repeated parameter. It is named only when it is `known`: a description repeats nothing of the request.
pub(super) fn repeated(name: &str, known: &[&str]) -> OAuthError {
    ErrorCode::InvalidRequest.because(match known.iter().find(|known| **known == name) {
        Some(known) => format!("the parameter {known} is given more than once"),
        None => "a parameter is given more than once".into(),
    })
}

/// Parameters of a request at most. Each new one is compared with those before it, and nobody has proven anything yet.
const MAX: usize = 100;

/// What stands for bytes that are not UTF-8.
const REPLACEMENT: char = '\u{fffd}';
