//! The resource owner of an authorization request: who has logged in, and what was agreed to before.

use super::Asked;
use crate::{
    grant::{
        OwnerFacts,
        listing::{self, Others, Sibling, replaced},
    },
    model::{PushedRequest, Session, SessionKey},
    protocol::{ResponseType, Scope, Timestamp},
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
                listing::siblings(reader, seen, std::slice::from_ref(&asked.target.first)).await?
            }
            _ => Vec::new(),
        };
        Ok(Some(Self { session, facts, siblings }))
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
        let (service, scope) = (asked.service(), asked.scope());
        let agreed = self.facts.authorization.as_ref();
        let is_agreed = service.oauth.skip_consent || agreed.is_some_and(|agreed| agreed.covers(&service.spkey, scope));
        is_agreed && asked.reaches_its_client()
    }

    /// What becomes of their other grants where this one gives a token at once and may be the only one; a code ends them
    /// when it is redeemed.
    pub(super) fn in_place_of(&self, asked: &Asked) -> Option<Others> {
        let gives_token = asked.request.response_type == ResponseType::Token;
        let is_alone = gives_token && !asked.service().oauth.allow_multiple_tokens;
        is_alone.then(|| replaced(&self.siblings, &asked.target, None))
    }

    /// What they have not agreed to yet, and what they have.
    pub fn new_and_agreed(&self, asked: &Asked) -> (Scope, Scope) {
        let agreed = self.agreed(asked);
        let is_agreed = |word: &str| agreed.is_some_and(|agreed| agreed.contains(word));
        let part =
            |wanted: bool| asked.scope().iter().filter(|word| is_agreed(word.as_str()) == wanted).cloned().collect();
        (part(false), part(true))
    }

    /// What they have agreed to for the service.
    pub(super) fn agreed(&self, asked: &Asked) -> Option<&Scope> {
        self.facts.authorization.as_ref()?.consents.get(&asked.service().spkey)
    }
}
