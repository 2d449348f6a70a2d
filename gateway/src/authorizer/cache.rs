//! The results of one authorizer, kept for its TTL under the values of its identity sources.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// A bounded map with one life for all entries, so the oldest entry is always the next to expire.
#[derive(Debug)]
pub(crate) struct Cache<V> {
    ttl: Duration,
    kept: Mutex<Kept<V>>,
}

#[derive(Debug)]
struct Kept<V> {
    entries: HashMap<Vec<String>, Entry<V>>,
    by_age: VecDeque<(Instant, Vec<String>)>,
}

#[derive(Debug)]
struct Entry<V> {
    expires_at: Instant,
    value: Arc<V>,
}

impl<V> Cache<V> {
    /// A cache that keeps each result for `ttl`; none when it is zero.
    pub(crate) fn keeping_for(ttl: Duration) -> Option<Self> {
        let kept = Kept { entries: HashMap::new(), by_age: VecDeque::new() };
        (!ttl.is_zero()).then(|| Self { ttl, kept: Mutex::new(kept) })
    }

    pub(crate) fn get(&self, key: &[String]) -> Option<Arc<V>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.expire(Instant::now());
        kept.entries.get(key).map(|entry| Arc::clone(&entry.value))
    }

    pub(crate) fn put(&self, key: Vec<String>, value: Arc<V>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.expire(Instant::now());
        while kept.by_age.len() >= MAX_ENTRIES {
            kept.drop_oldest();
        }
        let expires_at = Instant::now() + self.ttl;
        kept.by_age.push_back((expires_at, key.clone()));
        kept.entries.insert(key, Entry { expires_at, value });
    }
}

impl<V> Kept<V> {
    fn expire(&mut self, now: Instant) {
        while self.by_age.front().is_some_and(|(expires_at, _)| *expires_at <= now) {
            self.drop_oldest();
        }
    }

    /// The entry itself stays when two calls at once have put it, and the younger one is still to expire.
    fn drop_oldest(&mut self) {
        let Some((expires_at, key)) = self.by_age.pop_front() else { return };
        if self.entries.get(&key).is_some_and(|entry| entry.expires_at == expires_at) {
            self.entries.remove(&key);
        }
    }
}

/// Results kept per authorizer; the oldest makes room.
const MAX_ENTRIES: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Vec<String> {
        vec![text.to_owned()]
    }

    #[tokio::test(start_paused = true)]
    async fn keeps_a_result_for_its_life_and_then_forgets_it() {
        let cache = Cache::keeping_for(Duration::from_secs(300)).unwrap();
        cache.put(key("a"), Arc::new(1));
        tokio::time::advance(Duration::from_secs(299)).await;
        assert_eq!(cache.get(&key("a")).as_deref(), Some(&1));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(cache.get(&key("a")), None);
        assert!(cache.kept.lock().unwrap().entries.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_younger_result_outlives_the_older_one_of_its_key() {
        let cache = Cache::keeping_for(Duration::from_secs(10)).unwrap();
        cache.put(key("a"), Arc::new(1));
        tokio::time::advance(Duration::from_secs(5)).await;
        cache.put(key("a"), Arc::new(2));
        tokio::time::advance(Duration::from_secs(6)).await;
        assert_eq!(cache.get(&key("a")).as_deref(), Some(&2));
    }

    #[tokio::test(start_paused = true)]
    async fn never_grows_beyond_its_bound() {
        let cache = Cache::keeping_for(Duration::from_secs(10)).unwrap();
        (0..=MAX_ENTRIES).for_each(|number| cache.put(key(&number.to_string()), Arc::new(number)));
        assert_eq!(cache.get(&key("0")), None);
        assert!(cache.get(&key(&MAX_ENTRIES.to_string())).is_some());
        assert_eq!(cache.kept.lock().unwrap().by_age.len(), MAX_ENTRIES);
    }

    #[test]
    fn zero_keeps_nothing() {
        assert!(Cache::<()>::keeping_for(Duration::ZERO).is_none());
    }
}
