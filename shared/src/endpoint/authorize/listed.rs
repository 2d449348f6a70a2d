//! What the account page shows of one client: read from its owner's consents and from the grants that live.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use pages::{Authorization, Day};

use super::LetIn;
use crate::{
    grant::authorization::can_skip_consent,
    model::{Client, Grant, GrantKey, OwnerAuthorization, ServiceDefinition},
    protocol::{ClientId, GrantType, ScopeToken, Spkey, Subject, Timestamp},
    store::{Reader, StoreError, Stored},
};

/// What was read about one client of an owner.
pub(super) struct Listed {
    authorization: OwnerAuthorization,
    client: Option<Arc<Stored<Client>>>,
    grants: Vec<Grant>,
    spkeys: BTreeSet<Spkey>,
    services: Vec<Arc<ServiceDefinition>>,
}

impl Listed {
    /// Reads it.
    pub(super) async fn read(
        reader: &Reader,
        client_id: &ClientId,
        owner: &Subject,
    ) -> Result<Option<Self>, StoreError> {
        let Some(authorization) = reader.owner_authorization(client_id, owner).await? else { return Ok(None) };
        let (client, grants) = tokio::try_join!(reader.client(client_id), live_grants(reader, &authorization))?;
        let of_grants = grants.iter().flat_map(|grant| &grant.services);
        let spkeys: BTreeSet<Spkey> = authorization.consents.keys().chain(of_grants).cloned().collect();
        let services = reader.services(&spkeys.iter().cloned().collect::<Vec<_>>()).await?;
        Ok(Some(Self { authorization, client, grants, spkeys, services }))
    }

    /// The client.
    pub(super) fn client_id(&self) -> &ClientId {
        &self.authorization.client_id
    }

    /// The client's name; of one that is gone its id is left.
    pub(super) fn name(&self) -> &str {
        match &self.client {
            Some(client) => client.value.shown_name(),
            None => self.client_id().as_str(),
        }
    }

    /// `None` where the client may do nothing: all was taken back, or no grant came of what was begun.
    pub(super) fn shown(&self, now: Timestamp) -> Option<Authorization<'_>> {
        let since = self.authorization.lets_in_since(now).filter(|_| !self.spkeys.is_empty())?;
        Some(Authorization {
            id: self.client_id().as_str(),
            client: self.name(),
            services: self.spkeys.iter().map(|spkey| self.service(spkey)).collect(),
            scopes: self.scopes(),
            since: Day::of_unix(since.as_secs()),
            shows_id: false,
            asks_anew: !self.comes_back_unasked(),
        })
    }

    /// The same for those who explain the page.
    pub(super) fn let_in(&self, now: Timestamp) -> Option<LetIn> {
        let Authorization { client, services, scopes, .. } = self.shown(now)?;
        Some(LetIn {
            client_id: self.client_id().clone(),
            name: client.to_owned(),
            services: services.into_iter().map(str::to_owned).collect(),
            scopes: scopes.into_iter().map(|scope| scope.name.to_owned()).collect(),
            since: self.authorization.lets_in_since(now)?,
        })
    }

    /// Every scope once for each of its meanings: two services may have one of the same name.
    fn scopes(&self) -> Vec<pages::Scope<'_>> {
        let consents = self.authorization.consents.iter().map(|(spkey, scope)| (std::slice::from_ref(spkey), scope));
        let grants = self.grants.iter().map(|grant| (grant.services.as_slice(), &grant.scope));
        let mut meanings: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (spkeys, scope) in consents.chain(grants) {
            for word in scope.iter().map(ScopeToken::as_str) {
                meanings.entry(word).or_default().extend(self.descriptions(spkeys, word));
            }
        }
        let shown = |(name, meant): (_, BTreeSet<_>)| {
            let of = |description| pages::Scope { name, description };
            if meant.is_empty() { vec![of(None)] } else { meant.into_iter().map(|text| of(Some(text))).collect() }
        };
        meanings.into_iter().flat_map(shown).collect()
    }

    /// What a scope means at each of these services.
    fn descriptions<'a>(&'a self, spkeys: &'a [Spkey], word: &'a str) -> impl Iterator<Item = &'a str> {
        let theirs = self.services.iter().filter(|service| spkeys.contains(&service.spkey));
        theirs.filter_map(move |service| service.oauth.scope_descriptions.of(word))
    }

    /// The name of a service; of one that is gone its key is left.
    fn service<'a>(&'a self, spkey: &'a Spkey) -> &'a str {
        let found = self.services.iter().find(|service| service.spkey == *spkey);
        found.map_or(spkey.as_str(), |service| service.name.as_str())
    }

    fn comes_back_unasked(&self) -> bool {
        let client = self.client.as_ref().map(|client| &client.value).filter(|client| client.is_enabled());
        let takes_passwords = |client: &Client, service: &ServiceDefinition| {
            client.grant_types.contains(&GrantType::Password)
                && service.oauth.grant_types.contains(&GrantType::Password)
        };
        let unasked = |client, service| can_skip_consent(client, service) || takes_passwords(client, service);
        client.is_some_and(|client| self.services.iter().any(|service| unasked(client, service)))
    }
}

/// Tells clients apart that have one name.
pub(super) fn tell_apart(authorizations: &mut [Authorization<'_>]) {
    let names: Vec<&str> = authorizations.iter().map(|authorization| authorization.client).collect();
    for authorization in authorizations {
        authorization.shows_id = names.iter().filter(|name| **name == authorization.client).count() > 1;
    }
}

/// Those of the list that were put and not revoked.
async fn live_grants(reader: &Reader, authorization: &OwnerAuthorization) -> Result<Vec<Grant>, StoreError> {
    let keys = authorization.live(reader.now()).into_iter().map(|(key, _)| GrantKey::parse(key));
    let grants = reader.grants_at(&keys.collect::<Vec<_>>()).await?;
    Ok(grants.into_iter().filter(|grant| grant.revoked_at.is_none()).collect())
}
