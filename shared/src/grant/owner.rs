//! Grants that a resource owner makes: how one enters the list by which all of them can be revoked.

use std::collections::BTreeMap;

use super::{
    full_list::FullList,
    listing::{Enlisting, Others},
};
use crate::{
    env::Env,
    model::{Client, Grant, GrantKey, Listing, OwnerAuthorization, RefreshPolicy, SecurityProfile, User},
    protocol::{GrantType, Scope, Spkey, Subject, Timestamp},
    store::{Change, Reader, StoreError, Stored},
};

/// What a grant of a resource owner stands on.
#[derive(Clone, Debug)]
pub struct OwnerFacts {
    /// What the owner has let this client do.
    pub authorization: Option<OwnerAuthorization>,
    /// What fills the list, where it is full, once that is known: see [`OwnerFacts::to_enter`].
    pub full: FullList,
    /// Whether the client stands in the owner's index.
    pub indexed: bool,
    /// The owner.
    pub user: Option<Stored<User>>,
}

impl OwnerFacts {
    /// Reads them, the owner last. Who switches an owner off or changes a password first writes the user and then
    /// revokes what the index leads to. So this either sees the new user, or finds the epoch raised when it lists.
    /// It takes the same reads whoever the owner is, and if there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn load(reader: &Reader, client: &Client, owner: &Subject) -> Result<Self, StoreError> {
        let (authorization, clients) =
            tokio::try_join!(reader.owner_authorization(&client.client_id, owner), reader.clients_of(owner))?;
        let indexed = authorization.is_some() || clients.contains(&client.client_id);
        Ok(Self { authorization, full: FullList::default(), indexed, user: reader.user(owner).await? })
    }

    /// Reads the grants of a full list besides. For whoever is about to enter one more, and has proven to be the owner:
    /// it takes a hundred reads of some owners alone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn to_enter(mut self, reader: &Reader) -> Result<Self, StoreError> {
        if let Some(authorization) = &self.authorization {
            self.full = FullList::load(reader, authorization).await?;
        }
        Ok(self)
    }
}

/// How a grant enters the list.
#[derive(Debug)]
pub enum Entry {
    /// The index has to name the client first; then the facts are read and the decision is made anew.
    Index(Box<Change>),
    /// These changes come around the one that puts the grant.
    List(Enlisting),
}

/// What enters the list with a grant, and what leaves it.
#[derive(Debug)]
pub struct Entering {
    /// Until when the grant may be live.
    pub until: Timestamp,
    /// What the owner has agreed to from now on, of each service they were asked about now.
    pub consents: BTreeMap<Spkey, Scope>,
    /// The others where client and owner may have one token at a time: nothing else may have entered since these were
    /// found. `None` = any number of grants may live beside it.
    pub in_place_of: Option<Others>,
}

/// Enters a grant. Where the list is full, the grant that would be missed least ends once the new one is there.
pub fn enter(grant: &mut Grant, entering: Entering, (facts, env): (&OwnerFacts, &Env<'_>)) -> Entry {
    let Entering { until, consents, in_place_of } = entering;
    if !facts.indexed {
        let (client_id, owner) = (grant.client_id.clone(), grant.subject.clone());
        return Entry::Index(Box::new(Change::Index { owner, client_id }));
    }
    grant.listed_until = Some(until);
    let seen = facts.authorization.as_ref();
    let alone_over = in_place_of.as_ref().and(seen).map(|seen| seen.attempt.clone());
    let mut others = in_place_of.unwrap_or_default();
    for known in [&mut others.on_their_way, &mut others.ending] {
        known.retain(|id| *id != grant.id);
    }
    let goes =
        |id: &GrantKey| [&others.on_their_way, &others.ending, &others.over].iter().any(|known| known.contains(id));
    let stays = |id: &GrantKey| *id != grant.id && !goes(id);
    let ending = facts.full.ending(stays);
    others.ending.extend(ending);
    others.over.extend_from_slice(&facts.full.over);
    let listing = Listing { consents, alone_over, ..Listing::of(grant, until, seen, (&others.over, env.now)) };
    Entry::List(Enlisting::of(listing, others, env))
}

/// Until when a grant made now may be live, unless refreshes move it: twice the idle time of its refresh tokens, so that
/// most refreshes find their grant listed for long enough.
pub fn live_until(client: &Client, oauth: &SecurityProfile, env: &Env<'_>) -> Timestamp {
    let access = oauth.authorization_code_ttl + oauth.access_token_ttl(client.access_token_ttl);
    let refreshes = oauth.refresh_token.policy != RefreshPolicy::None && allows_refresh(client, oauth);
    let refresh = oauth.refresh_token.ttl.saturating_mul(2);
    let refresh = oauth.refresh_token.max_ttl.map_or(refresh, |max| refresh.min(max));
    env.now.plus(if refreshes { refresh.max(access) } else { access })
}

/// Whether client and service both take refresh tokens.
pub fn allows_refresh(client: &Client, oauth: &SecurityProfile) -> bool {
    let grant = GrantType::RefreshToken;
    client.grant_types.contains(&grant) && oauth.grant_types.contains(&grant)
}
