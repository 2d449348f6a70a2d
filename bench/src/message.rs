//! HTTP/1.1 messages off a blocking connection: what the Runtime API and the stubs are asked.

use std::io::{self, Read};

/// A request with a body of a stated length.
#[derive(Debug)]
pub(crate) struct Request {
    /// The request target, such as `/2018-06-01/runtime/invocation/next`.
    pub(crate) target: String,
    /// `X-Amz-Target`, which names DynamoDB's operation.
    pub(crate) operation: Option<String>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// The requests of one connection.
pub(crate) struct Requests<S> {
    pub(crate) stream: S,
    buffer: Vec<u8>,
}

impl<S: Read> Requests<S> {
    /// Those that come over a stream.
    pub(crate) fn of(stream: S) -> Self {
        Self { stream, buffer: Vec::with_capacity(CHUNK) }
    }

    /// The next request; `None` when the other side has closed.
    ///
    /// # Errors
    /// The stream's, and bytes that are no HTTP.
    pub(crate) fn next(&mut self) -> io::Result<Option<Request>> {
        loop {
            if let Some((request, length)) = parse(&self.buffer)? {
                self.buffer.drain(..length);
                return Ok(Some(request));
            }
            let mut chunk = [0; CHUNK];
            match self.stream.read(&mut chunk)? {
                0 => return Ok(None),
                read => self.buffer.extend_from_slice(&chunk[..read]),
            }
        }
    }
}

/// The request at the start of the bytes and its length; `None` while some of it is missing.
fn parse(bytes: &[u8]) -> io::Result<Option<(Request, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Request::new(&mut headers);
    let malformed = |error| io::Error::new(io::ErrorKind::InvalidData, error);
    let httparse::Status::Complete(start) = head.parse(bytes).map_err(malformed)? else { return Ok(None) };
    let header = |name: &str| {
        let found = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok()
    };
    let end = start + header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let Some(body) = bytes.get(start..end) else { return Ok(None) };
    let request = Request {
        target: head.path.unwrap_or_default().to_owned(),
        operation: header("x-amz-target").map(str::to_owned),
        body: body.to_vec(),
    };
    Ok(Some((request, end)))
}

const CHUNK: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_apart_wherever_the_bytes_are_cut() {
        let bytes = b"POST /a HTTP/1.1\r\nX-Amz-Target: DynamoDB_20120810.GetItem\r\ncontent-length: 2\r\n\r\n{}\
            GET /b HTTP/1.1\r\nHost: x\r\n\r\n";
        for cut in 1..bytes.len() {
            let mut requests = Requests::of((&bytes[..cut]).chain(&bytes[cut..]));
            let first = requests.next().unwrap().unwrap();
            assert_eq!((first.target.as_str(), first.body.as_slice()), ("/a", &b"{}"[..]));
            assert_eq!(first.operation.as_deref(), Some("DynamoDB_20120810.GetItem"));
            let second = requests.next().unwrap().unwrap();
            assert_eq!((second.target.as_str(), second.operation), ("/b", None));
            assert!(requests.next().unwrap().is_none());
        }
    }

    #[test]
    fn what_is_no_http_is_an_error() {
        assert!(Requests::of(&b"\x16\x03\x01 hello\r\n\r\n"[..]).next().is_err());
    }
}
