//! HTTP requests and answers as the endpoints see them, whatever brought them.

use std::fmt;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Serialize;

/// A request, whole in memory (API Gateway allows 10 MB; the endpoints allow far less).
#[derive(Clone)]
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

    /// The first parameter of the query that is one of these. URLs stand in logs and histories.
    pub fn in_query(&self, names: &[&'static str]) -> Option<&'static str> {
        let query = self.query.as_deref().unwrap_or_default().as_bytes();
        form_urlencoded::parse(query).find_map(|(found, _)| names.iter().copied().find(|name| *name == found))
    }
}

/// Without query, header values and body, where credentials are.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &names(&self.headers))
            .field("body_bytes", &self.body.len())
            .field("source", &self.source)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// An answer that no cache may keep (RFC 6749 section 5.1).
#[derive(Clone)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// Without header values and body, where tokens are.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &names(&self.headers))
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    headers.keys().map(header::HeaderName::as_str).collect()
}

impl Response {
    /// 200 with a JSON body.
    pub fn json(body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("our own types serialize");
        Self::new("application/json", body)
    }

    /// 200 with an XML body.
    pub fn xml(body: Vec<u8>) -> Self {
        Self::new("text/xml; charset=utf-8", body)
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

    /// 200 without a body.
    pub fn empty() -> Self {
        let mut response = Self::new("", Vec::new());
        response.headers.remove(header::CONTENT_TYPE);
        response
    }

    /// 200 with a JSON document that caches may keep that many seconds.
    pub fn document(body: &impl Serialize, max_age: u32) -> Self {
        let mut response = Self::json(body);
        let lifetime = HeaderValue::try_from(format!("public, max-age={max_age}"));
        response.headers.insert(header::CACHE_CONTROL, lifetime.expect("a number makes a header value"));
        response.headers.remove(header::PRAGMA);
        response
    }

    /// This answer with another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}
