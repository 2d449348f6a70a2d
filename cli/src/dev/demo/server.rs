//! What the demo's services talk to: backends that echo what reached them, and an identity provider with a mind of its
//! own.

use std::{convert::Infallible, net::SocketAddr, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Collected, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::dev::DevError;

/// Serves backends and provider on any free port of the loopback interface.
///
/// # Errors
/// [`DevError::Listen`].
pub async fn serve() -> Result<(SocketAddr, JoinHandle<()>), DevError> {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let failed = |error| DevError::Listen { address: any, option: "--port", error };
    let listener = TcpListener::bind(any).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((address, tokio::spawn(accept(listener))))
}

async fn accept(listener: TcpListener) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        drop(stream.set_nodelay(true));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        tokio::spawn(async move { drop(connection.await) });
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    Ok(match path.strip_prefix("/provider/") {
        Some(region) => provider(region, &request).await,
        None => echo(request).await,
    })
}

/// Shows what reached the backend.
async fn echo(request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let mut headers = Map::new();
    for name in parts.headers.keys() {
        let values: Vec<_> =
            parts.headers.get_all(name).iter().map(|v| String::from_utf8_lossy(v.as_bytes())).collect();
        headers.insert(name.to_string(), values.join(", ").into());
    }
    let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    let seen = json!({
        "method": parts.method.as_str(),
        "path": parts.uri.path(),
        "query": parts.uri.query(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    });
    text(StatusCode::OK, "application/json", format!("{seen:#}\n"))
}

/// Knows four tokens: valid, inactive, failing and hanging; it answers JSON, and XML for France.
async fn provider(region: &str, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match authorization.and_then(|value| value.strip_prefix("Bearer ")) {
        Some("travel-valid") if region == "fr" => text(StatusCode::OK, "application/xml", FRENCH.into()),
        Some("travel-valid") => text(StatusCode::OK, "application/json", user().to_string()),
        Some("travel-inactive") => text(StatusCode::OK, "application/json", json!({"active": false}).to_string()),
        Some("travel-failing") => text(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "out of order".into()),
        Some("travel-hanging") => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            text(StatusCode::OK, "application/json", user().to_string())
        }
        _ => {
            let error = json!({"errors": [{"type": "InvalidTokenError", "message": "Invalid access token"}]});
            text(StatusCode::UNAUTHORIZED, "application/json", error.to_string())
        }
    }
}

fn user() -> Value {
    json!({"uid": "u-1001", "email": "jason@marketplace.example", "lastName": "öhlund", "active": true})
}

fn text(status: StatusCode, media_type: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(media_type));
    response
}

const FRENCH: &str = "<user><uid>u-1001</uid><email>jason@boutique.example</email></user>";
