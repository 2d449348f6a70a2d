//! One HTTP/1.1 connection: sends a request, reads a bounded answer, and knows whether any of it came.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{Request, Response, header::CONTENT_TYPE};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::Incoming,
    client::conn::{TrySendError, http1},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    task::yield_now,
    time::timeout,
};

use super::{Answer, Part, UpstreamError, error::causes};

/// An open connection that no call is using.
pub(super) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    heard: Heard,
}

impl Connection {
    /// Makes ready for requests over `io`; the connection is driven by a task of its own until this is dropped.
    pub(super) async fn start<I>(io: I) -> hyper::Result<Self>
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let heard = Heard::default();
        let io = TokioIo::new(Ear { io, heard: heard.clone() });
        let (mut sender, driver) = bounded().handshake(io).await?;
        // Its error also reaches the call that waits, if there is one.
        tokio::spawn(async move { drop(driver.await) });
        sender.ready().await?;
        Ok(Self { sender, heard })
    }

    /// Sends a request and reads the whole answer.
    pub(super) async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, UpstreamError> {
        self.heard.forget();
        match self.sender.try_send_request(request).await {
            Ok(response) => whole(response).await,
            Err(failure) => Err(self.named(&failure)),
        }
    }

    /// Whether any byte came since the last request was sent.
    pub(super) fn heard(&self) -> bool {
        self.heard.bytes() > 0
    }

    /// Whether the other side has closed, as far as noticed.
    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Whether the other side has left it open while it was not used.
    ///
    /// Gives the driving task its turn first: after a freeze, a close or a farewell (408) may lie unread. The first
    /// yield lets the runtime look at its sockets, the second lets the task read from this one.
    pub(super) async fn still_stands(&self) -> bool {
        yield_now().await;
        yield_now().await;
        !self.is_closed()
    }

    /// Whether another request may follow the answer that was just read.
    pub(super) async fn can_be_kept(&mut self) -> bool {
        matches!(timeout(SETTLING, self.sender.ready()).await, Ok(Ok(())))
    }

    fn named(&self, failure: &TrySendError<Request<Full<Bytes>>>) -> UpstreamError {
        // A request that comes back was never sent: what was heard, if anything, is no answer to it.
        let answered = failure.message().is_none() && self.heard();
        let error = failure.error();
        if error.is_parse_too_large() {
            return UpstreamError::TooLarge { part: Part::Head, limit: MAX_HEAD };
        }
        UpstreamError::Protocol { answered, cause: causes(error) }
    }
}

/// HTTP/1.1 with at most 64 KiB of header fields, and not much more memory than that for each connection.
pub(super) fn bounded() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.max_header_size(MAX_HEAD).max_buf_size(MAX_HEAD);
    builder
}

async fn whole(response: Response<Incoming>) -> Result<Answer, UpstreamError> {
    let (head, mut incoming) = response.into_parts();
    let mut body = BytesMut::new();
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| UpstreamError::Protocol { answered: true, cause: causes(&error) })?;
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > MAX_BODY - body.len() {
            return Err(UpstreamError::TooLarge { part: Part::Body, limit: MAX_BODY });
        }
        body.extend_from_slice(&data);
    }
    let content_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(Answer { status: head.status, content_type, body: body.freeze() })
}

/// How many bytes came in since the last request was sent.
#[derive(Clone, Default)]
struct Heard(Arc<AtomicUsize>);

impl Heard {
    fn bytes(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }

    fn forget(&self) {
        self.0.store(0, Ordering::Release);
    }

    fn note(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::AcqRel);
    }
}

/// A stream that counts what is read from it, up to what one answer may take.
struct Ear<I> {
    io: I,
    heard: Heard,
}

impl<I: AsyncRead + Unpin> AsyncRead for Ear<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.heard.bytes() >= MAX_ON_THE_WIRE {
            let text = format!("the answer takes more than {MAX_ON_THE_WIRE} bytes on the wire");
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

/// The most bytes of status line and header fields that are read.
const MAX_HEAD: usize = 64 * 1024;

/// The most bytes of a body that are read.
const MAX_BODY: usize = 256 * 1024;

/// The most bytes one answer may take with its framing, chunk sizes and interim answers (1xx) included.
const MAX_ON_THE_WIRE: usize = 1024 * 1024;

/// The longest wait for a connection to become free again once its answer is whole; usually it is at once.
const SETTLING: Duration = Duration::from_millis(10);
