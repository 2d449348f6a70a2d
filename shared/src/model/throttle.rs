//! Counters that slow down guessing (RFC 6749 section 2.3.1: the server MUST protect against brute force).

use serde::{Deserialize, Serialize};

use crate::protocol::{Digest, Timestamp};

/// Failures from one place before the next attempt has to wait.
pub const FAILURES_ALLOWED: u64 = 10;

/// Seconds from the first failure until the count starts anew.
pub const WINDOW_SECONDS: u64 = 300;

/// Whose secret is being guessed from where. Another place has another counter, so nobody can lock a client out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThrottleKey(String);

impl ThrottleKey {
    /// The counter for a client's secret.
    pub fn of_client_secret(client_id: &str, source: &str) -> Self {
        Self(format!("throttle#{}", Digest::of_parts(&["client_secret", client_id, source]).to_key()))
    }

    /// The item's key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Failures counted in the current window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throttle {
    /// How many.
    pub failures: u64,
    /// When the count starts anew.
    pub window_ends: Timestamp,
}

impl Throttle {
    /// Seconds to wait before another attempt; `None` = none.
    pub fn wait(&self, now: Timestamp) -> Option<u64> {
        let seconds = self.window_ends.since(now);
        (self.failures >= FAILURES_ALLOWED && seconds > 0).then_some(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t9_the_eleventh_attempt_waits_until_the_window_ends() {
        let ends = Timestamp::from_secs(300);
        let throttle = |failures| Throttle { failures, window_ends: ends };
        assert_eq!(throttle(9).wait(Timestamp::from_secs(0)), None);
        assert_eq!(throttle(10).wait(Timestamp::from_secs(100)), Some(200));
        assert_eq!(throttle(10).wait(ends), None);
    }

    #[test]
    fn t9_another_source_has_another_counter() {
        assert_ne!(
            ThrottleKey::of_client_secret("shop", "10.0.0.1"),
            ThrottleKey::of_client_secret("shop", "10.0.0.2")
        );
    }
}
