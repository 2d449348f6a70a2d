//! What the store did for one decision. Counts belong to the task that decides, so that decisions made at the same
//! time do not mix; what happens outside of one is not counted.

use std::{cell::Cell, future::Future};

use aws_sdk_dynamodb::{
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::{BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef},
    },
    error::BoxError,
};

/// What the store did for one decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Definitions, clients and keys that were fresh in memory.
    pub hits: u32,
    /// Those that had to be read.
    pub misses: u32,
    /// What DynamoDB was asked.
    pub requests: u32,
    /// How often that was sent, repetitions included.
    pub sends: u32,
}

impl Tally {
    /// How often something was sent once more.
    pub fn retries(&self) -> u32 {
        self.sends.saturating_sub(self.requests)
    }
}

/// Makes a decision and tells what the store did for it.
pub async fn tallied<T>(decision: impl Future<Output = T>) -> (T, Tally) {
    let decide = async {
        let decided = decision.await;
        (decided, TALLY.with(Cell::get))
    };
    TALLY.scope(Cell::default(), decide).await
}

/// Counts something for the decision at hand, if there is one.
pub(super) fn count(change: impl FnOnce(&mut Tally)) {
    // Outside of a decision, as in the init phase, there is nobody to count for.
    let _ = TALLY.try_with(|cell| {
        let mut tally = cell.get();
        change(&mut tally);
        cell.set(tally);
    });
}

tokio::task_local! {
    static TALLY: Cell<Tally>;
}

/// Counts what the SDK is asked and what it sends.
#[derive(Debug)]
pub(super) struct CountedSends;

impl Intercept for CountedSends {
    fn name(&self) -> &'static str {
        "CountedSends"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        count(|tally| tally.requests += 1);
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        count(|tally| tally.sends += 1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn decisions_at_the_same_time_count_for_themselves() {
        let decision = |hits| {
            tallied(async move {
                for _ in 0..hits {
                    count(|tally| tally.hits += 1);
                    tokio::task::yield_now().await;
                }
            })
        };
        let (((), one), ((), three)) = tokio::join!(decision(1), decision(3));
        assert_eq!((one.hits, three.hits), (1, 3));
        count(|_| panic!("nothing is counted outside of a decision"));
    }

    #[test]
    fn what_is_sent_more_often_than_asked_was_repeated() {
        assert_eq!(Tally { requests: 2, sends: 5, ..Tally::default() }.retries(), 3);
    }
}
