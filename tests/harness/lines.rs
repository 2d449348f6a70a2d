//! The decision lines of a running Tollgate.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use shared::{
    lambda::{Journal, Line},
    protocol::Moment,
};

/// Keeps the last line, and counts through all of them.
#[derive(Debug, Default)]
pub struct Lines(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    last: Value,
    resent: u64,
}

impl Lines {
    /// The line of the last decision.
    #[track_caller]
    pub fn last(&self) -> Value {
        let last = self.kept().last.clone();
        assert!(last.is_object(), "nothing was decided");
        last
    }

    /// How many requests to DynamoDB were sent again so far, because an answer did not come in time.
    pub fn resent(&self) -> u64 {
        self.kept().resent
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for Lines {
    fn decided(&self, function: &str, now: Moment, line: &Line<'_>) {
        let line: Value = serde_json::from_slice(&line.json(function, now)).expect("a line is JSON");
        let mut kept = self.kept();
        kept.resent += line["store_retries"].as_u64().unwrap_or_default();
        kept.last = line;
    }
}
