//! Making a configuration so: read what is there, compare, write what differs. A second run writes nothing.

use std::fmt;

use super::plan::{DrawnSecret, Plan, plan};
use crate::{
    env::World,
    model::{DataKey, configuration::Configuration},
    store::{CommitError, StoreError, Writer},
};

/// What was done.
#[derive(Debug)]
pub struct Applied {
    /// Items written.
    pub written: usize,
    /// Secrets that were drawn: to be shown once.
    pub drawn: Vec<DrawnSecret>,
}

/// Why a configuration was not, or not wholly, applied. Running it again goes on where it stopped.
#[derive(Debug)]
pub enum ApplyError {
    /// What is there could not be read; nothing was written.
    Read(StoreError),
    /// A write failed, after this many.
    Write {
        /// Items written before.
        written: usize,
        /// What happened.
        error: CommitError,
    },
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "nothing was written: {error}"),
            Self::Write { written, error } => {
                write!(f, "{written} items were written, then: {error}; running it again goes on from there")
            }
        }
    }
}

impl std::error::Error for ApplyError {}

/// Applies a configuration.
///
/// # Errors
/// [`ApplyError`].
pub async fn apply(
    wanted: &Configuration,
    store: &Writer,
    data_key: &DataKey,
    world: &World,
) -> Result<Applied, ApplyError> {
    let current = store.reader().snapshot().await.map_err(ApplyError::Read)?;
    let Plan { changes, drawn } = plan(wanted, &current, data_key, &world.env());
    let mut written = 0;
    for change in changes {
        store.commit(change).await.map_err(|error| ApplyError::Write { written, error })?;
        written += 1;
    }
    Ok(Applied { written, drawn })
}
