//! A decision about a token and what it takes to come through with it: guesses are counted before, changes are made
//! after, and what another request changed meanwhile is read and decided anew.

use super::{Granted, TokenEndpoint};
use crate::{
    client_auth::Caller,
    endpoint::{
        contention::{Contention, settled},
        server::Server,
    },
    grant::{GrantFlow, Issuance, Verdict},
    protocol::{ErrorCode, OAuthError},
};

impl TokenEndpoint {
    /// Issues the token that a flow asks for. `source`: the address that the request came from.
    pub(super) async fn issue_by<G: GrantFlow>(
        &self,
        flow: &G,
        caller: &Caller,
        source: &str,
    ) -> Result<Granted, OAuthError> {
        let counters = flow.guesses(caller, source, self.server.store.reader()).await?;
        self.server.counted(|| counters.clone(), too_many_passwords, self.decide(flow, caller)).await
    }

    async fn decide<G: GrantFlow>(&self, flow: &G, caller: &Caller) -> Result<Granted, OAuthError> {
        let Server { store, world, .. } = &self.server;
        let mut was_next = false;
        let mut contention = Contention::new(world);
        loop {
            let facts = flow.load(caller, store.reader()).await?;
            let result = match flow.decide(caller, &facts, &world.env())? {
                Verdict::Issue(Issuance { changes, answer, issued }) => {
                    was_next = true;
                    settled(store.commit_all(changes).await)?.map(|()| Ok(Granted { answer, issued }))
                }
                Verdict::Revoke { overtaken: Some(error), .. } if was_next => return Err(error),
                Verdict::Revoke { change, error, .. } => settled(store.commit(change).await)?.map(|()| Err(error)),
                Verdict::First(change) => {
                    store.commit(change).await?;
                    None
                }
            };
            if let Some(result) = result {
                return result;
            }
            contention.again().await?;
        }
    }
}

fn too_many_passwords(wait: u64) -> OAuthError {
    let text = "too many wrong passwords from this address, wait before the next one";
    ErrorCode::TooManyGuesses.because(text).retry_after(wait).logged_as("throttled")
}
