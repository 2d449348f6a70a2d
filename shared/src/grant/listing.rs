//! The place of a grant in the list of the resource owner who made it: kept while the grant lives on, and left by older
//! ones where client and owner may have one token at a time.

use std::sync::Arc;

use super::{issue::Target, terms::Terms};
use crate::{
    env::Env,
    model::{Client, Grant, GrantKey, ListedGrant, Listing, OwnerAuthorization, ServiceDefinition},
    protocol::{ErrorCode, GrantType, OAuthError, Spkey, Timestamp},
    store::{Change, Reader, StoreError},
};

/// What is known of the place of a grant that is to live on.
#[derive(Debug)]
pub(super) enum Place {
    /// It is listed for long enough, or no resource owner made it.
    Kept,
    /// The list has to change.
    Listed {
        /// The list.
        authorization: Option<OwnerAuthorization>,
        /// The other grants in it, where a service allows one token at a time.
        siblings: Vec<Sibling>,
    },
}

/// Another grant in the list, whose time is not over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sibling {
    /// Its key.
    pub id: GrantKey,
    /// When it was made.
    pub since: Timestamp,
    /// What it is for; `None` = it is listed and was not put yet, so it may be for anything.
    pub services: Option<Vec<Spkey>>,
    /// Whether it has been revoked.
    pub is_revoked: bool,
}

/// What becomes of others in the list when a grant enters it, or gets its first tokens.
#[derive(Debug, Default, PartialEq)]
pub struct Others {
    /// These are listed and not put yet, so they may be for anything: they end before the grant is put, and their requests
    /// decide anew.
    pub on_their_way: Vec<GrantKey>,
    /// These end once the grant is there.
    pub ending: Vec<GrantKey>,
    /// These are over, and leave the list.
    pub over: Vec<GrantKey>,
}

/// The writes around the one that puts a grant, or its next state.
#[derive(Debug, Default)]
pub struct Enlisting {
    /// Before the grant is put.
    before: Vec<Change>,
    /// After.
    after: Vec<Change>,
}

impl Enlisting {
    /// A grant enters the list or stays in it, for whose sake others end.
    pub(super) fn of(listing: Listing, others: Others, env: &Env<'_>) -> Self {
        let list = Change::List { listing: Box::new(listing), attempt: env.attempt() };
        let ends = |ids: Vec<GrantKey>| ids.into_iter().map(|id| revoke(id, env));
        Self { before: ends(others.on_their_way).chain([list]).collect(), after: ends(others.ending).collect() }
    }

    /// All writes, in the order that counts, because each may be the last that is made.
    ///
    /// 1. What others have listed and not put yet ends, of which nobody has heard: whoever puts it finds that out, and
    ///    decides anew.
    /// 2. The grant is listed, under the epoch that was read. So whoever takes back what an owner granted finds each grant
    ///    that opens anything, and its end holds also where the grant is still on its way. Then it is put. Until then
    ///    nobody else has lost anything: where this fails, the others open what they did.
    /// 3. The others end, the oldest first, and stay in the list: they leave it when the next one to enter has read that they
    ///    are revoked. Where an end fails, the caller hears of an error and the rest open what they did, the youngest longest.
    ///    The grant that nobody heard of is listed, so the next one ends it, too, and so does its owner. A code that was
    ///    redeemed for it is spent.
    ///
    /// An answer is given after the last write, so that once it is there one token counts. If the others ended after the
    /// answer, two would count; if they ended before 2, all could be lost. What is left: where only the answer to the last
    /// write is lost, each time it is sent, the others are over and the caller is told to try again. That cannot be told
    /// from an answer to the caller that is lost.
    pub fn around(self, puts: impl IntoIterator<Item = Change>) -> Vec<Change> {
        self.before.into_iter().chain(puts).chain(self.after).collect()
    }
}

impl Place {
    /// Reads the list, where the grant might outlive its place in it or, with its first tokens, end others.
    pub(super) async fn load(
        reader: &Reader,
        grant: &Grant,
        (client, services): (&Client, &[Arc<ServiceDefinition>]),
        grant_type: GrantType,
    ) -> Result<Self, StoreError> {
        let alone = grant_type != GrantType::RefreshToken
            && services.iter().any(|service| !service.oauth.allow_multiple_tokens);
        let Some(until) = grant.listed_until else { return Ok(Self::Kept) };
        // Where there are no terms, there will be no tokens either.
        let terms = Terms::of(grant, client, services, grant_type);
        if !alone && terms.is_ok_and(|terms| terms.lives_until(grant, reader.now()) <= until) {
            return Ok(Self::Kept);
        }
        let authorization = reader.owner_authorization(&grant.client_id, &grant.subject).await?;
        let siblings = match &authorization {
            Some(authorization) if alone => siblings(reader, authorization, services).await?,
            _ => Vec::new(),
        };
        Ok(Self::Listed { authorization, siblings })
    }

    /// Lets a grant stay in the list until `until`.
    ///
    /// # Errors
    /// `invalid_grant` where the grant has left the list: it is being revoked.
    pub(super) fn keep(
        &self,
        grant: &mut Grant,
        until: Timestamp,
        (target, env): (&Target, &Env<'_>),
    ) -> Result<Enlisting, OAuthError> {
        let Self::Listed { authorization, siblings } = self else { return Ok(Enlisting::default()) };
        let listed = authorization.as_ref().filter(|seen| seen.grants.contains_key(grant.id.as_str()));
        let seen = listed.ok_or_else(unlisted)?;
        let before = seen.grants.get(grant.id.as_str()).map(|listed| listed.until);
        let until = before.max(grant.listed_until).map_or(until, |before| before.max(until));
        grant.listed_until = Some(until);
        let others = replaced(siblings, target, Some(grant));
        Ok(Enlisting::of(Listing::of(grant, until, Some(seen), (&others.over, env.now)), others, env))
    }
}

/// The grants of a list whose time is not over, where a service lets client and owner have one token at a time.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn siblings(
    reader: &Reader,
    authorization: &OwnerAuthorization,
    services: &[Arc<ServiceDefinition>],
) -> Result<Vec<Sibling>, StoreError> {
    if services.iter().all(|service| service.oauth.allow_multiple_tokens) {
        return Ok(Vec::new());
    }
    found(reader, &authorization.live(reader.now())).await
}

/// What is found at the keys of some listed grants, in their order.
///
/// # Errors
/// [`StoreError`].
async fn found(reader: &Reader, listed: &[(&str, ListedGrant)]) -> Result<Vec<Sibling>, StoreError> {
    let keys: Vec<GrantKey> = listed.iter().map(|(key, _)| GrantKey::parse(key)).collect();
    let found = reader.put_or_revoked_at(&keys).await?;
    let sibling = |(id, (_, listed)): (GrantKey, &(&str, ListedGrant))| {
        let found = found.iter().find(|(key, _)| *key == id).map(|(_, grant)| grant.as_ref());
        let is_revoked = found.is_some_and(|grant| grant.is_none_or(|grant| grant.revoked_at.is_some()));
        let services = found.flatten().map(|grant| grant.services.clone());
        Sibling { id, since: listed.since, services, is_revoked }
    };
    Ok(keys.into_iter().zip(listed).map(sibling).collect())
}

/// What becomes of others when tokens are given for a target: those for one of its services that allow one at a time end. A
/// grant that is there already leaves later ones alone, so that of two which are used at once one survives.
pub(super) fn replaced(siblings: &[Sibling], target: &Target, by: Option<&Grant>) -> Others {
    let single: Vec<_> = target.services().filter(|service| !service.oauth.allow_multiple_tokens).collect();
    let is_for = |other: &Sibling, spkey| other.services.as_ref().is_none_or(|services| services.contains(spkey));
    let shares = |other: &&Sibling| single.iter().any(|service| is_for(other, &service.spkey));
    let older = |other: &&Sibling| {
        by.is_none_or(|grant| (other.since, other.id.as_str()) < (grant.issued_at, grant.id.as_str()))
    };
    let (revoked, live): (Vec<_>, Vec<_>) = siblings.iter().partition(|other| other.is_revoked);
    let ends = live.into_iter().filter(shares).filter(older);
    let (put, on_their_way): (Vec<_>, Vec<_>) = ends.partition(|other| other.services.is_some());
    let keys = |others: Vec<&Sibling>| others.into_iter().map(|other| other.id.clone()).collect();
    Others { on_their_way: keys(on_their_way), ending: keys(put), over: keys(revoked) }
}

/// The end of a grant.
pub(super) fn revoke(id: GrantKey, env: &Env<'_>) -> Change {
    Change::Revoke { id, at: env.now, attempt: env.attempt() }
}

fn unlisted() -> OAuthError {
    let reason = "the grant is not in the list of its resource owner any more";
    ErrorCode::InvalidGrant.because("what was granted is revoked").logged_as(reason)
}
