//! One connection: request after request until either side has enough.

use std::{fmt::Write as _, io, net::IpAddr, sync::Arc};

use tokio::{net::TcpStream, sync::watch};

use crate::{
    answer::Answer,
    clock::Moment,
    gateway::Gateway,
    request::Request,
    server::{head::Head, wire::Wire},
};

/// Answers the requests of one connection. Its errors are the client's: nobody is left to be told of them.
pub(crate) async fn converse(gateway: Arc<Gateway>, stream: TcpStream, peer: IpAddr, closing: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let mut connection = Connection { gateway, wire: Wire::new(stream), peer, closing };
    while let Ok(true) = connection.exchange().await {}
}

struct Connection {
    gateway: Arc<Gateway>,
    wire: Wire<TcpStream>,
    peer: IpAddr,
    closing: watch::Receiver<bool>,
}

impl Connection {
    /// One request and its answer, and whether another may follow.
    async fn exchange(&mut self) -> io::Result<bool> {
        let head = tokio::select! {
            biased;
            head = self.wire.head() => head?,
            _ = self.closing.wait_for(|closing| *closing) => return Ok(false),
        };
        match head {
            Some(Ok(head)) => self.answer(head).await,
            Some(Err(status)) => {
                let refused = Answer::message(status, reason(status));
                self.wire.write(&encode(&refused, false, true)).await?;
                Ok(false)
            }
            None => Ok(false),
        }
    }

    async fn answer(&mut self, head: Head) -> io::Result<bool> {
        if head.expects_continue {
            self.wire.write(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let body = self.wire.body(head.framing).await?;
        let Head { method, path, query, headers, keeps_alive, .. } = head;
        let request = Request { method, path, query, headers, body, peer: self.peer };
        let answer = self.gateway.answer(&request).await;
        let last = !keeps_alive || *self.closing.borrow();
        self.wire.write(&encode(&answer, request.method == "HEAD", last)).await?;
        Ok(!last)
    }
}

/// The answer as it goes over the wire; a field that HTTP can't carry is left out.
fn encode(answer: &Answer, without_body: bool, last: bool) -> Vec<u8> {
    let status = answer.status;
    let mut head = format!("HTTP/1.1 {status} {}\r\nDate: {}\r\n", reason(status), Moment::now().http_date());
    for (name, value) in answer.headers.iter().filter(|(name, value)| is_sent(name, value)) {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let has_body = !matches!(status, 100..=199 | 204 | 304);
    if has_body {
        let _ = write!(head, "Content-Length: {}\r\n", answer.body.len());
    }
    head.push_str(if last { "Connection: close\r\n\r\n" } else { "\r\n" });
    let mut bytes = head.into_bytes();
    if has_body && !without_body {
        bytes.extend_from_slice(&answer.body);
    }
    bytes
}

fn is_sent(name: &str, value: &str) -> bool {
    let framing = ["connection", "content-length", "date", "transfer-encoding"];
    !framing.iter().any(|own| own.eq_ignore_ascii_case(name))
        && http::HeaderName::from_bytes(name.as_bytes()).is_ok()
        && http::HeaderValue::from_str(value).is_ok()
}

fn reason(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Unknown")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::Headers;

    #[test]
    fn no_value_can_begin_a_line_of_its_own() {
        let headers = Headers::from_iter([("A", "1\r\nSet-Cookie: x=y"), ("B", "2")]);
        let answer = Answer { status: 200, headers, body: bytes::Bytes::from("hi") };
        let text = String::from_utf8(encode(&answer, false, true)).unwrap();
        assert!(!text.contains("Set-Cookie") && text.contains("\r\nB: 2\r\n"), "{text}");
        assert!(text.ends_with("Content-Length: 2\r\nConnection: close\r\n\r\nhi"), "{text}");
    }

    #[test]
    fn a_head_request_gets_the_length_and_no_body() {
        let text = String::from_utf8(encode(&Answer::json(200, "{}"), true, false)).unwrap();
        assert!(text.ends_with("Content-Length: 2\r\n\r\n"), "{text}");
    }
}
