//! The resource owner of an authorization request: who has logged in, and what was agreed to before.

use std::collections::BTreeMap;

use super::Asked;
use crate::{
    grant::{
        OwnerFacts,
        listing::{self, Others, Sibling, replaced},
    },
    model::{OwnerAuthorization, PushedRequest, ServiceDefinition, Session, SessionKey},
    protocol::{ResponseType, Scope, ScopeToken, Spkey, Timestamp},
    store::{Reader, StoreError},
};

/// Somebody who has logged in.
#[derive(Debug)]
pub struct Owner {
    /// The login.
    pub session: Session,
    /// What their grants to this client stand on.
    pub facts: OwnerFacts,
    /// Their other grants to it, where the service allows one token at a time and this request gives one.
    pub(super) siblings: Vec<Sibling>,
}

impl Owner {
    /// Reads who has logged in by a cookie.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn load(key: &SessionKey, asked: &Asked, reader: &Reader) -> Result<Option<Self>, StoreError> {
        let Some(session) = reader.session(key).await? else { return Ok(None) };
        let facts = OwnerFacts::load(reader, &asked.client.value, &session.username).await?;
        let siblings = match (&facts.authorization, asked.request.response_type) {
            (Some(seen), ResponseType::Token) => {
                let services: Vec<_> = asked.target.services().cloned().collect();
                listing::siblings(reader, seen, &services).await?
            }
            _ => Vec::new(),
        };
        Ok(Some(Self { session, facts, siblings }))
    }

    /// Reads what a grant of theirs needs besides to enter their list.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn to_enter(self, reader: &Reader) -> Result<Self, StoreError> {
        Ok(Self { facts: self.facts.to_enter(reader).await?, ..self })
    }

    /// Whether the session speaks for them now.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.facts.user.as_ref().is_some_and(|user| self.session.is_live(&user.value, now))
    }

    /// Whether the login that the client asks for is behind them. A pushed request cannot be changed on its way, so its
    /// time tells; one in the query loses the word when somebody has logged in for it.
    pub(super) fn has_logged_in_for(&self, asked: &Asked) -> bool {
        let is_new = |request: &PushedRequest| request.was_pushed_by(self.session.authenticated_at);
        !asked.request.prompt.login || asked.pushed.as_ref().is_some_and(|seen| is_new(&seen.value))
    }

    /// Whether they need not be asked: they have agreed, or nobody asks, and the answer reaches no other program.
    pub(super) fn has_agreed(&self, asked: &Asked) -> bool {
        let target = &asked.target;
        let agreed = self.facts.authorization.as_ref();
        let covers = |agreed: &OwnerAuthorization| {
            target.services().all(|service| agreed.covers(&service.spkey, &target.part_of(service)))
        };
        (target.skips_consent() || agreed.is_some_and(covers)) && asked.reaches_its_client()
    }

    /// What becomes of their other grants where this one gives a token at once and may be the only one; a code ends them
    /// when it is redeemed.
    pub(super) fn in_place_of(&self, asked: &Asked) -> Option<Others> {
        let gives_token = asked.request.response_type == ResponseType::Token;
        (gives_token && asked.target.is_alone()).then(|| replaced(&self.siblings, &asked.target, None))
    }

    /// What they are asked, service by service.
    pub fn questions<'a>(&self, asked: &'a Asked) -> Vec<Question<'a>> {
        let question = |service| {
            let (agreed, new) = asked.target.part_of(service).iter().cloned().partition(|word: &ScopeToken| {
                self.agreed(&service.spkey).is_some_and(|agreed| agreed.contains(word.as_str()))
            });
            let [new, agreed] = [new, agreed].map(|words: Vec<_>| words.into_iter().collect());
            Question { service, new, agreed }
        };
        asked.services().map(question).collect()
    }

    /// All that they have agreed to from now on, once they agree to this.
    pub(super) fn all_agreed(&self, asked: &Asked) -> BTreeMap<Spkey, Scope> {
        let all = |service: &ServiceDefinition| {
            let before = self.agreed(&service.spkey).into_iter().flat_map(Scope::iter);
            before.chain(asked.target.part_of(service).iter()).cloned().collect()
        };
        asked.services().map(|service| (service.spkey.clone(), all(service))).collect()
    }

    /// What they have agreed to for a service.
    fn agreed(&self, spkey: &Spkey) -> Option<&Scope> {
        self.facts.authorization.as_ref()?.consents.get(spkey)
    }
}

/// What a resource owner is asked for one service.
#[derive(Debug)]
pub struct Question<'a> {
    /// The service.
    pub service: &'a ServiceDefinition,
    /// What they have not agreed to yet.
    pub new: Scope,
    /// What they have.
    pub agreed: Scope,
}
