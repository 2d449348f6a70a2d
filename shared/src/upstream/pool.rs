//! Connections that wait for the next call over the same route.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{CaBundle, Proxy, address::Origin, connection::Connection};

/// What two calls must have in common to share a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) origin: Origin,
    pub(super) proxy: Option<Proxy>,
    pub(super) ca_bundle: Option<CaBundle>,
}

/// Idle connections, the longest idle one first.
#[derive(Default)]
pub(super) struct Pool {
    idle: Mutex<VecDeque<Idle>>,
}

struct Idle {
    route: Route,
    connection: Connection,
    since: Instant,
}

impl Pool {
    /// The connection over this route that was used last, if one still seems open.
    pub(super) fn take(&self, route: &Route) -> Option<Connection> {
        let mut idle = self.fresh();
        let found = idle.iter().rposition(|entry| entry.route == *route)?;
        idle.remove(found).map(|entry| entry.connection)
    }

    /// Keeps a connection for a later call, in place of the longest idle one when there are too many.
    pub(super) fn put(&self, route: Route, connection: Connection) {
        let mut idle = self.fresh();
        let mut same = (0..idle.len()).filter(|&at| idle[at].route == route);
        if let (Some(oldest), true) = (same.next(), same.count() + 1 >= MAX_PER_ROUTE) {
            idle.remove(oldest);
        } else if idle.len() >= MAX_IDLE {
            idle.pop_front();
        }
        idle.push_back(Idle { route, connection, since: Instant::now() });
    }

    /// The connections left once those that are closed or idle for too long are dropped.
    fn fresh(&self) -> MutexGuard<'_, VecDeque<Idle>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|entry| !entry.connection.is_closed() && entry.since.elapsed() < IDLE_TIME);
        idle
    }
}

/// Below the 350 s after which a NAT gateway forgets a connection without a word to either side.
const IDLE_TIME: Duration = Duration::from_secs(300);

/// The most idle connections in all; each holds at most a few ten KiB.
const MAX_IDLE: usize = 64;

/// The most idle connections over one route.
const MAX_PER_ROUTE: usize = 4;

#[cfg(test)]
mod tests {
    use tokio::{io::duplex, net::TcpListener};

    use super::*;
    use crate::upstream::{address::Scheme, local_server::uri};

    fn route(port: u16) -> Route {
        Route { origin: uri(&format!("http://idp.example:{port}/")).origin, proxy: None, ca_bundle: None }
    }

    /// A connection whose other end stays open for as long as the test runs.
    async fn open() -> Connection {
        let (near, far) = duplex(1);
        std::mem::forget(far);
        Connection::start(near).await.unwrap()
    }

    fn kept(pool: &Pool, wanted: &Route) -> usize {
        pool.idle.lock().unwrap().iter().filter(|entry| entry.route == *wanted).count()
    }

    #[tokio::test]
    async fn hands_a_connection_to_one_call_of_the_same_route() {
        let pool = Pool::default();
        pool.put(route(1), open().await);
        assert!(pool.take(&route(2)).is_none());
        assert!(pool.take(&route(1)).is_some());
        assert!(pool.take(&route(1)).is_none());
    }

    #[tokio::test]
    async fn tells_routes_apart_by_scheme_proxy_and_authorities() {
        let pool = Pool::default();
        let plain = route(443);
        pool.put(plain.clone(), open().await);
        let origin = uri("https://idp.example/").origin;
        assert!(matches!(origin.scheme, Scheme::Https(_)));
        assert!(pool.take(&Route { origin, ..plain.clone() }).is_none());
        let proxy = Some(Proxy::new("squid.example", 3128).unwrap());
        assert!(pool.take(&Route { proxy, ..plain.clone() }).is_none());
        let ca_bundle = Some(crate::upstream::local_server::TestAuthority::new().bundle());
        assert!(pool.take(&Route { ca_bundle, ..plain }).is_none());
    }

    #[tokio::test]
    async fn keeps_4_connections_of_a_route() {
        let pool = Pool::default();
        pool.put(route(2), open().await);
        for _ in 0..6 {
            pool.put(route(1), open().await);
        }
        assert_eq!((kept(&pool, &route(1)), kept(&pool, &route(2))), (4, 1));
    }

    #[tokio::test]
    async fn keeps_64_connections_in_all_and_drops_the_longest_idle_one_first() {
        let pool = Pool::default();
        for port in 1..=70 {
            pool.put(route(port), open().await);
        }
        assert_eq!(pool.idle.lock().unwrap().len(), 64);
        assert_eq!((kept(&pool, &route(6)), kept(&pool, &route(7))), (0, 1));
    }

    #[tokio::test]
    async fn drops_a_connection_idle_for_5_minutes() {
        let pool = Pool::default();
        pool.put(route(1), open().await);
        pool.idle.lock().unwrap()[0].since -= Duration::from_secs(299);
        let connection = pool.take(&route(1)).expect("younger than 5 minutes");
        pool.put(route(1), connection);
        pool.idle.lock().unwrap()[0].since -= Duration::from_secs(300);
        assert!(pool.take(&route(1)).is_none());
    }

    #[tokio::test]
    async fn drops_a_connection_known_to_be_closed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let far = listener.accept().await.unwrap();
        let pool = Pool::default();
        pool.put(route(1), Connection::start(near).await.unwrap());
        drop(far);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(pool.take(&route(1)).is_none());
    }
}
