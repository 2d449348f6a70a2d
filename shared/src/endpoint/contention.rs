//! Many who change the same thing at once: how often each decides anew, and the pauses between.

use std::time::Duration;

use crate::{
    env::{Env, World},
    store::{CommitError, StoreError},
};

/// Those who change the same thing meanwhile, as one decision meets them.
pub(super) struct Contention<'a> {
    world: &'a World,
    decisions: u32,
}

impl<'a> Contention<'a> {
    /// A decision that nobody has been quicker than yet.
    pub(super) fn new(world: &'a World) -> Self {
        Self { world, decisions: 1 }
    }

    /// Somebody was quicker: waits until the decision may be made anew.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] where others were quicker every time.
    pub(super) async fn again(&mut self) -> Result<(), CommitError> {
        if self.decisions == DECISIONS {
            return Err(CommitError::Conflict);
        }
        pause_before(self.decisions, &self.world.env()).await;
        self.decisions += 1;
        Ok(())
    }
}

/// What was written; `None` = others changed meanwhile what it stood on.
pub(super) fn settled<T>(written: Result<T, CommitError>) -> Result<Option<T>, StoreError> {
    match written {
        Ok(value) => Ok(Some(value)),
        Err(CommitError::Conflict) => Ok(None),
        Err(CommitError::Store(error)) => Err(error),
    }
}

/// Waits before a decision, counted from 0, where those before came to nothing because others were quicker.
pub(super) async fn pause_before(decision: u32, env: &Env<'_>) {
    if let Some(pause) = pause(decision, env) {
        tokio::time::sleep(pause).await;
    }
}

/// How long to wait before a decision. Who lost once goes on at once; who loses again waits for a random time, the
/// longer the more often, so that many who change one grant come one after the other.
fn pause(decision: u32, env: &Env<'_>) -> Option<Duration> {
    let longest = FIRST_PAUSE << (2 * decision.checked_sub(2)?.min(LONGER_PAUSES));
    let fraction = u32::from(u16::from_be_bytes(env.random()));
    Some(Duration::from_millis((longest * fraction / u32::from(u16::MAX)).into()))
}

/// How often a decision is made when others change what it stands on: with all pauses at their longest, and those of two
/// guesses before it, within the 24 seconds that the function has.
const DECISIONS: u32 = 16;
/// Milliseconds that the first pause lasts at most, and how often the next may last four times as long.
const FIRST_PAUSE: u32 = 16;
const LONGER_PAUSES: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::World;

    #[test]
    fn nobody_waits_for_the_first_two_decisions_and_nobody_for_more_than_12_seconds_in_all() {
        let world = World::system();
        assert_eq!((pause(0, &world.env()), pause(1, &world.env())), (None, None));
        let longest = |decision: u32| Duration::from_millis((16_u32 << (2 * (decision - 2).min(3))).into());
        assert!((2..DECISIONS).map(longest).sum::<Duration>() < Duration::from_secs(12));
        for (decision, longest) in (2..DECISIONS).map(|decision| (decision, longest(decision))) {
            let pauses = Vec::from_iter((0..100).filter_map(|_| pause(decision, &world.env())));
            assert!(pauses.len() == 100 && pauses.iter().all(|pause| *pause <= longest), "{pauses:?}");
            assert!(pauses.iter().any(|pause| *pause > longest / 2) && pauses.iter().any(|pause| *pause < longest / 2));
        }
    }
}
