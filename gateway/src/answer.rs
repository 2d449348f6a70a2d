//! The answer to one request, before it is written to the wire.

use bytes::Bytes;

use crate::headers::Headers;

/// Status, header fields and the whole body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, headers: Headers::from_iter([("Content-Type", "application/json")]), body: body.into() }
    }

    /// The body that HTTP APIs, and API Gateway's own edge, give every error: `{"message":"…"}`.
    pub(crate) fn message(status: u16, message: &str) -> Self {
        Self::json(status, serde_json::json!({ "message": message }).to_string())
    }
}
