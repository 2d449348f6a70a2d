//! A decision about a token and what it takes to come through with it: guesses are counted before, changes are made
//! after, and what another request changed meanwhile is read and decided anew.

use std::time::Duration;

use super::{
    guesses::Guess,
    server::Server,
    token::{Granted, TokenEndpoint},
};
use crate::{
    client_auth::Caller,
    env::Env,
    grant::{GrantFlow, Issuance, Verdict},
    protocol::{ErrorCode, OAuthError},
    store::CommitError,
};

impl TokenEndpoint {
    /// Gives the token that a flow asks for. `source`: the address that the request came from.
    pub(super) async fn give<G: GrantFlow>(
        &self,
        flow: &G,
        caller: &Caller,
        source: &str,
    ) -> Result<Granted, OAuthError> {
        let counters = flow.guesses(source);
        if let Guess::TooMany { wait } = self.server.count_guesses(&counters).await? {
            let text = "too many wrong passwords from this address, wait before the next one";
            return Err(ErrorCode::TooManyGuesses.because(text).retry_after(wait).logged_as("throttled"));
        }
        let result = self.decide(flow, caller).await;
        if !result.as_ref().is_err_and(|error| error.code == ErrorCode::InvalidGrant) {
            self.server.forgive_guesses(&counters).await;
        }
        result
    }

    async fn decide<G: GrantFlow>(&self, flow: &G, caller: &Caller) -> Result<Granted, OAuthError> {
        let Server { store, world, .. } = &self.server;
        let mut is_prepared = false;
        for decision in 0..DECISIONS {
            if let Some(pause) = pause(decision, &world.env()) {
                tokio::time::sleep(pause).await;
            }
            let facts = flow.load(caller, store.reader()).await?;
            let made = match flow.decide(caller, &facts, &world.env())? {
                Verdict::Issue(Issuance { changes, answer, issued }) => {
                    store.commit_all(changes).await.map(|()| Ok(Granted { answer, issued }))
                }
                Verdict::Revoke(change, error) => store.commit(change).await.map(|()| Err(error)),
                Verdict::First(change) if !is_prepared => {
                    store.commit(change).await?;
                    is_prepared = true;
                    continue;
                }
                // Only a rehearsal makes a change that the next read does not see.
                Verdict::First(_) => return Err(CommitError::Conflict.into()),
            };
            match made {
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
                Ok(result) => return result,
            }
        }
        Err(CommitError::Conflict.into())
    }
}

/// How long to wait before a decision. Who lost once goes on at once; who loses again waits for a random time, the
/// longer the more often, so that many who change one grant come one after the other.
fn pause(decision: u32, env: &Env<'_>) -> Option<Duration> {
    let longest = FIRST_PAUSE << (2 * decision.checked_sub(2)?.min(LONGER_PAUSES));
    let fraction = u32::from(u16::from_be_bytes(env.random()));
    Some(Duration::from_millis((longest * fraction / u32::from(u16::MAX)).into()))
}

/// How often a decision is made when others change what it stands on: with all pauses at their longest, within the 15
/// seconds that the function has.
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
