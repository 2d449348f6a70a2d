//! One request as it came over the wire.

use std::net::IpAddr;

use bytes::Bytes;

use crate::headers::Headers;

/// A request whose head was read and whose body was collected.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path as sent, percent-encoding included.
    pub(crate) path: String,
    /// The query as sent, without `?`; empty when there is none.
    pub(crate) query: String,
    pub(crate) headers: Headers,
    pub(crate) body: RequestBody,
    pub(crate) peer: IpAddr,
}

/// The collected body of a request.
#[derive(Clone, Debug)]
pub(crate) enum RequestBody {
    /// The whole of it; empty when none was sent.
    Whole(Bytes),
    /// More than [`MAX_BODY`] bytes, which were thrown away.
    TooLarge,
}

impl Request {
    /// The decoded pairs of the query, in the order sent.
    pub(crate) fn query_pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// The sum that API Gateway limits to [`MAX_HEAD`]: request line and header fields.
    pub(crate) fn head_size(&self) -> usize {
        let query = if self.query.is_empty() { 0 } else { "?".len() + self.query.len() };
        let line = self.method.len() + self.path.len() + query + "  HTTP/1.1".len();
        line + self.headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
    }

    /// The body; empty when it was too large to keep.
    pub(crate) fn body(&self) -> &Bytes {
        static NONE: Bytes = Bytes::new();
        match &self.body {
            RequestBody::Whole(bytes) => bytes,
            RequestBody::TooLarge => &NONE,
        }
    }

    /// The host the client asked for, without its port.
    pub(crate) fn host(&self) -> &str {
        let host = self.headers.last("host").unwrap_or("localhost");
        host.rsplit_once(':').map_or(host, |(name, _)| name)
    }

    /// The port in the `Host` field; 80 when it names none.
    pub(crate) fn port(&self) -> &str {
        self.headers.last("host").and_then(|host| host.rsplit_once(':')).map_or("80", |(_, port)| port)
    }
}

/// The payload limit of API Gateway, in bytes.
pub(crate) const MAX_BODY: usize = 10 * 1024 * 1024;

/// The limit of request line and header fields together, in bytes.
pub(crate) const MAX_HEAD: usize = 10_240;
