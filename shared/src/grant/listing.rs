//! The place of a grant in the list of the resource owner who made it: kept while the grant lives on, and left by older
//! ones where client and owner may have one token at a time.

use std::sync::Arc;

use super::issue::Target;
use crate::{
    env::Env,
    model::{Grant, GrantKey, Listing, OwnerAuthorization, ServiceDefinition},
    protocol::{ErrorCode, OAuthError, Timestamp},
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
        siblings: Vec<Grant>,
    },
}

impl Place {
    /// Reads the list, where the grant might outlive its place in it or, with `alone`, end others.
    pub(super) async fn load(
        reader: &Reader,
        grant: &Grant,
        services: &[Arc<ServiceDefinition>],
        alone: bool,
    ) -> Result<Self, StoreError> {
        let alone = alone && services.iter().any(|service| !service.oauth.allow_multiple_tokens);
        let Some(until) = grant.listed_until else { return Ok(Self::Kept) };
        if !alone && lives_until(grant, services, reader.now()) <= until {
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
        let until = grant.listed_until.map_or(until, |before| before.max(until));
        grant.listed_until = Some(until);
        let ended = replaced(siblings, target, Some(grant));
        let over = seen.over(env.now).into_iter().filter(|key| key != grant.id.as_str());
        let listing = Listing {
            client_id: grant.client_id.clone(),
            owner: grant.subject.clone(),
            grant: grant.id.clone(),
            listed: grant.listed(until),
            consent: None,
            epoch: Some(seen.epoch),
            over: over.chain(ended.iter().map(|key| key.as_str().to_owned())).collect(),
        };
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
) -> Result<Vec<Grant>, StoreError> {
    let mut live = Vec::new();
    if services.iter().all(|service| service.oauth.allow_multiple_tokens) {
        return Ok(live);
    }
    for key in authorization.live(reader.now()) {
        let found = reader.grant_at(&GrantKey::parse(key)).await?;
        live.extend(found.map(|seen| seen.value).filter(|grant| grant.revoked_at.is_none()));
    }
    Ok(live)
}

/// The grants that end when tokens are given for a target: those for one of its services that allow one at a time. A
/// grant that is there already leaves later ones alone, so that of two which are used at once one survives.
pub(super) fn replaced(siblings: &[Grant], target: &Target, by: Option<&Grant>) -> Vec<GrantKey> {
    let single: Vec<_> = target.services().filter(|service| !service.oauth.allow_multiple_tokens).collect();
    let shares = |other: &&Grant| single.iter().any(|service| other.services.contains(&service.spkey));
    let order = |grant: &Grant| (grant.issued_at, grant.id.as_str().to_owned());
    let older = |other: &&Grant| by.is_none_or(|grant| order(other) < order(grant));
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

/// When the last of a grant might end that gets new tokens now.
fn lives_until(grant: &Grant, services: &[Arc<ServiceDefinition>], now: Timestamp) -> Timestamp {
    let profiles = || services.iter().map(|service| &service.oauth);
    let lives = profiles().map(|oauth| oauth.refresh_token.ttl.max(oauth.access_token.ttl)).max().unwrap_or_default();
    let end = match &grant.refresh_tokens {
        Some(tokens) => tokens.ends_at,
        None => profiles().filter_map(|oauth| oauth.refresh_token.max_ttl).min().map(|max| grant.issued_at.plus(max)),
    };
    end.map_or(now.plus(lives), |end| now.plus(lives).min(end))
}
