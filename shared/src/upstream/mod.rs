//! Calls other servers over HTTP/1.1: bounded in time and size, TLS always verified, connections kept alive.

mod address;
mod connect;
mod connection;
mod error;
#[cfg(test)]
mod local_server;
mod pool;
mod proxy;
mod tls;

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Request, StatusCode,
    header::{ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, TE, TRANSFER_ENCODING, UPGRADE},
};
use http_body_util::Full;
use tokio::time::{Instant, timeout_at};

use self::{
    address::Scheme,
    connect::Connector,
    connection::Connection,
    pool::{Pool, Route},
};
pub use self::{
    address::{InvalidAddress, ProviderUri, Proxy},
    error::{Part, Stage, UpstreamError},
    tls::{CaBundle, InvalidCaBundle},
};

/// The client of other servers: one per process, so that a call finds the connection of the call before.
///
/// Redirects are not followed. A connection is kept per origin, proxy and CA bundle. Must be used within one tokio
/// runtime that has time and I/O enabled.
pub struct Upstream {
    connector: Connector,
    pool: Pool,
}

/// One request and the way it goes.
pub struct Outgoing<'a> {
    /// GET, or POST with a form.
    pub method: Method,
    /// The server and what to ask it for.
    pub uri: &'a ProviderUri,
    /// Fields to send. This client writes `Host`, `Accept-Encoding`, a form's `Content-Type` and all that says how the
    /// message ends itself, and passes over those given here.
    pub headers: &'a [(HeaderName, HeaderValue)],
    /// The proxy to go through, if any.
    pub proxy: Option<&'a Proxy>,
    /// Whom to trust instead of the public authorities, if anybody.
    pub ca_bundle: Option<&'a CaBundle>,
    /// The most time for the whole call, from looking up the name to the last byte of the body.
    pub timeout: Duration,
}

/// What a call asks.
#[derive(Clone)]
pub enum Method {
    /// GET.
    Get,
    /// POST of this `application/x-www-form-urlencoded` body.
    PostForm(Bytes),
}

/// An answer, read to its end.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status; a redirect is one like any other.
    pub status: StatusCode,
    /// The `Content-Type` field, where there is one in ASCII.
    pub content_type: Option<String>,
    /// The content as sent, at most 256 KiB.
    pub body: Bytes,
}

impl Upstream {
    /// A client without connections. Does no I/O and builds no TLS settings yet.
    pub fn new() -> Self {
        Self { connector: Connector::new(), pool: Pool::default() }
    }

    /// Sends a request and reads the whole answer, whatever its status.
    ///
    /// When a kept connection turns out to be dead before any byte of an answer, the request is sent once more, over a
    /// new one; a failure on a new connection is final.
    pub async fn call(&self, request: Outgoing<'_>) -> Result<Answer, UpstreamError> {
        let deadline = Instant::now() + request.timeout;
        let route = request.route();
        if let Some(kept) = self.kept(&route).await {
            match self.exchange(kept, &request, deadline).await {
                Err(UpstreamError::Protocol { answered: false, .. }) => {}
                outcome => return outcome,
            }
        }
        let opened = timeout_at(deadline, self.connector.open(&route, request.timeout)).await;
        let fresh = opened.map_err(|_| UpstreamError::Timeout { at: Stage::Connecting })??;
        self.exchange(fresh, &request, deadline).await
    }

    async fn kept(&self, route: &Route) -> Option<Connection> {
        while let Some(connection) = self.pool.take(route) {
            if connection.still_stands().await {
                return Some(connection);
            }
        }
        None
    }

    async fn exchange(
        &self,
        mut connection: Connection,
        request: &Outgoing<'_>,
        deadline: Instant,
    ) -> Result<Answer, UpstreamError> {
        let outcome = timeout_at(deadline, connection.exchange(request.message())).await;
        let answer = outcome.unwrap_or_else(|_| {
            let at = if connection.heard() { Stage::Answering } else { Stage::Waiting };
            Err(UpstreamError::Timeout { at })
        })?;
        if connection.can_be_kept().await {
            self.pool.put(request.route(), connection);
        }
        Ok(answer)
    }
}

impl Default for Upstream {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Answer {
    /// Without the content, which tells about a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, content_type, body } = self;
        write!(f, "Answer({status}, {content_type:?}, {} bytes)", body.len())
    }
}

impl Outgoing<'_> {
    fn route(&self) -> Route {
        let origin = self.uri.origin.clone();
        let ca_bundle = match origin.scheme {
            Scheme::Http => None,
            Scheme::Https(_) => self.ca_bundle.cloned(),
        };
        Route { origin, proxy: self.proxy.cloned(), ca_bundle }
    }

    fn message(&self) -> Request<Full<Bytes>> {
        let (method, body) = match &self.method {
            Method::Get => (http::Method::GET, Bytes::new()),
            Method::PostForm(form) => (http::Method::POST, form.clone()),
        };
        let mut message = Request::new(Full::new(body));
        *message.method_mut() = method;
        *message.uri_mut() = self.uri.request_target(self.proxy);
        let fields = message.headers_mut();
        for (name, value) in self.headers.iter().filter(|(name, _)| !FRAMING.contains(name)) {
            fields.append(name, value.clone());
        }
        fields.insert(HOST, self.uri.host_field.clone());
        fields.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Method::PostForm(_) = self.method {
            fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        }
        message
    }
}

/// Fields that say where a message ends or what becomes of its connection.
const FRAMING: [HeaderName; 6] = [CONNECTION, CONTENT_LENGTH, EXPECT, TE, TRANSFER_ENCODING, UPGRADE];

#[cfg(test)]
mod tests;
