//! Calls from browsers (CORS, in the Fetch standard).

use serde_json::Value;

use super::{mapping::fixed, mock, paths};
use crate::model::ServiceDefinition;

/// The origin whose pages may call the service. A document can name one only: its headers are static.
pub(super) fn origin(service: &ServiceDefinition) -> Option<&str> {
    service.cors_origins.first().map(String::as_str)
}

/// The OPTIONS operation, which asks for no credentials.
pub(super) fn preflight(service: &ServiceDefinition, origin: &str) -> Value {
    let headers = [
        ("Access-Control-Allow-Origin", fixed(origin)),
        ("Access-Control-Allow-Methods", fixed(&paths::served_methods(service))),
        // The star stands for every header but Authorization.
        ("Access-Control-Allow-Headers", fixed("Authorization,*")),
        ("Access-Control-Max-Age", fixed(&MAX_AGE_SECONDS.to_string())),
    ];
    mock::operation(204, "What a page may send", &headers)
}

/// The headers without which a page cannot read an answer that API Gateway gives by itself; none where no page calls.
pub(super) fn response_headers(service: &ServiceDefinition) -> Vec<(&'static str, String)> {
    let headers = |origin| {
        vec![
            ("Access-Control-Allow-Origin", fixed(origin)),
            ("Access-Control-Expose-Headers", fixed("WWW-Authenticate,Retry-After,X-Request-Id")),
        ]
    };
    origin(service).map(headers).unwrap_or_default()
}

/// Seconds a browser may keep the answer to a preflight.
pub(super) const MAX_AGE_SECONDS: u32 = 600;
