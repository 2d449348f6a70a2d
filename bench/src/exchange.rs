//! One connection that is kept: a request, and its whole answer.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// The connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens.
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(CHUNK) })
    }

    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    /// The connection's, and an answer without a length.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        loop {
            if let Some((answer, length)) = parse(&self.buffer)? {
                self.buffer.drain(..length);
                return Ok(answer);
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// The answer at the start of the bytes and its length; `None` while some of it is missing.
fn parse(bytes: &[u8]) -> io::Result<Option<(Answer, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let malformed = |error| io::Error::new(io::ErrorKind::InvalidData, error);
    let httparse::Status::Complete(start) = head.parse(bytes).map_err(malformed)? else { return Ok(None) };
    let length = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|header| std::str::from_utf8(header.value).ok()?.parse::<usize>().ok());
    let end = start + length.ok_or_else(|| io::Error::other("an answer without Content-Length"))?;
    let Some(body) = bytes.get(start..end) else { return Ok(None) };
    Ok(Some((Answer { status: head.code.unwrap_or(0), body: body.to_vec() }, end)))
}

const CHUNK: usize = 4 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_last_byte() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        assert_eq!(parse(&bytes[..bytes.len() - 1]).unwrap(), None);
        let answer = Answer { status: 200, body: b"ok".to_vec() };
        assert_eq!(parse(bytes).unwrap(), Some((answer, bytes.len())));
        assert!(parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
