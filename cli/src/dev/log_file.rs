//! The decision lines in a file, as CloudWatch Logs keeps those of functions, and the answers of status 400 and above, as
//! access logs have them: some have no decision.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Arc,
};

use gateway::{Exchange, Observer};
use serde_json::json;
use shared::{
    env::World,
    lambda::{Journal, Line},
    protocol::Moment,
};

/// A journal and observer that appends to a file, and tells the next.
pub(super) struct LogFile {
    file: File,
    world: World,
    journal: Arc<dyn Journal>,
    observer: Arc<dyn Observer>,
}

impl LogFile {
    /// Opens the file, or makes one that its owner alone reads.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn open(path: &Path, journal: Arc<dyn Journal>, observer: Arc<dyn Observer>) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        Ok(Self { file, world: World::system(), journal, observer })
    }
}

impl Journal for LogFile {
    fn decided(&self, function: &str, now: Moment, line: &Line<'_>) {
        // A log that cannot be written is no reason to refuse a call.
        drop((&self.file).write_all(&line.json(function, now)));
        self.journal.decided(function, now, line);
    }
}

impl Observer for LogFile {
    fn answered(&self, exchange: &Exchange) {
        let Exchange { request_id, method, path, status, gateway_response, .. } = exchange;
        if *status >= 400 {
            let timestamp = self.world.clock.moment().rfc3339();
            let error = gateway_response.unwrap_or("-");
            let line = json!({
                "timestamp": timestamp, "request_id": request_id, "method": method, "path": path, "status": status,
                "error": error,
            });
            drop((&self.file).write_all(format!("{line}\n").as_bytes()));
        }
        self.observer.answered(exchange);
    }
}
