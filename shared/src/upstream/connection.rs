//! One HTTP/1.1 connection: sends a request, reads a bounded answer, and knows whether any of it came.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt, future::Fuse};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::Incoming,
    client::conn::{TrySendError, http1},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::coop::unconstrained,
    time::{Instant, timeout},
};

use super::{Part, Stage, UpstreamError, alarm::Alarm, ear::Ear, error::causes};

/// An open connection that no call is using. Nothing drives it but its own methods: a call is then woken by the socket
/// and by nothing else.
pub(super) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: Fuse<Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>>>,
    heard: Heard,
    alarm: Alarm,
    max_body: usize,
}

impl Connection {
    /// Makes ready for requests over `io` whose answers have at most `max_body` bytes of content.
    pub(super) async fn start<I>(io: I, max_body: usize) -> hyper::Result<Self>
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let heard = Heard::default();
        let io = TokioIo::new(Ear::new(io, heard.clone(), max_body.saturating_mul(ON_THE_WIRE)));
        let (sender, driver) = bounded().handshake(io).await?;
        let driver: Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>> = Box::pin(driver);
        Ok(Self { sender, driver: driver.fuse(), heard, alarm: Alarm::default(), max_body })
    }

    /// Sends a request and reads the whole answer, until the deadline.
    pub(super) async fn exchange(
        &mut self,
        request: Request<Full<Bytes>>,
        deadline: Instant,
    ) -> Result<Response<Bytes>, UpstreamError> {
        self.heard.forget();
        let Self { sender, driver, heard, alarm, max_body } = self;
        let sent = sender.try_send_request(request);
        let answer = async {
            match sent.await {
                Ok(response) => whole(response, *max_body).await,
                Err(failure) => Err(named(&failure, heard)),
            }
        };
        // The answer needs no waker: all that it waits for comes from the driver, which is polled right before it.
        let mut answer = pin!(unconstrained(answer));
        poll_fn(|cx| {
            // The driver's error also reaches the answer.
            let _ = driver.poll_unpin(cx);
            if let Poll::Ready(answer) = answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return Poll::Ready(answer);
            }
            alarm.poll(deadline, cx).map(|()| {
                let at = if heard.bytes() > 0 { Stage::Answering } else { Stage::Waiting };
                Err(UpstreamError::Timeout { at })
            })
        })
        .await
    }

    /// Whether the other side has left it open, as far as the runtime has looked at its socket: a close or a farewell
    /// (408) may lie unread.
    pub(super) fn stands(&mut self) -> bool {
        let _ = self.driver.poll_unpin(&mut Context::from_waker(Waker::noop()));
        !self.sender.is_closed()
    }

    /// Whether another request may follow the answer that was just read.
    pub(super) async fn can_be_kept(&mut self) -> bool {
        if self.stands() && self.sender.is_ready() {
            return true;
        }
        let Self { sender, driver, .. } = self;
        let settled = poll_fn(|cx| {
            let _ = driver.poll_unpin(cx);
            sender.poll_ready(cx)
        });
        matches!(timeout(SETTLING, settled).await, Ok(Ok(())))
    }
}

/// HTTP/1.1 with at most 64 KiB of header fields, and not much more memory than that for each connection.
pub(super) fn bounded() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.max_header_size(MAX_HEAD).max_buf_size(MAX_HEAD);
    builder
}

async fn whole(response: Response<Incoming>, max_body: usize) -> Result<Response<Bytes>, UpstreamError> {
    let (head, mut incoming) = response.into_parts();
    let mut body = BytesMut::new();
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| UpstreamError::Protocol { answered: true, cause: causes(&error) })?;
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > max_body - body.len() {
            return Err(UpstreamError::TooLarge { part: Part::Body, limit: max_body });
        }
        body.extend_from_slice(&data);
    }
    Ok(Response::from_parts(head, body.freeze()))
}

fn named(failure: &TrySendError<Request<Full<Bytes>>>, heard: &Heard) -> UpstreamError {
    // A request that comes back was never sent: what was heard, if anything, is no answer to it.
    let answered = failure.message().is_none() && heard.bytes() > 0;
    let error = failure.error();
    if error.is_parse_too_large() {
        return UpstreamError::TooLarge { part: Part::Head, limit: MAX_HEAD };
    }
    UpstreamError::Protocol { answered, cause: causes(error) }
}

/// How many bytes came in since the last request was sent.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<AtomicUsize>);

impl Heard {
    pub(super) fn bytes(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }

    pub(super) fn note(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::AcqRel);
    }

    fn forget(&self) {
        self.0.store(0, Ordering::Release);
    }
}

/// The most bytes of status line and header fields that are read.
const MAX_HEAD: usize = 64 * 1024;

/// How many times the most content one answer may take on the wire, with its framing, chunk sizes and interim answers
/// (1xx).
const ON_THE_WIRE: usize = 4;

/// The longest wait for a connection to become free again once its answer is whole; usually it is at once.
const SETTLING: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn a_connection_that_the_other_side_closes_stands_no_longer() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let far = listener.accept().await.unwrap();
        let mut connection = Connection::start(near, 1_024).await.unwrap();
        assert!(connection.stands());
        drop(far);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!connection.stands());
    }
}
