//! No server holds a call for longer, or makes it read more, than it may.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::Instant,
};

use crate::upstream::{local_server::*, *};

/// Calls with 300 ms of time and shows that no more was taken.
async fn timed_failure(server: &LocalServer) -> UpstreamError {
    let began = Instant::now();
    let uri = server.uri("/");
    let timeout = Duration::from_millis(300);
    let failure = failure_of(&Upstream::new(), Outgoing { timeout, ..get(&uri) }).await;
    let took = began.elapsed();
    assert!(took >= timeout && took < timeout * 3, "{took:?}");
    failure
}

async fn drip(stream: &mut TcpStream, text: &[u8]) {
    for byte in text {
        if stream.write_all(&[*byte]).await.is_err() {
            return;
        }
        pause(50).await;
    }
}

#[tokio::test]
async fn a_server_that_hangs_costs_no_more_than_the_timeout_and_is_left() {
    let left = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&left);
    let server = LocalServer::start(move |mut stream, _| {
        let seen = Arc::clone(&seen);
        async move {
            request(&mut stream).await;
            seen.store(matches!(stream.read(&mut [0]).await, Ok(0)), Ordering::SeqCst);
        }
    });
    let failure = timed_failure(&server).await;
    assert_eq!(failure, UpstreamError::Timeout { at: Stage::Waiting });
    assert!(!failure.answered());
    pause(50).await;
    assert!(left.load(Ordering::SeqCst), "the connection is closed");
}

#[tokio::test]
async fn a_head_in_drips_is_bounded_by_the_timeout() {
    let server = LocalServer::start(|mut stream, _| async move {
        request(&mut stream).await;
        drip(&mut stream, OK.as_bytes()).await;
    });
    let failure = timed_failure(&server).await;
    assert_eq!(failure, UpstreamError::Timeout { at: Stage::Answering });
    assert!(failure.answered());
}

#[tokio::test]
async fn a_body_in_drips_is_bounded_by_the_timeout() {
    let server = LocalServer::start(|mut stream, _| async move {
        request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n").await.unwrap();
        drip(&mut stream, &[b'x'; 100]).await;
    });
    assert_eq!(timed_failure(&server).await, UpstreamError::Timeout { at: Stage::Answering });
}

#[tokio::test]
async fn interim_answers_without_end_are_not_read_for_long() {
    let server = LocalServer::start(|mut stream, _| async move {
        request(&mut stream).await;
        while stream.write_all("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000).as_bytes()).await.is_ok() {}
    });
    let failure = failure_of(&Upstream::new(), get(&server.uri("/"))).await;
    let UpstreamError::Protocol { answered: true, cause } = failure else { panic!("{failure:?}") };
    assert!(cause.contains("more than 1048576 bytes"), "{cause}");
}

#[tokio::test]
async fn a_body_in_chunks_of_a_few_bytes_is_read() {
    let server = LocalServer::start(|mut stream, _| async move {
        request(&mut stream).await;
        let body = "4\r\nabcd\r\n".repeat(64 * 1024);
        let text = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}0\r\n\r\n");
        drop(stream.write_all(text.as_bytes()).await);
    });
    assert_eq!(answer_to(&Upstream::new(), get(&server.uri("/"))).await.body.len(), 256 * 1024);
}

#[tokio::test]
async fn a_server_that_accepts_nothing_is_bounded_by_the_timeout() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let attempt = || tokio::time::timeout(Duration::from_millis(50), TcpStream::connect(address));
    let mut waiting = Vec::new();
    while let Ok(connected) = attempt().await {
        waiting.push(connected.unwrap());
    }
    let uri = uri(&format!("http://{address}/"));
    let request = Outgoing { timeout: Duration::from_millis(200), ..get(&uri) };
    assert_eq!(failure_of(&Upstream::new(), request).await, UpstreamError::Timeout { at: Stage::Connecting });
}

#[tokio::test]
async fn a_tls_handshake_that_hangs_is_bounded_by_the_timeout() {
    let server = LocalServer::start(|stream, _| async move {
        pause(2000).await;
        drop(stream);
    });
    let uri = uri(&format!("https://{}/", server.address));
    let request = Outgoing { timeout: Duration::from_millis(200), ..get(&uri) };
    assert_eq!(failure_of(&Upstream::new(), request).await, UpstreamError::Timeout { at: Stage::Connecting });
}

/// A server whose body has so many bytes, with or without saying so beforehand.
fn with_body(length: usize, announced: bool) -> LocalServer {
    LocalServer::start(move |mut stream, _| async move {
        request(&mut stream).await;
        let framing = if announced { format!("Content-Length: {length}") } else { "Connection: close".into() };
        let head = format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        drop(stream.write_all(&vec![b'x'; length]).await);
    })
}

const TOO_LONG: UpstreamError = UpstreamError::TooLarge { part: Part::Body, limit: 256 * 1024 };

#[tokio::test]
async fn a_body_of_256_kib_is_read_and_one_byte_more_is_too_large() {
    for announced in [true, false] {
        let whole = with_body(256 * 1024, announced);
        assert_eq!(answer_to(&Upstream::new(), get(&whole.uri("/"))).await.body.len(), 256 * 1024);
        let over = with_body(256 * 1024 + 1, announced);
        assert_eq!(failure_of(&Upstream::new(), get(&over.uri("/"))).await, TOO_LONG);
    }
}

#[tokio::test]
async fn a_body_of_10_mb_is_left_unread() {
    for announced in [true, false] {
        let server = with_body(10_000_000, announced);
        let failure = failure_of(&Upstream::new(), get(&server.uri("/"))).await;
        assert_eq!(failure, TOO_LONG);
        assert!(failure.answered());
    }
}

#[tokio::test]
async fn header_fields_without_end_are_too_large() {
    let server = LocalServer::start(|mut stream, _| async move {
        request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n").await.unwrap();
        while stream.write_all(b"X-Endless: and so on and so on and so on\r\n").await.is_ok() {}
    });
    let failure = failure_of(&Upstream::new(), get(&server.uri("/"))).await;
    assert_eq!(failure, UpstreamError::TooLarge { part: Part::Head, limit: 64 * 1024 });
    assert!(failure.answered());
}

#[tokio::test]
async fn one_header_field_without_end_is_too_large() {
    let server = LocalServer::start(|mut stream, _| async move {
        request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\nX-Endless: ").await.unwrap();
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    });
    let failure = failure_of(&Upstream::new(), get(&server.uri("/"))).await;
    assert_eq!(failure, UpstreamError::TooLarge { part: Part::Head, limit: 64 * 1024 });
}

#[tokio::test]
async fn a_head_of_64_kib_is_read_and_one_byte_more_is_too_large() {
    for over in [0, 1] {
        let server = LocalServer::start(move |mut stream, _| async move {
            request(&mut stream).await;
            let (begin, end) = ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Long: ", "\r\n\r\n");
            let long = "x".repeat(64 * 1024 - begin.len() - end.len() + over);
            drop(stream.write_all(format!("{begin}{long}{end}ok").as_bytes()).await);
        });
        let outcome = Upstream::new().call(get(&server.uri("/"))).await;
        if over == 0 {
            assert_eq!(outcome.expect("an answer").body, "ok");
        } else {
            let too_large = UpstreamError::TooLarge { part: Part::Head, limit: 64 * 1024 };
            assert_eq!(outcome.expect_err("too large"), too_large);
        }
    }
}
