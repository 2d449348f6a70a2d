//! Counters that slow down guessing (RFC 6749 section 2.3.1: the server MUST protect against brute force).

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use serde::Deserialize;

use crate::protocol::{Digest, Timestamp};

/// Failures at one secret from one place before the next attempt has to wait.
pub const FAILURES_ALLOWED: usize = 10;

/// Wrong passwords of all names from one place before the next attempt has to wait. Many people may sit behind one
/// address; but every name costs an Argon2id, so trying them all must have an end too.
pub const FAILURES_ALLOWED_OF_ALL_NAMES: usize = 100;

/// Seconds from the first failure until the count starts anew.
pub const WINDOW_SECONDS: u64 = 300;

/// Whose secret is being guessed from where. Another place has another counter, so nobody can lock a client out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThrottleKey {
    key: String,
    limit: usize,
}

impl ThrottleKey {
    /// The counter for a client's secret.
    pub fn of_client_secret(client_id: &str, source: &str) -> Self {
        Self::of(("client_secret", client_id), source, FAILURES_ALLOWED)
    }

    /// The counter for the password of a name that a confidential client hands over, whether or not there is such a user.
    /// All whom the client serves come from its own address, so that the counter of all names would let any of them
    /// shut out the others: how many names somebody may try there is for the client to say.
    pub fn of_password_by_client(username: &str, source: &str) -> Self {
        Self::of(("password", username), source, FAILURES_ALLOWED)
    }

    /// The counters for the password of a name, whether or not there is such a user: that of all names from the place,
    /// which is asked first so that who tries them all costs least, and that of the name.
    pub fn of_password(username: &str, source: &str) -> [Self; 2] {
        [
            Self::of(("passwords", ""), source, FAILURES_ALLOWED_OF_ALL_NAMES),
            Self::of_password_by_client(username, source),
        ]
    }

    fn of((kind, subject): (&str, &str), source: &str, limit: usize) -> Self {
        let key = format!("throttle#{}", Digest::of_parts(&[kind, subject, &place(source)]).to_key());
        Self { key, limit }
    }

    /// The item's key.
    pub fn as_str(&self) -> &str {
        &self.key
    }

    /// Guesses that a window has.
    pub fn limit(&self) -> usize {
        self.limit
    }
}

/// The place that an address stands for. Whoever has one IPv6 address has the 2^64 of its network, and mostly the 256
/// networks of a /56 (RFC 6177). A /48 is 256 places.
fn place(source: &str) -> String {
    match address(source).map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => {
            let network = u128::from(address) >> IPV6_HOST_BITS << IPV6_HOST_BITS;
            Ipv6Addr::from(network).to_string()
        }
        Some(address) => address.to_string(),
        None => "elsewhere".to_owned(),
    }
}

/// Proxies write an address alone, in brackets, or with a port. What is none shares one counter.
fn address(source: &str) -> Option<IpAddr> {
    let bare = source.trim().trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| Some(source.trim().parse::<SocketAddr>().ok()?.ip()))
}

/// Bits of an IPv6 address behind those of a /56.
const IPV6_HOST_BITS: u32 = 128 - 56;

/// Guesses counted in the current window, each by its name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Throttle {
    /// Those that are being tried or were wrong. One whose end was never told counts until the window ends.
    #[serde(default)]
    pub tries: BTreeSet<String>,
    /// Those that were wrong.
    #[serde(default)]
    pub wrong: BTreeSet<String>,
    /// When the count starts anew.
    pub window_ends: Timestamp,
}

impl Throttle {
    /// Whether the current window has no guess left, be it that others are being tried.
    pub fn is_full(&self, key: &ThrottleKey, now: Timestamp) -> bool {
        self.tries.len() >= key.limit && now < self.window_ends
    }

    /// Whether as many were wrong as may be.
    pub fn has_failed(&self, key: &ThrottleKey) -> bool {
        self.wrong.len() >= key.limit
    }

    /// Seconds until the count starts anew; at least one.
    pub fn wait(&self, now: Timestamp) -> u64 {
        self.window_ends.since(now).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t9_the_wait_lasts_until_the_window_ends() {
        let throttle =
            Throttle { tries: BTreeSet::new(), wrong: BTreeSet::new(), window_ends: Timestamp::from_secs(300) };
        assert_eq!(throttle.wait(Timestamp::from_secs(100)), 200);
        assert_eq!(throttle.wait(Timestamp::from_secs(300)), 1);
    }

    #[test]
    fn t9_the_addresses_of_one_ipv6_network_share_a_counter() {
        let key = |source| ThrottleKey::of_client_secret("shop", source);
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:ff::1"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:102::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    }

    #[test]
    fn t9_a_port_makes_no_other_place() {
        let key = |source| ThrottleKey::of_client_secret("shop", source);
        assert_eq!(key("192.0.2.1:51234"), key("192.0.2.1"));
        assert_eq!(key("[2001:db8::1]:443"), key("2001:db8::2"));
        assert_eq!(key("[2001:db8::1]"), key("2001:db8::1"));
        assert_eq!(key("nonsense"), key("other nonsense"));
    }

    #[test]
    fn t9_another_source_has_another_counter() {
        assert_ne!(
            ThrottleKey::of_client_secret("shop", "10.0.0.1"),
            ThrottleKey::of_client_secret("shop", "10.0.0.2")
        );
    }
}
