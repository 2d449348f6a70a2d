//! The head of a request: parsed strictly, with every header's name as the client spelled it.

use crate::{edge, headers::Headers};

/// Request line and header fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Headers,
    pub(crate) framing: Framing,
    /// Whether the client takes another answer on this connection.
    pub(crate) keeps_alive: bool,
    /// Whether the client waits for `100 Continue` before it sends the body.
    pub(crate) expects_continue: bool,
}

/// How the body is delimited (RFC 9112 §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// This many bytes.
    Length(u64),
    Chunked,
}

/// A head that can't be answered but with this status.
pub(crate) type Unreadable = u16;

impl Head {
    /// Parses the head that `bytes` begin with, and says how long it is; `None` when more bytes are needed.
    ///
    /// # Errors
    /// The status to answer with.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, Unreadable> {
        let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
        let mut request = httparse::Request::new(&mut fields);
        let length = match request.parse(bytes) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) if bytes.len() > MAX_BYTES => return Err(431),
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(httparse::Error::TooManyHeaders) => return Err(431),
            Err(httparse::Error::Version) => return Err(505),
            Err(_) => return Err(400),
        };
        let (Some(method), Some(target), Some(version)) = (request.method, request.path, request.version) else {
            return Err(400);
        };
        let mut headers = Headers::default();
        for field in request.headers.iter() {
            headers.push(field.name, std::str::from_utf8(field.value).map_err(|_| 400_u16)?);
        }
        let head = Self::assemble(method, target, version, headers)?;
        Ok(Some((head, length)))
    }

    fn assemble(method: &str, target: &str, version: u8, mut headers: Headers) -> Result<Self, Unreadable> {
        if version == 1 && headers.all("host").count() != 1 {
            return Err(400);
        }
        let target = target.split('#').next().unwrap_or_default();
        let (path, query) = origin_form(target).ok_or(400_u16)?;
        let framing = framing(&headers)?;
        let connection = headers.joined("connection").unwrap_or_default().to_ascii_lowercase();
        let says = |option: &str| connection.split(',').any(|listed| listed.trim() == option);
        let expects_continue = headers.last("expect").is_some_and(|it| it.eq_ignore_ascii_case("100-continue"));
        headers.retain(|name| !edge::is_smuggled(name));
        Ok(Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            framing,
            keeps_alive: if version == 0 { says("keep-alive") } else { !says("close") },
            expects_continue,
        })
    }
}

/// Path and query of a target in origin form or absolute form (RFC 9112 §3.2).
fn origin_form(target: &str) -> Option<(&str, &str)> {
    let target = match target.split_once("://") {
        Some((scheme, rest)) if !scheme.starts_with('/') => rest.find('/').map_or("/", |at| &rest[at..]),
        _ => target,
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    path.starts_with('/').then_some((path, query))
}

/// A request with two framings, or with one that is not understood, is refused: its end is unknown.
fn framing(headers: &Headers) -> Result<Framing, Unreadable> {
    let mut lengths = headers.all("content-length");
    match (headers.joined("transfer-encoding"), lengths.next()) {
        (None, None) => Ok(Framing::Length(0)),
        (None, Some(length)) if length.bytes().all(|b| b.is_ascii_digit()) && lengths.all(|other| other == length) => {
            length.parse().map(Framing::Length).map_err(|_| 400)
        }
        (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => Ok(Framing::Chunked),
        (Some(_), None) => Err(501),
        (_, Some(_)) => Err(400),
    }
}

const MAX_FIELDS: usize = 128;
/// Where reading stops, well above what API Gateway takes, so that its own limit answers first.
const MAX_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(text: &str) -> Result<Head, Unreadable> {
        Head::parse(text.as_bytes()).map(|head| head.expect("a whole head").0)
    }

    #[test]
    fn keeps_the_spelling_and_the_order_of_names() {
        let head = head("GET /a?b=1 HTTP/1.1\r\nhost: x\r\nX-User: 1\r\nx-user: 2\r\nX_User: 3\r\n\r\n").unwrap();
        let names: Vec<_> = head.headers.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["host", "X-User", "x-user", "X_User"]);
        assert_eq!((head.path.as_str(), head.query.as_str(), head.keeps_alive), ("/a", "b=1", true));
    }

    #[test]
    fn smuggled_remapped_names_of_a_client_are_dropped() {
        let head = head("GET / HTTP/1.1\r\nHost: x\r\nX-Amzn-Remapped-Authorization: Bearer a\r\n\r\n").unwrap();
        assert_eq!(head.headers, Headers::from_iter([("Host", "x")]));
    }

    #[test]
    fn a_body_with_two_ends_is_refused() {
        let with = |fields: &str| head(&format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n")).map(|it| it.framing);
        assert_eq!(with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), Err(400));
        assert_eq!(with("Content-Length: 3\r\nContent-Length: 4\r\n"), Err(400));
        assert_eq!(with("Content-Length: +3\r\n"), Err(400));
        assert_eq!(with("Transfer-Encoding: gzip, chunked\r\n"), Err(501));
        assert_eq!(with("Transfer-Encoding: Chunked\r\n"), Ok(Framing::Chunked));
        assert_eq!(with("Content-Length: 3\r\n"), Ok(Framing::Length(3)));
    }

    #[test]
    fn a_request_without_one_host_is_refused() {
        assert_eq!(head("GET / HTTP/1.1\r\n\r\n"), Err(400));
        assert_eq!(head("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), Err(400));
    }

    #[test]
    fn takes_the_absolute_form() {
        assert_eq!(origin_form("http://host:1/a/b?c"), Some(("/a/b", "c")));
        assert_eq!(origin_form("http://host"), Some(("/", "")));
        assert_eq!(origin_form("/a?u=http://x/y"), Some(("/a", "u=http://x/y")));
        assert_eq!(origin_form("*"), None);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Head::parse(&bytes);
        }
    }
}
