//! Why a configuration is not, or not wholly, so.

use std::fmt;

use super::Applied;
use crate::{
    protocol::Subject,
    store::{CommitError, StoreError},
};

/// Why a configuration was not, or not wholly, applied. Running it again goes on where it stopped.
#[derive(Debug)]
pub enum ApplyError {
    /// What is there could not be read, or no data key be had; nothing was written.
    Read(StoreError),
    /// The file cannot be made so beside what is stored, one line each; nothing was written.
    Refused(Vec<String>),
    /// A write failed.
    Write {
        /// What was done before. The last secrets may be those of failed writes: they may have been made all the same.
        done: Applied,
        /// What happened.
        stopped: Stopped,
    },
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "nothing was written: {error}"),
            Self::Refused(lines) => write!(f, "nothing was written: {}", lines.join("\n")),
            Self::Write { stopped, .. } => stopped.fmt(f),
        }
    }
}

impl std::error::Error for ApplyError {}

/// A run that did not come to its end.
#[derive(Debug)]
pub struct Stopped {
    /// Changes that were made before.
    pub written: usize,
    /// Why.
    pub cause: StopCause,
}

/// Why a run did not come to its end.
#[derive(Debug)]
pub enum StopCause {
    /// A write failed.
    Failed(CommitError),
    /// A user is written, and what they let clients do is not known to be taken back.
    Unrevoked {
        /// Who.
        owner: Subject,
        /// What happened.
        error: CommitError,
    },
    /// It was told to stop.
    Asked,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} changes were made, then: ", self.written)?;
        match &self.cause {
            StopCause::Failed(error) => error.fmt(f)?,
            StopCause::Unrevoked { owner, error } => {
                write!(f, "the user {owner} is written, but taking back what they granted came to no end: {error}")?;
            }
            StopCause::Asked => f.write_str("it was stopped")?,
        }
        f.write_str("; running it again goes on from there")
    }
}

impl std::error::Error for Stopped {}
