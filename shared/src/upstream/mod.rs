//! Calls other servers over HTTP/1.1: bounded in time and size, TLS always verified, connections kept alive.

mod address;
mod alarm;
mod connect;
mod connection;
mod ear;
mod error;
#[cfg(test)]
mod local_server;
mod pool;
mod proxy;
mod server;
mod tls;

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Request, Response, StatusCode,
    header::{ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, TE, TRANSFER_ENCODING, UPGRADE},
};
use http_body_util::Full;
use tokio::{
    task::yield_now,
    time::{Instant, timeout_at},
};

use self::{
    address::Scheme,
    connect::Connector,
    connection::Connection,
    pool::{Pool, Route},
};
pub use self::{
    address::{InvalidAddress, ProviderUri, Proxy},
    error::{Part, Stage, UpstreamError},
    server::Server,
    tls::{CaBundle, InvalidCaBundle},
};

/// The client of other servers: one per process and purpose, so that a call finds the connection of the call before.
///
/// Redirects are not followed. A connection is kept per origin, proxy and CA bundle. Must be used within one tokio
/// runtime that has time and I/O enabled.
pub struct Upstream {
    connector: Connector,
    pool: Pool,
}

/// How much of one purpose a client keeps and reads.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most bytes of an answer's content.
    pub body: usize,
    /// The most connections that wait for the next call; each holds at most a few ten KiB.
    pub idle: usize,
    /// The most of them to one server.
    pub idle_per_server: usize,
}

/// The most time for a call.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For looking up the name, connecting, asking the proxy and the TLS handshake.
    pub connecting: Duration,
    /// For all of it, to the last byte of the body.
    pub whole: Duration,
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
    /// A client of identity providers, without connections. Does no I/O and builds no TLS settings yet.
    pub fn new() -> Self {
        Self::within(PROVIDERS)
    }

    /// A client for another purpose.
    pub fn within(limits: Limits) -> Self {
        Self { connector: Connector::new(limits.body), pool: Pool::new(limits) }
    }

    /// Asks a provider and reads the whole answer, whatever its status. Retried as by [`Upstream::send`].
    ///
    /// # Errors
    /// [`UpstreamError`] when there is no whole answer in time.
    pub async fn call(&self, request: Outgoing<'_>) -> Result<Answer, UpstreamError> {
        let patience = Patience { connecting: request.timeout, whole: request.timeout };
        let route = Arc::new(request.route());
        // In a box, for its future would be part of each that waits for it, and copied with it.
        let response = Box::pin(self.exchange(&route, request.message(), patience)).await?;
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.map(str::to_owned);
        Ok(Answer { status: response.status(), content_type, body: response.into_body() })
    }

    /// Sends a message to a server as it is, but for `Host` and the request line, and reads the whole answer.
    ///
    /// When a kept connection turns out to be dead before any byte of an answer, the message is sent once more, over a
    /// new one; a failure on a new connection is final.
    ///
    /// # Errors
    /// [`UpstreamError`] when there is no whole answer in time.
    pub async fn send(
        &self,
        server: &Server,
        message: Request<Bytes>,
        patience: Patience,
    ) -> Result<Response<Bytes>, UpstreamError> {
        self.exchange(&server.route, server.addressed(message), patience).await
    }

    async fn exchange(
        &self,
        route: &Arc<Route>,
        message: Request<Full<Bytes>>,
        patience: Patience,
    ) -> Result<Response<Bytes>, UpstreamError> {
        let began = Instant::now();
        let deadline = began + patience.whole;
        if let Some(kept) = self.kept(route).await {
            match self.exchange_over(kept, route, message.clone(), deadline).await {
                // What broke this one, such as a freeze, has broken those beside it.
                Err(UpstreamError::Protocol { answered: false, .. }) => self.pool.forget(route),
                // Or the way there is gone, and those beside it are as silent: the next call takes a new one.
                Err(silent @ UpstreamError::Timeout { at: Stage::Waiting }) => {
                    self.pool.forget(route);
                    return Err(silent);
                }
                outcome => return outcome,
            }
        }
        let connected = Instant::now() + patience.connecting;
        let opening = Box::pin(self.connector.open(route, patience.connecting));
        let opened = timeout_at(connected.min(deadline), opening).await;
        let fresh = opened.map_err(|_| UpstreamError::Timeout { at: Stage::Connecting })??;
        self.exchange_over(fresh, route, message, deadline).await
    }

    /// The connection that was used last and stands. After a lull the runtime gets its turn to look at its sockets
    /// first: during a freeze, a close or a farewell (408) may have come that it has not heard of.
    async fn kept(&self, route: &Arc<Route>) -> Option<Connection> {
        while let Some((mut connection, idle)) = self.pool.take(route) {
            if idle >= LULL {
                yield_now().await;
            }
            if connection.stands() {
                return Some(connection);
            }
        }
        None
    }

    async fn exchange_over(
        &self,
        mut connection: Connection,
        route: &Arc<Route>,
        message: Request<Full<Bytes>>,
        deadline: Instant,
    ) -> Result<Response<Bytes>, UpstreamError> {
        let answer = connection.exchange(message, deadline).await?;
        if connection.can_be_kept().await {
            self.pool.put(route, connection);
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

/// Ten times what a provider has to say of a token, and as many connections as calls at the same time of one process.
const PROVIDERS: Limits = Limits { body: 256 * 1024, idle: 64, idle_per_server: 4 };

/// Shorter than any freeze, and longer than the pauses between calls of a process that is busy.
const LULL: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests;
