//! The decision lines of a running Tollgate.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use shared::{
    lambda::{Journal, Line},
    protocol::Moment,
};

/// Keeps the last line.
#[derive(Debug, Default)]
pub struct Lines(Mutex<Vec<u8>>);

impl Lines {
    /// The line of the last decision.
    #[track_caller]
    pub fn last(&self) -> Value {
        let line = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        serde_json::from_slice(&line).expect("something was decided")
    }
}

impl Journal for Lines {
    fn decided(&self, function: &str, now: Moment, line: &Line<'_>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = line.json(function, now);
    }
}
