//! The Lambda Runtime API for one function: hands out events, takes answers, and knows when each came.

use std::{
    io::{self, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use crate::message::{Request, Requests};

/// The Runtime API.
pub(crate) struct RuntimeApi {
    /// Where it listens (`AWS_LAMBDA_RUNTIME_API`).
    pub(crate) address: SocketAddr,
    arrivals: mpsc::Receiver<Arrival>,
    /// The connection that has asked for an event.
    waiting: Option<Arc<TcpStream>>,
}

/// What became of an event.
pub(crate) struct Invoked {
    /// From the event's first byte to the answer's last.
    pub(crate) duration: Duration,
    /// The answer's body.
    pub(crate) answer: String,
}

/// A request, and when the last of its bytes had come.
struct Arrival {
    at: Instant,
    request: Request,
    stream: Arc<TcpStream>,
}

impl RuntimeApi {
    /// Listens on a free port.
    ///
    /// # Errors
    /// No port is free.
    pub(crate) fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let (sender, arrivals) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                // A function that ends closes its connection, which ends the thread.
                thread::spawn(move || drop(hear(stream, &sender)));
            }
        });
        Ok(Self { address, arrivals, waiting: None })
    }

    /// Waits until the function asks for an event, and tells when it did.
    ///
    /// # Errors
    /// It asks for something else, or for nothing.
    pub(crate) fn polled(&mut self) -> io::Result<Instant> {
        let Arrival { at, request, stream } = self.next()?;
        if request.target != NEXT {
            let said = String::from_utf8_lossy(&request.body).into_owned();
            return Err(io::Error::other(format!("{} instead of a poll: {said}", request.target)));
        }
        self.waiting = Some(stream);
        Ok(at)
    }

    /// Hands out an event, and waits for the answer and for the next poll.
    ///
    /// # Errors
    /// The function reports an error, or does not answer.
    pub(crate) fn invoke(&mut self, event: &[u8], number: u64) -> io::Result<Invoked> {
        let waiting = self.waiting.take().ok_or_else(|| io::Error::other("it has not polled"))?;
        let message = next(event, number);
        let begun = Instant::now();
        (&*waiting).write_all(&message)?;
        let Arrival { at, request, stream } = self.next()?;
        let answer = String::from_utf8_lossy(&request.body).into_owned();
        if !request.target.ends_with("/response") {
            return Err(io::Error::other(format!("{}: {answer}", request.target)));
        }
        (&*stream).write_all(ACCEPTED)?;
        self.polled()?;
        Ok(Invoked { duration: at - begun, answer })
    }

    fn next(&self) -> io::Result<Arrival> {
        self.arrivals.recv_timeout(PATIENCE).map_err(|error| io::Error::new(io::ErrorKind::TimedOut, error))
    }
}

fn hear(stream: TcpStream, arrivals: &mpsc::Sender<Arrival>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let writer = Arc::new(stream.try_clone()?);
    let mut requests = Requests::of(stream);
    while let Some(request) = requests.next()? {
        let arrival = Arrival { at: Instant::now(), request, stream: Arc::clone(&writer) };
        if arrivals.send(arrival).is_err() {
            break;
        }
    }
    Ok(())
}

/// An event with the headers that come with it, each with a request id of its own.
fn next(event: &[u8], number: u64) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-{number:012x}\r\n\
         Lambda-Runtime-Deadline-Ms: 4102444800000\r\n\
         Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:bench\r\n\
         Lambda-Runtime-Trace-Id: Root=1-69c2e4ae-3a5f1c0e7d9b2f4a6c8e0d1b;Parent=7d9b2f4a6c8e0d1b;Sampled=1\r\n\r\n",
        event.len()
    );
    [head.as_bytes(), event].concat()
}

const NEXT: &str = "/2018-06-01/runtime/invocation/next";
const ACCEPTED: &[u8] =
    b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"status\":\"OK\"}";
/// Longer than any function may be silent, also at the smallest share of a processor.
const PATIENCE: Duration = Duration::from_secs(30);
