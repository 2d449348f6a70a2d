//! Finding out who asks: facts, the counter of guesses, the decision, and what is remembered of it.

use futures_util::future::join;

use super::{guesses::Counted, served::Asker, server::Server};
use crate::{
    client_auth::{self, Caller, Dialect, Facts, Freshness, Identified, Presented},
    model::{ThrottleKey, UsedAssertion},
    protocol::{ErrorCode, Form, OAuthError, Request, Timestamp},
    store::{Change, CommitError},
};

impl Server {
    /// Finds out who asks, by a client of this freshness. `asker` becomes the client that was named, when there is such a
    /// one.
    pub(super) async fn authenticate(
        &self,
        request: &Request,
        form: &mut Form,
        (dialect, freshness): (Dialect, Freshness),
        asker: &mut Asker,
    ) -> Result<Caller, OAuthError> {
        let (reader, proven) = (self.store.reader(), &self.proven);
        let mut readings = Vec::new();
        for presented in Presented::parse(request, form, dialect)? {
            let now = self.world.clock.now();
            let facts = match freshness {
                Freshness::Kept => client_auth::load(&presented, reader, proven, now).await?,
                Freshness::Anew => client_auth::load_anew(&presented, reader, proven, now).await?,
            };
            readings.push((presented, facts));
        }
        self.identify(readings, &request.source, asker).await
    }

    /// Finds the client by credentials that are parsed and facts that are read already. A legacy header that can be read in
    /// two ways is tried in both, one that was proven first.
    pub(super) async fn identify(
        &self,
        mut readings: Vec<(Presented, Facts)>,
        source: &str,
        asker: &mut Asker,
    ) -> Result<Caller, OAuthError> {
        asker.id = readings.iter().find_map(|(_, facts)| facts.known_client().cloned());
        readings.sort_by_key(|(_, facts)| !facts.are_proven());
        let (mut refusals, mut counted) = (Vec::new(), Vec::new());
        for (presented, facts) in &readings {
            match self.judge(presented, facts, source, &mut counted).await {
                Ok(caller) => {
                    let id = Some(caller.client().client_id.clone());
                    *asker = Asker { id, secret_ends: caller.secret_ends() };
                    self.end_all(counted, Some(&caller), source).await;
                    return Ok(caller);
                }
                Err(error) => refusals.push(error),
            }
        }
        // What was counted was compared. Where the store did not answer after that, it counts as wrong: so does a secret that
        // was right by what could not be read.
        self.end_all(counted, None, source).await;
        Err(refusals.into_iter().min_by_key(urgency).expect("a request presents at least one reading"))
    }

    /// A refusal by what was read a while ago is looked at once more: a secret just added counts at once, and an
    /// unknown client costs as many reads as a known one.
    async fn judge(
        &self,
        presented: &Presented,
        facts: &Facts,
        source: &str,
        counted: &mut Vec<Counted>,
    ) -> Result<Caller, OAuthError> {
        match self.judge_by(presented, facts, source, counted).await {
            Err(error) if is_unproven(&error) && facts.are_kept() => {
                let now = self.world.clock.now();
                let anew = client_auth::load_anew(presented, self.store.reader(), &self.proven, now).await?;
                if anew.agree_with(facts) { Err(error) } else { self.judge_by(presented, &anew, source, counted).await }
            }
            verdict => verdict,
        }
    }

    async fn judge_by(
        &self,
        presented: &Presented,
        facts: &Facts,
        source: &str,
        counted: &mut Vec<Counted>,
    ) -> Result<Caller, OAuthError> {
        let now = self.world.clock.now();
        // What others prove of the same secret while this one waits helps it, too.
        let recalled = || facts.recalled_anew(presented, &self.proven, now);
        let counters = || {
            let counter = client_auth::guess(presented, &recalled(), source, now);
            counter.into_iter().filter(|counter| counted.iter().all(|other| other.by != *counter)).collect()
        };
        let admitted = self.admit(counters, client_auth::too_many_failures).await?;
        counted.extend(admitted);
        let facts = &recalled();
        let Identified { caller, used } = client_auth::decide(presented, facts, &self.issuer, now)?;
        if let Some(assertion) = used {
            self.spend(assertion, now).await?;
        }
        if let (Caller::Authenticated(client), Some(secret)) = (&caller, presented.secret()) {
            self.proven.remember(client, secret, &self.world.env());
        }
        Ok(caller)
    }

    /// Marks the assertion as used, before anything is given for it.
    async fn spend(&self, assertion: UsedAssertion, now: Timestamp) -> Result<(), OAuthError> {
        let attempt = self.world.env().attempt();
        match self.store.commit(Change::Spend { assertion, now, attempt }).await {
            Err(CommitError::Conflict) => Err(client_auth::used_before()),
            spent => Ok(spent?),
        }
    }

    /// Gives back what was counted for the client that proved who it is, and for no other.
    async fn end_all(&self, counted: Vec<Counted>, proven: Option<&Caller>, source: &str) {
        let own = proven.map(|caller| ThrottleKey::of_client_secret(caller.client().client_id.as_str(), source));
        let (right, wrong) = counted.into_iter().partition(|counted| Some(&counted.by) == own.as_ref());
        join(self.end_guesses(right, true), self.end_guesses(wrong, false)).await;
    }
}

/// A caller who has to wait is told so; a store that does not answer is told before a refusal that it may have caused.
fn urgency(error: &OAuthError) -> u8 {
    match error.code {
        ErrorCode::TooManyFailures => 0,
        _ if is_unproven(error) => 2,
        _ => 1,
    }
}

/// Whether the client is unknown or did not prove who it is.
fn is_unproven(error: &OAuthError) -> bool {
    matches!(error.code, ErrorCode::InvalidClient | ErrorCode::InvalidAssertion)
}
