//! How the names of headers are spelled on the way to a backend.
//!
//! hyper's client spells names as hyper's server has read them, by a type that nobody else can make. So a server is given the
//! names to read.

use std::{future::ready, io, sync::OnceLock};

use bytes::Bytes;
use http::{Extensions, Request, Response};
use http_body_util::Empty;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;

use crate::headers::Headers;

/// What makes a request's names go out as these are spelled, where it has the same fields in the same order.
pub(crate) async fn of(headers: &Headers) -> Extensions {
    let names: Vec<&str> = OWN.into_iter().chain(headers.iter().map(|(name, _)| name)).collect();
    let lines: String = names.iter().map(|name| format!("{name}: 0\r\n")).collect();
    let head = format!("GET / HTTP/1.1\r\n{lines}\r\n");
    let (mut client, server) = tokio::io::duplex(head.len());
    let read = OnceLock::new();
    let keep = service_fn(|request: Request<Incoming>| {
        let _ = read.set(request.into_parts().0.extensions);
        ready(Err::<Response<Empty<Bytes>>, _>(io::Error::from(io::ErrorKind::ConnectionAborted)))
    });
    let mut reading = http1::Builder::new();
    reading.preserve_header_case(true).max_headers(names.len());
    if client.write_all(head.as_bytes()).await.is_ok() {
        // It ends by the error above, or by names that are none, which no request has.
        let _ = reading.serve_connection(TokioIo::new(server), keep).await;
    }
    read.into_inner().unwrap_or_default()
}

/// What the client adds itself.
const OWN: [&str; 2] = ["Host", "Content-Length"];
