//! The log of a function: one line for each decision, told to whoever keeps them.

use std::{
    io::{self, Write},
    sync::Arc,
};

use tokio::time::Instant;

use super::{
    event::EventError,
    libraries::Libraries,
    line::{Effort, Line},
};
use crate::{
    authorizer::{Call, Outcome},
    endpoint::Served,
    env::World,
    protocol::{Moment, Request},
    store::Tally,
};

/// Is told of every decision.
pub trait Journal: Send + Sync {
    /// A function of this name has decided at a moment.
    fn decided(&self, function: &str, now: Moment, line: &Line<'_>);
}

/// Keeps nothing.
impl Journal for () {
    fn decided(&self, _: &str, _: Moment, _: &Line<'_>) {}
}

/// The log of one function.
#[derive(Clone)]
pub struct Log {
    function: String,
    world: World,
    journal: Arc<dyn Journal>,
}

impl Log {
    /// A log that tells `journal` what the function of a name decides.
    pub fn new(function: impl Into<String>, world: World, journal: Arc<dyn Journal>) -> Self {
        Self { function: function.into(), world, journal }
    }

    /// The log of a function on Lambda: its lines and those of libraries go to standard output, which CloudWatch Logs
    /// reads.
    pub(super) fn of_process(function: String, world: World) -> Self {
        Libraries::listen(function.clone(), world.clone());
        Self::new(function, world, Arc::new(StandardOutput))
    }

    pub(super) fn called(&self, call: &Call, outcome: &Outcome, since: Instant, store: Tally) {
        self.decided(&Line::of_call(call, outcome, Effort { took: since.elapsed(), store }));
    }

    pub(super) fn unreadable(&self, error: &EventError, xray: Option<&str>, since: Instant) {
        self.decided(&Line::of_unreadable(error, xray, Effort { took: since.elapsed(), store: Tally::default() }));
    }

    pub(super) fn served(&self, request: &Request, served: &Served, xray: Option<&str>, effort: Effort) {
        self.decided(&Line::of_request(request, served, xray, effort));
    }

    fn decided(&self, line: &Line<'_>) {
        self.journal.decided(&self.function, self.world.clock.moment(), line);
    }
}

/// Writes each line at once and whole.
struct StandardOutput;

impl Journal for StandardOutput {
    fn decided(&self, function: &str, now: Moment, line: &Line<'_>) {
        write(&line.json(function, now));
    }
}

/// Writes a line that ends in a line feed, which is one write to the system. A log that cannot be written is no reason
/// to refuse a call.
pub(super) fn write(line: &[u8]) {
    drop(io::stdout().lock().write_all(line));
}
