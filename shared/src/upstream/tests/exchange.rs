//! What is sent, and what becomes of the answer.

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING},
};
use tokio::io::AsyncWriteExt;

use crate::upstream::{local_server::*, *};

/// A server that answers 200, and what it was asked.
fn listening() -> (LocalServer, Asked) {
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
    (server, asked)
}

#[tokio::test]
async fn sends_a_get_with_the_given_fields_and_asks_for_no_compression() {
    let (server, asked) = listening();
    let uri = server.uri("/userinfo?api_key=k#fragment");
    let headers = [(AUTHORIZATION, HeaderValue::from_static("Bearer t"))];
    let answer = answer_to(&Upstream::new(), Outgoing { headers: &headers, ..get(&uri) }).await;
    let expected = format!(
        "GET /userinfo?api_key=k HTTP/1.1\r\nauthorization: Bearer t\r\nhost: {}\r\naccept-encoding: identity\r\n\r\n",
        server.address
    );
    assert_eq!(asked.all(), [expected]);
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.content_type.as_deref(), Some("application/json"));
    assert_eq!(answer.body, "{\"active\":true}");
    assert!(!format!("{answer:?}").contains("active"));
}

#[tokio::test]
async fn sends_a_form_with_its_type_and_length() {
    let (server, asked) = listening();
    let uri = server.uri("/introspect");
    let method = Method::PostForm(Bytes::from_static(b"token=abc"));
    answer_to(&Upstream::new(), Outgoing { method, ..get(&uri) }).await;
    let [request] = &asked.all()[..] else { panic!("one request") };
    assert!(request.starts_with("POST /introspect HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"), "{request}");
    assert!(request.contains("\r\ncontent-length: 9\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\ntoken=abc"), "{request}");
}

#[tokio::test]
async fn keeps_repeated_fields_but_none_that_reframe_or_redirect_the_message() {
    let (server, asked) = listening();
    let uri = server.uri("/");
    let field = |name: HeaderName, value| (name, HeaderValue::from_static(value));
    let headers = [
        field(HeaderName::from_static("x-unit"), "1"),
        field(HeaderName::from_static("x-unit"), "2"),
        field(HOST, "elsewhere.example"),
        field(ACCEPT_ENCODING, "gzip"),
        field(CONTENT_LENGTH, "40"),
        field(TRANSFER_ENCODING, "chunked"),
    ];
    answer_to(&Upstream::new(), Outgoing { headers: &headers, ..get(&uri) }).await;
    let expected = format!(
        "GET / HTTP/1.1\r\nx-unit: 1\r\nx-unit: 2\r\nhost: {}\r\naccept-encoding: identity\r\n\r\n",
        server.address
    );
    assert_eq!(asked.all(), [expected]);
}

#[tokio::test]
async fn follows_no_redirect() {
    let elsewhere = LocalServer::answering(OK);
    let target = elsewhere.address;
    let server = LocalServer::start(move |mut stream, _| async move {
        request(&mut stream).await;
        let redirect = format!("HTTP/1.1 302 Found\r\nLocation: http://{target}/\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(redirect.as_bytes()).await.unwrap();
    });
    let answer = answer_to(&Upstream::new(), get(&server.uri("/"))).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!((server.accepted(), elsewhere.accepted()), (1, 0));
}

#[tokio::test]
async fn z11_hands_back_every_status_as_an_answer() {
    for (text, status) in [
        ("HTTP/1.1 204 No Content\r\n\r\n", 204),
        ("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", 401),
        ("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n", 429),
        ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 503),
    ] {
        let server = LocalServer::answering(text);
        let answer = answer_to(&Upstream::new(), get(&server.uri("/"))).await;
        assert_eq!((answer.status.as_u16(), answer.content_type), (status, None));
    }
}

#[tokio::test]
async fn passes_over_interim_answers() {
    let server =
        LocalServer::answering("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    assert_eq!(answer_to(&Upstream::new(), get(&server.uri("/"))).await.body, "ok");
}

#[tokio::test]
async fn leaves_a_compressed_body_as_it_is() {
    let text = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x0b\x08\x00";
    let server = LocalServer::answering(text);
    assert_eq!(answer_to(&Upstream::new(), get(&server.uri("/"))).await.body, "\x1f\x0b\x08\x00");
}

#[tokio::test]
async fn what_is_no_http_is_an_answer_of_the_wrong_kind() {
    let server = LocalServer::answering("SSH-2.0-OpenSSH_9.6\r\n\r\n");
    let failure = failure_of(&Upstream::new(), get(&server.uri("/"))).await;
    assert!(matches!(failure, UpstreamError::Protocol { answered: true, .. }), "{failure:?}");
    assert!(failure.answered());
}

#[tokio::test]
async fn a_body_that_ends_before_its_length_is_no_answer_to_use() {
    let server = LocalServer::start(|mut stream, _| async move {
        request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"active\":true}").await.unwrap();
    });
    let failure = failure_of(&Upstream::new(), get(&server.uri("/"))).await;
    assert!(matches!(failure, UpstreamError::Protocol { answered: true, .. }), "{failure:?}");
}

#[tokio::test]
async fn names_the_address_where_nobody_listens() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failure = failure_of(&Upstream::new(), get(&uri(&format!("http://{closed}/?api_key=k3y")))).await;
    assert!(matches!(&failure, UpstreamError::Connect { to, .. } if *to == closed.to_string()), "{failure:?}");
    assert!(!failure.answered());
    assert!(!format!("{failure} {failure:?}").contains("k3y"));
}

#[tokio::test]
async fn calls_an_ipv6_literal() {
    // A machine without IPv6 has nothing to show here.
    let Ok(listener) = std::net::TcpListener::bind("[::1]:0") else { return };
    let server = LocalServer::start_on(listener, |stream, _| answer_all(stream, OK));
    assert_eq!(answer_to(&Upstream::new(), get(&server.uri("/"))).await.status, StatusCode::OK);
}
