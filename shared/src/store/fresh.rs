//! What was read a moment ago: definitions, clients and keys may be that old, grants never.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::tally::count;
use crate::protocol::Timestamp;

/// Values by key, each kept for a fixed time.
pub(super) struct Fresh<V> {
    entries: Mutex<HashMap<String, (Timestamp, Arc<V>)>>,
    max_age: u64,
}

impl<V> Fresh<V> {
    /// Entries at most; beyond that all are read anew, so memory is bounded.
    const CAPACITY: usize = 1_000;

    /// Keeps values for `max_age` seconds; 0 = not at all.
    pub(super) fn new(max_age: u64) -> Self {
        Self { entries: Mutex::default(), max_age }
    }

    /// A value that is fresh. Whether there is one is counted.
    pub(super) fn get(&self, key: &str, now: Timestamp) -> Option<Arc<V>> {
        let found = self.find(key, now);
        count(|tally| if found.is_some() { tally.hits += 1 } else { tally.misses += 1 });
        found
    }

    /// A value that is fresh, not counted as hit or miss: for what is read in any case.
    pub(super) fn find(&self, key: &str, now: Timestamp) -> Option<Arc<V>> {
        if self.max_age == 0 {
            return None;
        }
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, value) = entries.get(key)?;
        (now >= *read_at && now.since(*read_at) < self.max_age).then(|| Arc::clone(value))
    }

    /// Remembers a value read at `now`, and gives it back.
    pub(super) fn keep(&self, key: &str, value: V, now: Timestamp) -> Arc<V> {
        let value = Arc::new(value);
        if self.max_age > 0 {
            let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
            if entries.len() >= Self::CAPACITY {
                entries.clear();
            }
            entries.insert(key.to_owned(), (now, Arc::clone(&value)));
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: fn(u64) -> Timestamp = Timestamp::from_secs;

    #[test]
    fn a_value_is_kept_for_its_age_and_no_second_longer() {
        let fresh = Fresh::new(30);
        fresh.keep("a", 1, T(100));
        assert_eq!(fresh.get("a", T(129)).as_deref(), Some(&1));
        assert_eq!(fresh.get("a", T(130)), None);
        assert_eq!(fresh.get("a", T(99)), None, "a clock set back trusts nothing");
    }

    #[test]
    fn age_zero_keeps_nothing() {
        let fresh = Fresh::new(0);
        fresh.keep("a", 1, T(100));
        assert_eq!(fresh.get("a", T(100)), None);
    }

    #[test]
    fn memory_is_bounded() {
        let fresh = Fresh::new(30);
        (0..5_000).for_each(|n| drop(fresh.keep(&n.to_string(), n, T(0))));
        assert!(fresh.entries.lock().unwrap().len() <= Fresh::<i32>::CAPACITY);
    }
}
