//! A decision about a token and what it takes to come through with it: guesses are counted before, changes are made
//! after, and what another request changed meanwhile is read and decided anew.

use super::{Granted, TokenEndpoint};
use crate::{
    client_auth::Caller,
    endpoint::{
        contention::{DECISIONS, pause_before},
        server::Server,
    },
    grant::{GrantFlow, Issuance, Verdict},
    protocol::{ErrorCode, OAuthError},
    store::CommitError,
};

impl TokenEndpoint {
    /// Issues the token that a flow asks for. `source`: the address that the request came from.
    pub(super) async fn issue_by<G: GrantFlow>(
        &self,
        flow: &G,
        caller: &Caller,
        source: &str,
    ) -> Result<Granted, OAuthError> {
        let counted = self.server.admit(|| flow.guesses(caller, source), too_many_passwords).await?;
        let result = self.decide(flow, caller).await;
        let is_wrong = result.as_ref().is_err_and(|error| error.code == ErrorCode::InvalidGrant);
        self.server.end_guesses(counted, !is_wrong).await;
        result
    }

    async fn decide<G: GrantFlow>(&self, flow: &G, caller: &Caller) -> Result<Granted, OAuthError> {
        let Server { store, world, .. } = &self.server;
        let mut was_next = false;
        for decision in 0..DECISIONS {
            pause_before(decision, &world.env()).await;
            let facts = flow.load(caller, store.reader()).await?;
            let made = match flow.decide(caller, &facts, &world.env())? {
                Verdict::Issue(Issuance { changes, answer, issued }) => {
                    was_next = true;
                    store.commit_all(changes).await.map(|()| Ok(Granted { answer, issued }))
                }
                Verdict::Revoke { overtaken: Some(error), .. } if was_next => return Err(error),
                Verdict::Revoke { change, error, .. } => store.commit(change).await.map(|()| Err(error)),
                Verdict::First(change) => {
                    store.commit(change).await?;
                    continue;
                }
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

fn too_many_passwords(wait: u64) -> OAuthError {
    let text = "too many wrong passwords from this address, wait before the next one";
    ErrorCode::TooManyGuesses.because(text).retry_after(wait).logged_as("throttled")
}
