//! A server on loopback that answers over TLS and counts what it is asked: one thread a connection, so that nothing
//! stands between a request and its answer.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde::Serialize;

use crate::message::{Request, Requests};

/// A server at work. It lives as long as the process.
pub(crate) struct Stub {
    port: u16,
    traffic: Arc<Mutex<Traffic>>,
}

/// What a server was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Traffic {
    /// Requests by the name of their operation.
    pub(crate) requests: BTreeMap<String, u64>,
    /// New connections.
    pub(crate) connections: u64,
}

/// An answer, and the operation that it is counted as.
pub(crate) struct Answer {
    pub(crate) operation: String,
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
}

impl Stub {
    /// Serves on a free port.
    ///
    /// # Errors
    /// No port is free.
    pub(crate) fn serve(
        tls: Arc<ServerConfig>,
        answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let traffic = Arc::<Mutex<Traffic>>::default();
        let (counted, answer) = (Arc::clone(&traffic), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                locked(&counted).connections += 1;
                let (tls, counted, answer) = (Arc::clone(&tls), Arc::clone(&counted), Arc::clone(&answer));
                // A client that goes away ends its thread.
                thread::spawn(move || drop(converse(stream, tls, &counted, &*answer)));
            }
        });
        Ok(Self { port, traffic })
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// What it was asked so far.
    pub(crate) fn traffic(&self) -> Traffic {
        locked(&self.traffic).clone()
    }
}

impl Traffic {
    /// What came after `earlier`.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let before = |name: &String| earlier.requests.get(name).copied().unwrap_or(0);
        let new = self.requests.iter().map(|(name, count)| (name.clone(), count - before(name)));
        Self {
            requests: new.filter(|(_, count)| *count > 0).collect(),
            connections: self.connections - earlier.connections,
        }
    }

    /// Adds what came at another time.
    pub(crate) fn add(&mut self, other: &Self) {
        for (name, count) in &other.requests {
            *self.requests.entry(name.clone()).or_default() += count;
        }
        self.connections += other.connections;
    }

    /// Requests of every operation.
    pub(crate) fn total(&self) -> u64 {
        self.requests.values().sum()
    }
}

fn converse(
    stream: TcpStream,
    tls: Arc<ServerConfig>,
    traffic: &Mutex<Traffic>,
    answer: &impl Fn(&Request) -> Answer,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let connection = ServerConnection::new(tls).map_err(io::Error::other)?;
    let mut requests = Requests::of(StreamOwned::new(connection, stream));
    while let Some(request) = requests.next()? {
        let Answer { operation, status, content_type, body } = answer(&request);
        *locked(traffic).requests.entry(operation).or_default() += 1;
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status} \r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}");
        requests.stream.write_all(answer.as_bytes())?;
        requests.stream.flush()?;
    }
    Ok(())
}

/// Counts stay true whoever panicked.
fn locked(traffic: &Mutex<Traffic>) -> std::sync::MutexGuard<'_, Traffic> {
    traffic.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_new_counts() {
        let traffic = |gets, puts, connections| Traffic {
            requests: [("GetItem".to_owned(), gets), ("PutItem".to_owned(), puts)].into_iter().collect(),
            connections,
        };
        let new = traffic(5, 2, 3).since(&traffic(5, 1, 2));
        assert_eq!(new, Traffic { requests: [("PutItem".to_owned(), 1)].into(), connections: 1 });
        let mut sum = new;
        sum.add(&traffic(1, 1, 0));
        assert_eq!((sum.total(), sum.connections), (3, 1));
    }
}
