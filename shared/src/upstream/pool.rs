//! Connections that wait for the next call over the same route.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{CaBundle, Limits, Proxy, address::Origin, connection::Connection};

/// What two calls must have in common to share a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) origin: Origin,
    pub(super) proxy: Option<Proxy>,
    pub(super) ca_bundle: Option<CaBundle>,
}

/// Idle connections, the longest idle one first.
pub(super) struct Pool {
    idle: Mutex<VecDeque<Idle>>,
    limits: Limits,
}

struct Idle {
    route: Arc<Route>,
    connection: Connection,
    since: Instant,
}

impl Pool {
    /// Without connections; it will keep as many as the limits say.
    pub(super) fn new(limits: Limits) -> Self {
        Self { idle: Mutex::default(), limits }
    }

    /// The connection over this route that was used last, and how long ago that was.
    pub(super) fn take(&self, route: &Arc<Route>) -> Option<(Connection, Duration)> {
        let mut idle = self.fresh();
        let found = idle.iter().rposition(|entry| entry.is_over(route))?;
        idle.remove(found).map(|entry| (entry.connection, entry.since.elapsed()))
    }

    /// Drops every connection over this route.
    pub(super) fn forget(&self, route: &Arc<Route>) {
        self.fresh().retain(|entry| !entry.is_over(route));
    }

    /// Keeps a connection for a later call, in place of the longest idle one when there are too many.
    pub(super) fn put(&self, route: &Arc<Route>, connection: Connection) {
        let mut idle = self.fresh();
        let mut same = (0..idle.len()).filter(|&at| idle[at].is_over(route));
        if let (Some(oldest), true) = (same.next(), same.count() + 1 >= self.limits.idle_per_server) {
            idle.remove(oldest);
        } else if idle.len() >= self.limits.idle {
            idle.pop_front();
        }
        idle.push_back(Idle { route: Arc::clone(route), connection, since: Instant::now() });
    }

    /// The connections left once those that are idle for too long are dropped.
    fn fresh(&self) -> MutexGuard<'_, VecDeque<Idle>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while idle.front().is_some_and(|longest| longest.since.elapsed() >= IDLE_TIME) {
            idle.pop_front();
        }
        idle
    }
}

impl Idle {
    fn is_over(&self, route: &Arc<Route>) -> bool {
        Arc::ptr_eq(&self.route, route) || self.route == *route
    }
}

/// Below the 350 s after which a NAT gateway forgets a connection without a word to either side.
const IDLE_TIME: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::*;
    use crate::upstream::{PROVIDERS, address::Scheme, local_server::uri};

    fn route(port: u16) -> Arc<Route> {
        Arc::new(Route { origin: uri(&format!("http://idp.example:{port}/")).origin, proxy: None, ca_bundle: None })
    }

    /// A connection whose other end stays open for as long as the test runs.
    async fn open() -> Connection {
        let (near, far) = duplex(1);
        std::mem::forget(far);
        Connection::start(near, 1_024).await.unwrap()
    }

    fn kept(pool: &Pool, wanted: &Arc<Route>) -> usize {
        pool.idle.lock().unwrap().iter().filter(|entry| entry.is_over(wanted)).count()
    }

    #[tokio::test]
    async fn hands_a_connection_to_one_call_of_the_same_route() {
        let pool = Pool::new(PROVIDERS);
        pool.put(&route(1), open().await);
        assert!(pool.take(&route(2)).is_none());
        assert!(pool.take(&route(1)).is_some());
        assert!(pool.take(&route(1)).is_none());
    }

    #[tokio::test]
    async fn tells_routes_apart_by_scheme_proxy_and_authorities() {
        let pool = Pool::new(PROVIDERS);
        let plain = route(443);
        pool.put(&plain, open().await);
        let origin = uri("https://idp.example/").origin;
        assert!(matches!(origin.scheme, Scheme::Https(_)));
        assert!(pool.take(&Arc::new(Route { origin, ..(*plain).clone() })).is_none());
        let proxy = Some(Proxy::new("squid.example", 3128).unwrap());
        assert!(pool.take(&Arc::new(Route { proxy, ..(*plain).clone() })).is_none());
        let ca_bundle = Some(crate::upstream::local_server::TestAuthority::new().bundle());
        assert!(pool.take(&Arc::new(Route { ca_bundle, ..(*plain).clone() })).is_none());
    }

    #[tokio::test]
    async fn forgets_the_connections_of_one_route_alone() {
        let pool = Pool::new(PROVIDERS);
        for port in [1, 2, 1] {
            pool.put(&route(port), open().await);
        }
        pool.forget(&route(1));
        assert_eq!((kept(&pool, &route(1)), kept(&pool, &route(2))), (0, 1));
    }

    #[tokio::test]
    async fn keeps_4_connections_of_a_route() {
        let pool = Pool::new(PROVIDERS);
        pool.put(&route(2), open().await);
        for _ in 0..6 {
            pool.put(&route(1), open().await);
        }
        assert_eq!((kept(&pool, &route(1)), kept(&pool, &route(2))), (4, 1));
    }

    #[tokio::test]
    async fn keeps_64_connections_in_all_and_drops_the_longest_idle_one_first() {
        let pool = Pool::new(PROVIDERS);
        for port in 1..=70 {
            pool.put(&route(port), open().await);
        }
        assert_eq!(pool.idle.lock().unwrap().len(), 64);
        assert_eq!((kept(&pool, &route(6)), kept(&pool, &route(7))), (0, 1));
    }

    #[tokio::test]
    async fn drops_a_connection_idle_for_5_minutes() {
        let pool = Pool::new(PROVIDERS);
        pool.put(&route(1), open().await);
        pool.idle.lock().unwrap()[0].since -= Duration::from_secs(299);
        let (connection, idle) = pool.take(&route(1)).expect("younger than 5 minutes");
        assert!(idle >= Duration::from_secs(299));
        pool.put(&route(1), connection);
        pool.idle.lock().unwrap()[0].since -= Duration::from_secs(300);
        assert!(pool.take(&route(1)).is_none());
    }
}
