//! The place of a grant in the list of the resource owner who made it: kept while the grant lives on, and left by older
//! ones where client and owner may have one token at a time.

use std::sync::Arc;

use super::{issue::Target, terms::Terms};
use crate::{
    env::Env,
    model::{Client, Grant, GrantKey, Listing, OwnerAuthorization, ServiceDefinition},
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
        /// The other live grants in it, where a service allows one token at a time.
        siblings: Vec<Sibling>,
    },
}

/// Another grant in the list, live as far as is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sibling {
    /// Its key.
    pub id: GrantKey,
    /// When it was made.
    pub since: Timestamp,
    /// What it is for; `None` = it is listed and was not put yet, so it may be for anything.
    pub services: Option<Vec<Spkey>>,
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

    /// Lets a grant stay in the list until `until`. These changes come before its own.
    ///
    /// # Errors
    /// `invalid_grant` where the grant has left the list: it is being revoked.
    pub(super) fn keep(
        &self,
        grant: &mut Grant,
        until: Timestamp,
        (target, env): (&Target, &Env<'_>),
    ) -> Result<Vec<Change>, OAuthError> {
        let Self::Listed { authorization, siblings } = self else { return Ok(Vec::new()) };
        let listed = authorization.as_ref().filter(|seen| seen.grants.contains_key(grant.id.as_str()));
        let seen = listed.ok_or_else(unlisted)?;
        let before = seen.grants.get(grant.id.as_str()).map(|listed| listed.until);
        let until = before.max(grant.listed_until).map_or(until, |before| before.max(until));
        grant.listed_until = Some(until);
        let ended = replaced(siblings, target, Some(grant));
        let listing = Listing::of(grant, until, Some(seen), (&ended, env.now));
        let list = Change::List { listing: Box::new(listing), attempt: env.attempt() };
        Ok(ended.into_iter().map(|id| revoke(id, env)).chain([list]).collect())
    }
}

/// The live grants of a list, where a service lets client and owner have one token at a time.
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
    let listed = authorization.live(reader.now());
    let keys: Vec<GrantKey> = listed.iter().map(|(key, _)| GrantKey::parse(key)).collect();
    let found = reader.grants_at(&keys).await?;
    let siblings = keys.into_iter().zip(listed).filter_map(|(id, (_, listed))| {
        let grant = found.iter().find(|grant| grant.id == id);
        let is_live = grant.is_none_or(|grant| grant.revoked_at.is_none());
        is_live.then(|| Sibling { id, since: listed.since, services: grant.map(|grant| grant.services.clone()) })
    });
    Ok(siblings.collect())
}

/// The grants that end when tokens are given for a target: those for one of its services that allow one at a time. A
/// grant that is there already leaves later ones alone, so that of two which are used at once one survives.
pub(super) fn replaced(siblings: &[Sibling], target: &Target, by: Option<&Grant>) -> Vec<GrantKey> {
    let single: Vec<_> = target.services().filter(|service| !service.oauth.allow_multiple_tokens).collect();
    let is_for = |other: &Sibling, spkey| other.services.as_ref().is_none_or(|services| services.contains(spkey));
    let shares = |other: &&Sibling| single.iter().any(|service| is_for(other, &service.spkey));
    let older = |other: &&Sibling| {
        by.is_none_or(|grant| (other.since, other.id.as_str()) < (grant.issued_at, grant.id.as_str()))
    };
    siblings.iter().filter(shares).filter(older).map(|other| other.id.clone()).collect()
}

/// The end of a grant.
pub(super) fn revoke(id: GrantKey, env: &Env<'_>) -> Change {
    Change::Revoke { id, at: env.now, attempt: env.attempt() }
}

fn unlisted() -> OAuthError {
    let reason = "the grant is not in the list of its resource owner any more";
    ErrorCode::InvalidGrant.because("what was granted is revoked").logged_as(reason)
}
