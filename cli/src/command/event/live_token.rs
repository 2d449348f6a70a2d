//! A token that counts, issued as the token endpoint would.

use shared::{
    endpoint,
    env::World,
    model::{Client, ServiceDefinition, SharedToken, SharedTokenPolicy},
    protocol::{GrantType, Secret},
    store::{Snapshot, Stored, Writer},
};

use super::super::Failure;

/// The service that the tokens of a called service are for.
pub(super) fn issuer<'a>(
    called: &'a ServiceDefinition,
    policy: &SharedTokenPolicy,
    snapshot: &'a Snapshot,
) -> Result<&'a ServiceDefinition, Failure> {
    let SharedToken::IssuedBy { spkey, .. } = &policy.tokens else { return Ok(called) };
    let shared = snapshot.services.get(spkey.as_str()).map(|stored| &stored.value);
    shared.ok_or_else(|| {
        Failure::new(format!("shared_token_spkey of {} names {spkey}, which is no service", called.name))
    })
}

/// The client that holds a token of a service: the one of an id, where it may have one, or else the first that may.
pub(super) fn holder<'s>(
    issuer: &ServiceDefinition,
    preferred: &str,
    snapshot: &'s Snapshot,
) -> Result<&'s Stored<Client>, Failure> {
    let may_ask = |client: &Client| {
        let gets_tokens = client.grant_types.contains(&GrantType::ClientCredentials);
        client.is_enabled() && gets_tokens && client.services.contains(&issuer.spkey)
    };
    let mut holders = snapshot.clients.values().filter(|stored| may_ask(&stored.value));
    let first = holders.clone().next();
    let holder = holders.find(|stored| stored.value.client_id.as_str() == preferred).or(first);
    holder.ok_or_else(|| {
        Failure::new(format!("no client gets tokens for the service {}: add one, or give --token", issuer.name))
    })
}

/// Issues a token of a service to a client.
pub(super) async fn issue(
    holder: &Stored<Client>,
    issuer: &ServiceDefinition,
    store: &Writer,
    world: &World,
) -> Result<Secret, Failure> {
    let issued = endpoint::issue_for(holder, issuer, store, world).await;
    issued.map_err(|error| Failure::new(error.reason.unwrap_or(error.description)))
}
