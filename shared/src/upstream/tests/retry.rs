//! One retry, and only where a kept connection was dead before any byte of an answer.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::upstream::{local_server::*, *};

/// What a server does with the second request on its first connection.
#[derive(Clone, Copy)]
enum Second {
    Reset,
    Close,
    ResetAfter(&'static str),
    Hang,
}

/// A server that answers every first request of a connection, and the second as told.
fn breaking(second: Second) -> LocalServer {
    LocalServer::start(move |mut stream, _| async move {
        request(&mut stream).await;
        stream.write_all(OK.as_bytes()).await.unwrap();
        if request(&mut stream).await.is_none() {
            return;
        }
        match second {
            Second::Reset => reset(stream),
            Second::Close => drop(stream),
            Second::ResetAfter(text) => {
                stream.write_all(text.as_bytes()).await.unwrap();
                pause(50).await;
                reset(stream);
            }
            Second::Hang => pause(5000).await,
        }
    })
}

fn reset(stream: TcpStream) {
    stream.set_zero_linger().unwrap();
    drop(stream);
}

fn post(uri: &ProviderUri) -> Outgoing<'_> {
    Outgoing { method: Method::PostForm(Bytes::from_static(b"token=abc")), ..get(uri) }
}

#[tokio::test]
async fn a_reset_on_a_kept_connection_is_retried_once_over_a_new_one() {
    for second in [Second::Reset, Second::Close] {
        let server = breaking(second);
        let (upstream, uri) = (Upstream::new(), server.uri("/"));
        answer_to(&upstream, get(&uri)).await;
        assert_eq!(answer_to(&upstream, get(&uri)).await.status, StatusCode::OK);
        assert_eq!(server.accepted(), 2);
    }
}

#[tokio::test]
async fn a_form_is_retried_too_because_nothing_was_answered() {
    for second in [Second::Reset, Second::Close] {
        let server = breaking(second);
        let (upstream, uri) = (Upstream::new(), server.uri("/"));
        answer_to(&upstream, post(&uri)).await;
        assert_eq!(answer_to(&upstream, post(&uri)).await.status, StatusCode::OK);
        assert_eq!(server.accepted(), 2);
    }
}

#[tokio::test]
async fn a_reset_on_a_new_connection_is_not_retried() {
    let server = LocalServer::start(|mut stream, _| async move {
        request(&mut stream).await;
        reset(stream);
    });
    let failure = failure_of(&Upstream::new(), get(&server.uri("/"))).await;
    assert!(matches!(failure, UpstreamError::Protocol { answered: false, .. }), "{failure:?}");
    assert!(!failure.answered());
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_second_reset_is_final() {
    let server = LocalServer::start(|mut stream, number| async move {
        request(&mut stream).await;
        if number == 1 {
            stream.write_all(OK.as_bytes()).await.unwrap();
            request(&mut stream).await;
        }
        reset(stream);
    });
    let (upstream, uri) = (Upstream::new(), server.uri("/"));
    answer_to(&upstream, get(&uri)).await;
    let failure = failure_of(&upstream, get(&uri)).await;
    assert!(matches!(failure, UpstreamError::Protocol { answered: false, .. }), "{failure:?}");
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_reset_after_the_first_byte_is_not_retried() {
    for begun in ["H", "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"act"] {
        let server = breaking(Second::ResetAfter(begun));
        let (upstream, uri) = (Upstream::new(), server.uri("/"));
        answer_to(&upstream, get(&uri)).await;
        let failure = failure_of(&upstream, get(&uri)).await;
        assert!(matches!(failure, UpstreamError::Protocol { answered: true, .. }), "{failure:?}");
        assert_eq!(server.accepted(), 1);
    }
}

#[tokio::test]
async fn a_kept_connection_that_hangs_is_not_retried_and_not_kept() {
    let server = breaking(Second::Hang);
    let (upstream, uri) = (Upstream::new(), server.uri("/"));
    answer_to(&upstream, get(&uri)).await;
    let timeout = Duration::from_millis(200);
    let failure = failure_of(&upstream, Outgoing { timeout, ..get(&uri) }).await;
    assert_eq!(failure, UpstreamError::Timeout { at: Stage::Waiting });
    assert_eq!(server.accepted(), 1);
    answer_to(&upstream, get(&uri)).await;
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_silent_connection_takes_those_beside_it_along() {
    let server = LocalServer::start(|mut stream, number| async move {
        request(&mut stream).await;
        // The first two wait for each other, so that both are kept.
        pause(if number <= 2 { 100 } else { 0 }).await;
        stream.write_all(OK.as_bytes()).await.unwrap();
        request(&mut stream).await;
        pause(5_000).await;
    });
    let (upstream, uri) = (Upstream::new(), server.uri("/"));
    tokio::join!(answer_to(&upstream, get(&uri)), answer_to(&upstream, get(&uri)));
    assert_eq!(server.accepted(), 2);
    let timeout = Duration::from_millis(200);
    let failure = failure_of(&upstream, Outgoing { timeout, ..get(&uri) }).await;
    assert_eq!(failure, UpstreamError::Timeout { at: Stage::Waiting });
    assert_eq!(answer_to(&upstream, get(&uri)).await.status, StatusCode::OK);
    assert_eq!(server.accepted(), 3);
}

#[tokio::test]
async fn a_reset_inside_tls_is_retried_too() {
    let authority = TestAuthority::new();
    let acceptor = authority.acceptor_for("127.0.0.1");
    let server = LocalServer::start(move |stream, _| {
        let acceptor = acceptor.clone();
        async move {
            let mut stream = acceptor.accept(stream).await.unwrap();
            request(&mut stream).await;
            stream.write_all(OK.as_bytes()).await.unwrap();
            request(&mut stream).await;
            reset(stream.into_inner().0);
        }
    });
    let (uri, bundle) = (uri(&format!("https://{}/", server.address)), authority.bundle());
    let upstream = Upstream::new();
    for _ in 0..2 {
        let request = Outgoing { ca_bundle: Some(&bundle), ..post(&uri) };
        assert_eq!(answer_to(&upstream, request).await.status, StatusCode::OK);
    }
    assert_eq!(server.accepted(), 2);
}
