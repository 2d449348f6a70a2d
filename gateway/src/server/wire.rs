//! The bytes of one connection.

use std::io;

use bytes::{Buf, Bytes, BytesMut};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{Duration, timeout},
};

use crate::{
    request::{MAX_BODY, RequestBody},
    server::head::{Framing, Head, Unreadable},
};

/// A stream with what was read ahead of its use.
pub(crate) struct Wire<S> {
    stream: S,
    buffer: BytesMut,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, buffer: BytesMut::with_capacity(8 * 1024) }
    }

    /// The next head; `None` when the client has closed the connection or sends nothing for too long. No byte is lost
    /// when the future is dropped.
    ///
    /// # Errors
    /// The stream's error; a head that can't be read is the inner one.
    pub(crate) async fn head(&mut self) -> io::Result<Option<Result<Head, Unreadable>>> {
        loop {
            match Head::parse(&self.buffer) {
                Ok(Some((head, length))) => {
                    self.buffer.advance(length);
                    return Ok(Some(Ok(head)));
                }
                Ok(None) => {}
                Err(status) => return Ok(Some(Err(status))),
            }
            let read = timeout(IDLE, self.stream.read_buf(&mut self.buffer)).await.unwrap_or(Ok(0))?;
            if read == 0 {
                return Ok(None);
            }
        }
    }

    /// The whole body; one beyond the payload limit is read and thrown away, so that the client reads its answer.
    ///
    /// # Errors
    /// The stream's error, and a chunked body that is none.
    pub(crate) async fn body(&mut self, framing: Framing) -> io::Result<RequestBody> {
        let mut body = Collected::default();
        match framing {
            Framing::Length(length) => self.collect(length, &mut body).await?,
            Framing::Chunked => loop {
                let size = self.chunk_size().await?;
                if size == 0 {
                    self.trailers().await?;
                    break;
                }
                self.collect(size, &mut body).await?;
                if !self.line().await?.is_empty() {
                    return Err(broken("a chunk is longer than it says"));
                }
            },
        }
        Ok(body.finish())
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    async fn collect(&mut self, mut length: u64, body: &mut Collected) -> io::Result<()> {
        while length > 0 {
            if self.buffer.is_empty() {
                self.more().await?;
            }
            let taken = usize::try_from(length).unwrap_or(usize::MAX).min(self.buffer.len());
            body.extend(&self.buffer.split_to(taken))?;
            length -= taken as u64;
        }
        Ok(())
    }

    async fn chunk_size(&mut self) -> io::Result<u64> {
        let line = self.line().await?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        u64::from_str_radix(digits, 16)
            .ok()
            .filter(|_| !digits.starts_with('+'))
            .ok_or_else(|| broken("a chunk has no size"))
    }

    async fn trailers(&mut self) -> io::Result<()> {
        for _ in 0..MAX_TRAILERS {
            if self.line().await?.is_empty() {
                return Ok(());
            }
        }
        Err(broken("too many trailers"))
    }

    /// The next line without its end.
    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.buffer.split_to(end + 2);
                return String::from_utf8(line[..end].to_vec()).map_err(|_| broken("a line is no text"));
            }
            if self.buffer.len() > MAX_LINE {
                return Err(broken("a line is too long"));
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> io::Result<()> {
        let read = timeout(IDLE, self.stream.read_buf(&mut self.buffer)).await;
        match read.unwrap_or(Ok(0))? {
            0 => Err(broken("the client stopped inside a body")),
            _ => Ok(()),
        }
    }
}

/// A body while it arrives.
#[derive(Default)]
struct Collected {
    bytes: BytesMut,
    dropped: usize,
}

impl Collected {
    fn extend(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.dropped == 0 && self.bytes.len() + bytes.len() <= MAX_BODY {
            self.bytes.extend_from_slice(bytes);
            return Ok(());
        }
        self.dropped += self.bytes.len() + bytes.len();
        self.bytes = BytesMut::new();
        if self.dropped > MAX_DROPPED { Err(broken("the body is endless")) } else { Ok(()) }
    }

    fn finish(self) -> RequestBody {
        if self.dropped > 0 { RequestBody::TooLarge } else { RequestBody::Whole(Bytes::from(self.bytes)) }
    }
}

fn broken(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// How long a client may send nothing.
const IDLE: Duration = Duration::from_secs(60);
const MAX_LINE: usize = 8 * 1024;
const MAX_TRAILERS: usize = 64;
/// How much of a body beyond the limit is still read.
const MAX_DROPPED: usize = 8 * MAX_BODY;

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(sent: &[u8], framing: Framing) -> io::Result<RequestBody> {
        let (mut client, server) = tokio::io::duplex(64 * 1024);
        let sent = sent.to_vec();
        tokio::spawn(async move { client.write_all(&sent).await });
        Wire::new(server).body(framing).await
    }

    #[tokio::test]
    async fn reads_chunks_extensions_and_trailers() {
        let sent = b"3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n";
        let read = body(sent, Framing::Chunked).await.unwrap();
        assert!(matches!(read, RequestBody::Whole(bytes) if bytes == "abc0123456789"));
    }

    #[tokio::test]
    async fn refuses_a_chunked_body_that_is_none() {
        for sent in [&b"x\r\n"[..], b"+3\r\nabc\r\n0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"3\r\nab"] {
            assert!(body(sent, Framing::Chunked).await.is_err());
        }
    }

    #[tokio::test]
    async fn a_body_beyond_the_payload_limit_is_not_kept() {
        let sent = vec![b'x'; MAX_BODY + 1];
        let whole = body(&sent[1..], Framing::Length(MAX_BODY as u64)).await.unwrap();
        assert!(matches!(whole, RequestBody::Whole(bytes) if bytes.len() == MAX_BODY));
        let more = body(&sent, Framing::Length(MAX_BODY as u64 + 1)).await.unwrap();
        assert!(matches!(more, RequestBody::TooLarge));
    }
}
