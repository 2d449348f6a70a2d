//! A stream that counts what is read from it, up to what one answer may take.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::connection::Heard;

/// A stream whose reader is counted.
pub(super) struct Ear<I> {
    io: I,
    heard: Heard,
    most: usize,
}

impl<I> Ear<I> {
    /// Counts what is read from `io` into `heard`, and reads no more once that is `most` bytes.
    pub(super) fn new(io: I, heard: Heard, most: usize) -> Self {
        Self { io, heard, most }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Ear<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.heard.bytes() >= self.most {
            let text = format!("the answer takes more than {} bytes on the wire", self.most);
            return Poll::Ready(Err(io::Error::other(text)));
        }
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.io).poll_read(cx, buf);
        self.heard.note(buf.filled().len() - before);
        polled
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Ear<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
