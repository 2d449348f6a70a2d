//! Pages of any origin may use what takes no cookie: tokens, revocation and metadata (CORS, Fetch standard section 3.2).

use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::protocol::Response;

/// Lets pages of any origin read an answer, without credentials of the browser's own.
pub(super) fn open(response: &mut Response) {
    response.headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response.headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
}

/// The answer to a browser that asks before it sends a request.
pub(super) fn preflight(methods: &'static str) -> Response {
    let mut response = Response::empty().with_status(StatusCode::NO_CONTENT);
    let headers: [(HeaderName, &'static str); 4] = [
        (header::ALLOW, methods),
        (header::ACCESS_CONTROL_ALLOW_METHODS, methods),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    response.headers.extend(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
    open(&mut response);
    response
}

/// What a page may read beside the body.
const EXPOSED: &str = "Retry-After, WWW-Authenticate, X-Request-Id";
