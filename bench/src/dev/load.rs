//! The load: connections that ask again as soon as they are answered; and the backend behind the gateway.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::exchange::Connection;

/// The load at work. It goes on as long as its runtime.
pub(super) struct Load {
    tally: Arc<Mutex<Tally>>,
}

/// What became of the requests.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Of each request that was allowed, in milliseconds.
    pub(super) durations: Vec<f64>,
    /// Other answers, and broken connections.
    pub(super) errors: u64,
    pub(super) first_error: Option<String>,
}

impl Load {
    /// Starts sending one request over and over on each connection.
    pub(super) fn start(address: SocketAddr, request: String, connections: usize) -> Self {
        let (tally, request) = (Arc::<Mutex<Tally>>::default(), Arc::new(request));
        for _ in 0..connections {
            let (tally, request) = (Arc::clone(&tally), Arc::clone(&request));
            tokio::spawn(async move {
                loop {
                    let Err(error) = ask(address, request.as_bytes(), &tally).await else { continue };
                    locked(&tally).fail(error.to_string());
                    tokio::time::sleep(PAUSE).await;
                }
            });
        }
        Self { tally }
    }

    /// What came since this was last asked.
    pub(super) fn take(&self) -> Tally {
        std::mem::take(&mut locked(&self.tally))
    }
}

impl Tally {
    /// Adds what came later.
    pub(super) fn add(&mut self, later: Self) {
        self.durations.extend(later.durations);
        self.errors += later.errors;
        self.first_error = self.first_error.take().or(later.first_error);
    }

    fn fail(&mut self, error: String) {
        self.errors += 1;
        self.first_error.get_or_insert(error);
    }
}

/// Asks on one connection until it breaks.
async fn ask(address: SocketAddr, request: &[u8], tally: &Mutex<Tally>) -> io::Result<()> {
    let mut connection = Connection::open(address).await?;
    loop {
        let begun = Instant::now();
        let answer = connection.exchange(request).await?;
        let duration = begun.elapsed().as_secs_f64() * 1_000.0;
        let mut tally = locked(tally);
        match answer.status {
            200 => tally.durations.push(duration),
            status => tally.fail(format!("status {status}: {}", String::from_utf8_lossy(&answer.body))),
        }
    }
}

/// A backend on loopback that answers every GET at once.
///
/// # Errors
/// No port is free.
pub(super) async fn backend() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A gateway that goes away ends its connection.
            tokio::spawn(async move { drop(serve(stream).await) });
        }
    });
    Ok(address)
}

async fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut head = Vec::new();
    while stream.read_buf(&mut head).await? > 0 {
        if head.ends_with(b"\r\n\r\n") {
            head.clear();
            stream.write_all(BACKENDS_ANSWER).await?;
        }
    }
    Ok(())
}

/// A tally stays true whoever panicked.
fn locked(tally: &Mutex<Tally>) -> std::sync::MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

const BACKENDS_ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"order\":42,\"state\":\"paid\"}";
/// Before a connection that broke is opened again.
const PAUSE: Duration = Duration::from_millis(10);
