//! Answers to browsers: pages with the headers that keep them from being framed, stored or leaked, and redirects.

use http::{HeaderMap, HeaderValue, StatusCode, header};
use pages::Document;

use crate::{
    endpoint::Done,
    protocol::{ErrorCode, OAuthError, Response},
};

/// What a browser gets, and what was done.
pub(super) struct Answer {
    pub(super) response: Response,
    pub(super) done: Done,
}

/// What a browser gets when something is refused.
pub(super) struct Stop {
    /// `None` = the page that explains the error.
    pub(super) response: Option<Box<Response>>,
    pub(super) error: OAuthError,
}

impl<E: Into<OAuthError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self { response: None, error: error.into() }
    }
}

/// A page.
pub(super) fn page(document: Document) -> Response {
    let mut response = Response::new("text/html; charset=utf-8", document.html.into_bytes());
    // It has no texts but our own and the branding's, which its types keep to ASCII.
    if let Ok(policy) = HeaderValue::from_str(&document.content_security_policy) {
        response.headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response.headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    without_referrer(&mut response.headers);
    response
}

/// A redirect that makes a GET of whatever it answers (RFC 9700 section 4.12).
pub(super) fn see_other(location: &str) -> Result<Response, OAuthError> {
    let unfit =
        |_| ErrorCode::ServerError.because("the answer cannot be sent").logged_as("a redirect URI is not ASCII");
    let location = HeaderValue::from_str(location).map_err(unfit)?;
    let mut response = Response::new("text/plain; charset=utf-8", Vec::new()).with_status(StatusCode::SEE_OTHER);
    response.headers.insert(header::LOCATION, location);
    without_referrer(&mut response.headers);
    Ok(response)
}

/// RFC 6797: browsers come back by https for a year, whatever a link says.
pub(super) fn keep_to_tls(response: &mut Response) {
    response.headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
}

/// RFC 9700 section 4.2: where a page leads must not learn the query of the page.
fn without_referrer(headers: &mut HeaderMap) {
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}
