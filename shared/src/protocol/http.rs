//! HTTP requests and answers as the endpoints see them, whatever brought them.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Serialize;

/// A request, whole in memory (API Gateway allows 10 MB; the endpoints allow far less).
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path as sent, without stage or query.
    pub path: String,
    /// What followed `?`, undecoded.
    pub query: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, base64 of the platform undone.
    pub body: Vec<u8>,
    /// Where the request came from: an IP address as text, as the platform or a trusted proxy tells it.
    pub source: String,
    /// The platform's id of this request, for the log.
    pub request_id: String,
}

impl Request {
    /// The one value of a header; `None` when it is absent, repeated or not text.
    pub fn header(&self, name: header::HeaderName) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(first)
    }

    /// The media type of the body in lower case, without parameters.
    pub fn media_type(&self) -> Option<String> {
        let value = self.header(header::CONTENT_TYPE)?;
        let essence = value.split(';').next().unwrap_or(value);
        Some(essence.trim().to_ascii_lowercase())
    }
}

/// An answer that no cache may keep (RFC 6749 section 5.1).
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// 200 with a JSON body.
    pub fn json(body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("our own types serialize");
        Self::new("application/json", body)
    }

    /// 200 with a body of a media type.
    pub fn new(media_type: &'static str, body: Vec<u8>) -> Self {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::PRAGMA, HeaderValue::from_static("no-cache")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        Self { status: StatusCode::OK, headers: headers.into_iter().collect(), body }
    }

    /// The same answer with another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}
