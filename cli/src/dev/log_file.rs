//! The decision lines in a file, as CloudWatch Logs keeps those of functions.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Arc,
};

use shared::{
    lambda::{Journal, Line},
    protocol::Moment,
};

/// A journal that appends to a file, and tells another.
pub(super) struct LogFile {
    file: File,
    next: Arc<dyn Journal>,
}

impl LogFile {
    /// Opens the file, or makes one that its owner alone reads.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn open(path: &Path, next: Arc<dyn Journal>) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        Ok(Self { file, next })
    }
}

impl Journal for LogFile {
    fn decided(&self, function: &str, now: Moment, line: &Line<'_>) {
        // A log that cannot be written is no reason to refuse a call.
        drop((&self.file).write_all(&line.json(function, now)));
        self.next.decided(function, now, line);
    }
}
