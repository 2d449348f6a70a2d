//! The SDK's HTTP, on connections that a function on Lambda feels least: the project's own client of other servers.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_sdk_dynamodb::config::{
    HttpClient, RuntimeComponents, SharedHttpClient,
    http::{HttpRequest, HttpResponse},
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    result::ConnectorError,
};
use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header::USER_AGENT};
use http_body_util::BodyExt;

use crate::upstream::{CaBundle, Limits, Patience, Server, Upstream, UpstreamError};

/// A client that trusts these authorities.
pub(super) fn client(trust: Option<CaBundle>) -> SharedHttpClient {
    let aws = Aws { upstream: Upstream::within(LIMITS), trust, last: Mutex::default() };
    SharedHttpClient::new(Client(SharedHttpConnector::new(Connector(Arc::new(aws)))))
}

/// Gives the one connector there is. Its time limits are its own: a timer of the SDK would be set anew for every
/// request.
#[derive(Debug)]
struct Client(SharedHttpConnector);

impl HttpClient for Client {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        self.0.clone()
    }
}

#[derive(Debug)]
struct Connector(Arc<Aws>);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let aws = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move { aws.call(request).await })
    }
}

/// The endpoints of AWS.
struct Aws {
    upstream: Upstream,
    trust: Option<CaBundle>,
    /// The endpoint of the request before, which is nearly always that of the next.
    last: Mutex<Option<Server>>,
}

impl Aws {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
        let server = self.server(request.uri())?;
        let (mut head, body) = request.into_parts();
        head.headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(WHO));
        let body = body.collect().await.map_err(ConnectorError::user)?.to_bytes();
        let request: Request<Bytes> = Request::from_parts(head, body);
        let response = self.upstream.send(&server, request, PATIENCE).await.map_err(named)?;
        HttpResponse::try_from(response.map(Into::into)).map_err(|error| ConnectorError::other(error.into(), None))
    }

    fn server(&self, uri: &Uri) -> Result<Server, ConnectorError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = last.as_ref().filter(|server| server.is_at(uri)) {
            return Ok(server.clone());
        }
        let server = Server::of(uri, self.trust.clone()).map_err(|error| ConnectorError::user(error.into()))?;
        Ok(last.insert(server).clone())
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Aws")
    }
}

/// In the SDK's words, by which it knows what to try again: all but what an answer has too much of.
fn named(error: UpstreamError) -> ConnectorError {
    match error {
        UpstreamError::Timeout { .. } => ConnectorError::timeout(error.into()),
        UpstreamError::TooLarge { .. } => ConnectorError::other(error.into(), None),
        UpstreamError::Connect { .. } | UpstreamError::Tls { .. } => ConnectorError::io(error.into()).never_connected(),
        UpstreamError::ProxyRefusal { .. } | UpstreamError::ProxyProtocol { .. } | UpstreamError::Protocol { .. } => {
            ConnectorError::io(error.into())
        }
    }
}

/// Who asks, where the SDK does not say.
const WHO: &str = concat!("tollgate/", env!("CARGO_PKG_VERSION"));

/// DynamoDB answers with 16 MB of items at most, which is more in JSON. A function on Lambda has one connection or two;
/// in `tollgate dev` hundreds of callers may have one each.
const LIMITS: Limits = Limits { body: 64 * 1024 * 1024, idle: 512, idle_per_server: 512 };

/// An authorizer of an HTTP API has 10 s in all, so a dead connection has to show early. The attempts that the SDK
/// makes take less than 5 s together.
const PATIENCE: Patience = Patience { connecting: Duration::from_millis(1_000), whole: Duration::from_millis(1_500) };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::{Part, Stage};

    #[test]
    fn the_sdk_knows_what_to_try_again() {
        let cause = || "reset".to_owned();
        let kind = |error: UpstreamError| {
            let error = named(error);
            (error.is_io(), error.is_timeout())
        };
        assert_eq!(kind(UpstreamError::Connect { to: "x:443".into(), cause: cause() }), (true, false));
        assert_eq!(kind(UpstreamError::Tls { with: "x:443".into(), cause: cause() }), (true, false));
        for answered in [false, true] {
            assert_eq!(kind(UpstreamError::Protocol { answered, cause: cause() }), (true, false));
        }
        for at in [Stage::Connecting, Stage::Waiting, Stage::Answering] {
            assert_eq!(kind(UpstreamError::Timeout { at }), (false, true));
        }
        assert_eq!(kind(UpstreamError::TooLarge { part: Part::Body, limit: 1 }), (false, false), "it would be again");
    }
}
