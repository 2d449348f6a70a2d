//! Guesses at secrets that guessing could find: each is counted before it is tried, so that no number of parallel ones
//! gets past the limit, and given back when it was right.

use futures_util::future::join_all;

use super::server::Server;
use crate::{
    model::ThrottleKey,
    protocol::Timestamp,
    store::{Change, CommitError, StoreError},
};

/// Whether a guess may be tried.
#[derive(Debug)]
#[must_use]
pub(super) enum Guess<C> {
    /// It is counted and may be.
    Admitted(C),
    /// There were too many from the same place.
    TooMany {
        /// Seconds until the next one.
        wait: u64,
    },
}

/// A guess that one counter counted.
#[derive(Debug)]
pub(super) struct Counted {
    /// The counter.
    pub(super) by: ThrottleKey,
    at: Timestamp,
}

impl Server {
    /// Counts a guess that is to be tried.
    pub(super) async fn count_guess(&self, counter: ThrottleKey) -> Result<Guess<Counted>, StoreError> {
        let at = self.world.clock.now();
        match self.store.commit(Change::CountGuess { key: counter.clone(), now: at }).await {
            Ok(()) => Ok(Guess::Admitted(Counted { by: counter, at })),
            Err(CommitError::Store(error)) => Err(error),
            Err(CommitError::Conflict) => {
                let throttle = self.store.reader().throttle(&counter).await?;
                Ok(Guess::TooMany { wait: throttle.map_or(1, |throttle| throttle.wait(at)) })
            }
        }
    }

    /// Counts a guess by several counters. Where one has none left, those before it get theirs back.
    pub(super) async fn count_guesses(
        &self,
        counters: impl IntoIterator<Item = ThrottleKey>,
    ) -> Result<Guess<Vec<Counted>>, StoreError> {
        let mut counted = Vec::new();
        for counter in counters {
            match self.count_guess(counter).await? {
                Guess::Admitted(one) => counted.push(one),
                Guess::TooMany { wait } => {
                    self.forgive_guesses(counted).await;
                    return Ok(Guess::TooMany { wait });
                }
            }
        }
        Ok(Guess::Admitted(counted))
    }

    /// Gives guesses back that were right, or were not tried. A store that does not answer keeps them.
    pub(super) async fn forgive_guesses(&self, counted: impl IntoIterator<Item = Counted>) {
        let forgive = |Counted { by, at }| {
            let attempt = self.world.env().attempt();
            self.store.commit(Change::ForgiveGuess { key: by, counted_at: at, attempt })
        };
        drop(join_all(counted.into_iter().map(forgive)).await);
    }
}
