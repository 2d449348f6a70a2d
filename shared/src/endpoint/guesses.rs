//! Guesses at secrets that guessing could find: each is counted before it is tried, so that no number of parallel ones
//! gets past the limit, and given back when it was right.

use futures_util::future::join_all;

use super::server::Server;
use crate::{
    model::ThrottleKey,
    store::{Change, CommitError, StoreError},
};

/// Whether a guess may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Guess {
    /// It is counted and may be.
    Admitted,
    /// There were too many from the same place.
    TooMany {
        /// Seconds until the next one.
        wait: u64,
    },
}

impl Server {
    /// Counts a guess that is to be tried.
    pub(super) async fn count_guess(&self, counter: &ThrottleKey) -> Result<Guess, StoreError> {
        let now = self.world.clock.now();
        match self.store.commit(Change::CountGuess { key: counter.clone(), now }).await {
            Ok(()) => Ok(Guess::Admitted),
            Err(CommitError::Store(error)) => Err(error),
            Err(CommitError::Conflict) => {
                let throttle = self.store.reader().throttle(counter).await?;
                Ok(Guess::TooMany { wait: throttle.map_or(1, |throttle| throttle.wait(now)) })
            }
        }
    }

    /// Counts a guess by several counters. Where one has none left, those before it get theirs back.
    pub(super) async fn count_guesses(&self, counters: &[ThrottleKey]) -> Result<Guess, StoreError> {
        for (counted, counter) in counters.iter().enumerate() {
            let guess = self.count_guess(counter).await?;
            if guess != Guess::Admitted {
                self.forgive_guesses(&counters[..counted]).await;
                return Ok(guess);
            }
        }
        Ok(Guess::Admitted)
    }

    /// Gives a guess back to each of its counters.
    pub(super) async fn forgive_guesses(&self, counters: &[ThrottleKey]) {
        join_all(counters.iter().map(|counter| self.forgive_guess(counter.clone()))).await;
    }

    /// Gives a guess back that was right, or was not tried. A store that does not answer keeps it.
    pub(super) async fn forgive_guess(&self, counter: ThrottleKey) {
        drop(self.store.commit(Change::ForgiveGuess { key: counter }).await);
    }
}
