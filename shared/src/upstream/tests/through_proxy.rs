//! The way through a proxy: absolute-form for clear text, a tunnel for TLS.

use std::time::Duration;

use http::StatusCode;
use tokio::io::AsyncWriteExt;

use crate::upstream::{local_server::*, *};

/// A proxy that answers CONNECT with this text and keeps the connection open.
fn refusing(text: &'static str) -> LocalServer {
    LocalServer::start(move |mut stream, _| async move {
        request(&mut stream).await;
        stream.write_all(text.as_bytes()).await.unwrap();
        pause(2000).await;
    })
}

async fn failure_through(proxy: &LocalServer, timeout: Duration) -> UpstreamError {
    let (uri, proxy) = (uri("https://idp.example/userinfo"), proxy.as_proxy());
    let failure = failure_of(&Upstream::new(), Outgoing { proxy: Some(&proxy), timeout, ..get(&uri) }).await;
    assert!(!failure.answered(), "{failure:?}");
    failure
}

#[tokio::test]
async fn an_http_server_is_asked_for_by_its_whole_url_over_one_kept_connection() {
    let asked = Asked::default();
    let heard = asked.clone();
    let server = LocalServer::start(move |mut stream, _| {
        let heard = heard.clone();
        async move {
            while let Some(text) = request(&mut stream).await {
                heard.note(text);
                stream.write_all(OK.as_bytes()).await.unwrap();
            }
        }
    });
    let (uri, proxy, upstream) = (uri("http://idp.example:9001/u?x=1"), server.as_proxy(), Upstream::new());
    for _ in 0..2 {
        answer_to(&upstream, Outgoing { proxy: Some(&proxy), ..get(&uri) }).await;
    }
    let expected =
        "GET http://idp.example:9001/u?x=1 HTTP/1.1\r\nhost: idp.example:9001\r\naccept-encoding: identity\r\n\r\n";
    assert_eq!(asked.all(), [expected, expected]);
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn an_https_server_is_reached_through_one_kept_tunnel() {
    let authority = TestAuthority::new();
    let server = LocalServer::over_tls(authority.acceptor_for("idp.example"));
    let asked = Asked::default();
    let through = LocalServer::tunnelling_to(&server, asked.clone());
    let (uri, proxy, bundle) = (uri("https://idp.example/userinfo?x=1"), through.as_proxy(), authority.bundle());
    let upstream = Upstream::new();
    for _ in 0..2 {
        let request = Outgoing { proxy: Some(&proxy), ca_bundle: Some(&bundle), ..get(&uri) };
        assert_eq!(answer_to(&upstream, request).await.status, StatusCode::OK);
    }
    assert_eq!(asked.all(), ["CONNECT idp.example:443 HTTP/1.1\r\nhost: idp.example:443\r\n\r\n"]);
    assert_eq!((through.accepted(), server.accepted()), (1, 1));
}

#[tokio::test]
async fn a_tunnel_does_not_shorten_the_verification_of_the_server() {
    let authority = TestAuthority::new();
    let server = LocalServer::over_tls(authority.acceptor_for("elsewhere.example"));
    let through = LocalServer::tunnelling_to(&server, Asked::default());
    let (uri, proxy, bundle) = (uri("https://idp.example/"), through.as_proxy(), authority.bundle());
    let request = Outgoing { proxy: Some(&proxy), ca_bundle: Some(&bundle), ..get(&uri) };
    let failure = failure_of(&Upstream::new(), request).await;
    assert!(matches!(failure, UpstreamError::Tls { .. }), "{failure:?}");
}

#[tokio::test]
async fn a_call_with_another_proxy_or_none_has_a_connection_of_its_own() {
    let server = LocalServer::answering(OK);
    let other = LocalServer::answering(OK);
    let (uri, upstream) = (server.uri("/"), Upstream::new());
    let (one, two) = (server.as_proxy(), other.as_proxy());
    for proxy in [None, Some(&one), Some(&two)] {
        answer_to(&upstream, Outgoing { proxy, ..get(&uri) }).await;
    }
    assert_eq!((server.accepted(), other.accepted()), (2, 1));
}

#[tokio::test]
async fn a_refused_tunnel_is_named_by_its_status() {
    for (text, status) in [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            StatusCode::PROXY_AUTHENTICATION_REQUIRED,
        ),
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 100000\r\n\r\n", StatusCode::FORBIDDEN),
        ("HTTP/1.1 302 Found\r\nLocation: http://idp.example/\r\n\r\n", StatusCode::FOUND),
        ("HTTP/1.1 202 Accepted\r\n\r\n", StatusCode::ACCEPTED),
    ] {
        let proxy = refusing(text);
        let failure = failure_through(&proxy, Duration::from_secs(5)).await;
        assert_eq!(failure, UpstreamError::ProxyRefusal { status });
        assert_eq!(proxy.accepted(), 1);
    }
}

#[tokio::test]
async fn a_proxy_that_hangs_is_bounded_by_the_timeout() {
    let proxy = refusing("");
    let failure = failure_through(&proxy, Duration::from_millis(200)).await;
    assert_eq!(failure, UpstreamError::Timeout { at: Stage::Connecting });
}

#[tokio::test]
async fn a_proxy_that_closes_or_speaks_no_http_is_named() {
    let closing = LocalServer::start(|mut stream, _| async move { drop(request(&mut stream).await) });
    for proxy in [closing, refusing("SOCKS? no\r\n\r\n")] {
        let failure = failure_through(&proxy, Duration::from_secs(5)).await;
        assert!(matches!(failure, UpstreamError::ProxyProtocol { .. }), "{failure:?}");
    }
}

#[tokio::test]
async fn header_fields_of_a_proxy_without_end_are_not_read() {
    let proxy = LocalServer::start(|mut stream, _| async move {
        request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nX-Endless: ").await.unwrap();
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    });
    let failure = failure_through(&proxy, Duration::from_secs(5)).await;
    assert!(matches!(failure, UpstreamError::ProxyProtocol { .. }), "{failure:?}");
}

#[tokio::test]
async fn a_proxy_where_nobody_listens_is_named() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (uri, proxy) = (uri("https://idp.example/"), Proxy::new("127.0.0.1", closed.port()).unwrap());
    let failure = failure_of(&Upstream::new(), Outgoing { proxy: Some(&proxy), ..get(&uri) }).await;
    assert!(matches!(&failure, UpstreamError::Connect { to, .. } if *to == closed.to_string()), "{failure:?}");
}
