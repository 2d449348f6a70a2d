//! A connection serves the next call too, where it may.

use std::{sync::Arc, thread, time::Duration};

use http::StatusCode;
use tokio::io::AsyncWriteExt;

use crate::upstream::{local_server::*, *};

#[tokio::test]
async fn two_calls_share_a_connection() {
    let server = LocalServer::answering(OK);
    let upstream = Upstream::new();
    answer_to(&upstream, get(&server.uri("/a"))).await;
    answer_to(&upstream, get(&server.uri("/b"))).await;
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn two_calls_share_a_connection_whatever_the_way_a_body_ends() {
    for text in [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
    ] {
        let server = LocalServer::answering(text);
        let upstream = Upstream::new();
        answer_to(&upstream, get(&server.uri("/"))).await;
        answer_to(&upstream, get(&server.uri("/"))).await;
        assert_eq!(server.accepted(), 1, "{text}");
    }
}

#[tokio::test]
async fn two_calls_share_a_tls_connection() {
    let authority = TestAuthority::new();
    let server = LocalServer::over_tls(authority.acceptor_for("127.0.0.1"));
    let (uri, bundle) = (uri(&format!("https://{}/", server.address)), authority.bundle());
    let upstream = Upstream::new();
    for _ in 0..2 {
        answer_to(&upstream, Outgoing { ca_bundle: Some(&bundle), ..get(&uri) }).await;
    }
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_connection_the_server_wants_closed_is_not_used_again() {
    for text in [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ] {
        let server = LocalServer::answering(text);
        let upstream = Upstream::new();
        answer_to(&upstream, get(&server.uri("/"))).await;
        answer_to(&upstream, get(&server.uri("/"))).await;
        assert_eq!(server.accepted(), 2, "{text}");
    }
}

#[tokio::test]
async fn what_comes_with_an_answer_unasked_is_never_the_next_answer() {
    let server = LocalServer::start(|mut stream, number| async move {
        request(&mut stream).await;
        let more = if number == 1 { "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" } else { "" };
        stream.write_all(format!("{OK}{more}").as_bytes()).await.unwrap();
        pause(1000).await;
    });
    let upstream = Upstream::new();
    answer_to(&upstream, get(&server.uri("/"))).await;
    assert_eq!(answer_to(&upstream, get(&server.uri("/"))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_connection_closed_during_a_freeze_is_replaced() {
    let server = LocalServer::start(|mut stream, _| async move {
        request(&mut stream).await;
        stream.write_all(OK.as_bytes()).await.unwrap();
    });
    let upstream = Upstream::new();
    for _ in 0..3 {
        assert_eq!(answer_to(&upstream, get(&server.uri("/"))).await.status, StatusCode::OK);
        thread::sleep(Duration::from_millis(30));
    }
    assert_eq!(server.accepted(), 3);
}

#[tokio::test]
async fn a_farewell_during_a_freeze_is_not_taken_for_the_answer() {
    let server = LocalServer::start(|mut stream, number| async move {
        request(&mut stream).await;
        stream.write_all(OK.as_bytes()).await.unwrap();
        if number == 1 {
            pause(20).await;
            stream.write_all(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n").await.unwrap();
        }
    });
    let upstream = Upstream::new();
    answer_to(&upstream, get(&server.uri("/"))).await;
    thread::sleep(Duration::from_millis(60));
    assert_eq!(answer_to(&upstream, get(&server.uri("/"))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn calls_at_the_same_time_have_connections_of_their_own() {
    let server = LocalServer::start(|mut stream, _| async move {
        while request(&mut stream).await.is_some() {
            pause(50).await;
            stream.write_all(OK.as_bytes()).await.unwrap();
        }
    });
    let upstream = Arc::new(Upstream::new());
    let calls: Vec<_> = (0..3)
        .map(|_| {
            let (upstream, uri) = (Arc::clone(&upstream), server.uri("/"));
            tokio::spawn(async move { answer_to(&upstream, get(&uri)).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(server.accepted(), 3);
}
