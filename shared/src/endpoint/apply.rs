//! Making a configuration so: read what is there, compare, write what differs. A second run writes nothing.

use std::fmt;

use super::plan::{DrawnSecret, Step, plan};
use crate::{
    env::World,
    model::{DataKey, configuration::Configuration},
    store::{CommitError, StoreError, Writer},
};

/// What was done.
#[derive(Debug, Default)]
pub struct Applied {
    /// Items written.
    pub written: usize,
    /// Secrets that were drawn: to be shown once, for no later run knows them.
    pub drawn: Vec<DrawnSecret>,
}

/// Why a configuration was not, or not wholly, applied. Running it again goes on where it stopped.
#[derive(Debug)]
pub enum ApplyError {
    /// What is there could not be read; nothing was written.
    Read(StoreError),
    /// A write failed.
    Write {
        /// What was done before. The last secret may be that of the failed write: it may have been made all the same.
        done: Applied,
        /// What happened.
        error: CommitError,
    },
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "nothing was written: {error}"),
            Self::Write { done, error } => {
                write!(f, "{} items were written, then: {error}; running it again goes on from there", done.written)
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
    let mut done = Applied::default();
    for Step { change, drawn } in plan(wanted, &current, data_key, &world.env()) {
        match store.commit(change).await {
            Ok(()) => {
                done.written += 1;
                done.drawn.extend(drawn.map(|drawn| DrawnSecret { confirmed: true, ..drawn }));
            }
            Err(error) => {
                let perhaps_made = matches!(error, CommitError::Store(_));
                done.drawn.extend(drawn.filter(|_| perhaps_made));
                return Err(ApplyError::Write { done, error });
            }
        }
    }
    Ok(done)
}
