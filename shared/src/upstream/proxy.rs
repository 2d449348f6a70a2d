//! The way through an HTTP proxy to a server that is spoken to over TLS (CONNECT, RFC 9110 section 9.3.6).

use bytes::Bytes;
use http::{Method, Request, StatusCode, Uri, header::HOST, uri::Authority};
use http_body_util::Empty;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{UpstreamError, connection::bounded, error::causes};

/// Asks the proxy at the other end of `tcp` for a tunnel to `target`.
pub(super) async fn tunnel(tcp: TcpStream, target: &Authority) -> Result<TokioIo<Upgraded>, UpstreamError> {
    let io = TokioIo::new(tcp);
    let (mut sender, driver) = bounded().handshake(io).await.map_err(broken)?;
    // Its error also reaches the request below.
    tokio::spawn(async move { drop(driver.with_upgrades().await) });
    let answer = sender.send_request(ask(target)?).await.map_err(broken)?;
    if answer.status() != StatusCode::OK {
        return Err(UpstreamError::ProxyRefusal { status: answer.status() });
    }
    hyper::upgrade::on(answer).await.map(TokioIo::new).map_err(broken)
}

fn ask(target: &Authority) -> Result<Request<Empty<Bytes>>, UpstreamError> {
    let request =
        Request::builder().method(Method::CONNECT).uri(Uri::from(target.clone())).header(HOST, target.as_str());
    request.body(Empty::new()).map_err(|error| UpstreamError::ProxyProtocol { cause: causes(&error) })
}

#[expect(clippy::needless_pass_by_value, reason = "the shape map_err takes")]
fn broken(error: hyper::Error) -> UpstreamError {
    UpstreamError::ProxyProtocol { cause: causes(&error) }
}
