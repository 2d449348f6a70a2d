//! Guesses at secrets that guessing could find: each is counted before it is tried, so that no number of parallel ones
//! gets past the limit, and its end is told: a right one does not count.

use futures_util::future::join_all;

use super::{contention::pause_before, server::Server};
use crate::{
    model::ThrottleKey,
    protocol::{ErrorCode, OAuthError},
    store::{Change, CommitError, StoreError},
};

/// A guess that one counter counted.
#[derive(Debug)]
#[must_use]
pub(super) struct Counted {
    /// The counter.
    pub(super) by: ThrottleKey,
    guess: String,
}

/// Why a guess may not be tried.
enum Refusal {
    /// There were too many wrong ones from the same place.
    TooMany {
        /// Seconds until the next one.
        wait: u64,
    },
    /// Those that are being tried could be as many.
    InFlight,
}

impl Server {
    /// Tries what guessing could find, once the counters admit it; only a wrong guess counts in the end.
    ///
    /// # Errors
    /// As [`Server::admit`], and those of the try.
    pub(super) async fn counted<T>(
        &self,
        counters: impl Fn() -> Vec<ThrottleKey>,
        too_many: fn(u64) -> OAuthError,
        tried: impl Future<Output = Result<T, OAuthError>>,
    ) -> Result<T, OAuthError> {
        let counted = self.admit(counters, too_many).await?;
        let result = tried.await;
        self.end_guesses(counted, !result.as_ref().is_err_and(is_wrong)).await;
        result
    }

    /// Counts a guess that is to be tried by each of its counters. Where only other guesses are in the way, whose ends are
    /// not known yet, it waits for these a while; so `counters` are asked for anew before each try.
    ///
    /// # Errors
    /// `too_many` of the seconds to wait; [`ErrorCode::Contended`] where the others came to no end.
    pub(super) async fn admit(
        &self,
        counters: impl Fn() -> Vec<ThrottleKey>,
        too_many: fn(u64) -> OAuthError,
    ) -> Result<Vec<Counted>, OAuthError> {
        for round in 0..ROUNDS {
            // The first two decisions of those who contend have no pause; a guess in flight takes longer than that.
            pause_before(if round == 0 { 0 } else { round + 1 }, &self.world.env()).await;
            match self.count_all(counters()).await? {
                Ok(counted) => return Ok(counted),
                Err(Refusal::TooMany { wait }) => return Err(too_many(wait)),
                Err(Refusal::InFlight) => {}
            }
        }
        let text = "too many attempts from this address at once, try again";
        Err(ErrorCode::Contended.because(text).retry_after(1).logged_as("as many attempts as may fail are in flight"))
    }

    /// Where one counter has none left, those before it get theirs back.
    async fn count_all(&self, counters: Vec<ThrottleKey>) -> Result<Result<Vec<Counted>, Refusal>, StoreError> {
        let mut counted = Vec::new();
        for counter in counters {
            match self.count(counter).await? {
                Ok(one) => counted.push(one),
                Err(refusal) => {
                    self.end_guesses(counted, true).await;
                    return Ok(Err(refusal));
                }
            }
        }
        Ok(Ok(counted))
    }

    async fn count(&self, by: ThrottleKey) -> Result<Result<Counted, Refusal>, StoreError> {
        let now = self.world.clock.now();
        let guess: String = self.world.env().attempt().chars().take(GUESS_LENGTH).collect();
        match self.store.commit(Change::CountGuess { key: by.clone(), now, guess: guess.clone() }).await {
            Ok(()) => Ok(Ok(Counted { by, guess })),
            Err(CommitError::Store(error)) => Err(error),
            Err(CommitError::Conflict) => {
                let throttle = self.store.reader().throttle(&by).await?;
                let failed = throttle.filter(|throttle| throttle.has_failed(&by));
                Ok(Err(failed.map_or(Refusal::InFlight, |throttle| Refusal::TooMany { wait: throttle.wait(now) })))
            }
        }
    }

    /// Tells the end of guesses: those that were right, or were not tried, do not count. A store that does not answer
    /// keeps them until the window ends.
    pub(super) async fn end_guesses(&self, counted: Vec<Counted>, are_right: bool) {
        let end = |Counted { by, guess }| self.store.commit(Change::EndGuess { key: by, guess, is_right: are_right });
        drop(join_all(counted.into_iter().map(end)).await);
    }
}

/// Whether a user's password, or what stands in its place, was found to be wrong.
fn is_wrong(error: &OAuthError) -> bool {
    matches!(error.code, ErrorCode::InvalidGrant | ErrorCode::WrongPassword)
}

/// How often a guess asks to be tried: with pauses of 5.5 seconds in all at the longest, and of half that mostly.
const ROUNDS: u32 = 9;
/// Characters of a guess's name, of 64 kinds: at most a hundred have to differ, and each is stored twice.
const GUESS_LENGTH: usize = 8;
