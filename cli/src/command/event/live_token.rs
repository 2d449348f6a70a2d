//! A token that counts, issued as the token endpoint would.

use shared::{
    endpoint,
    env::World,
    model::{ServiceDefinition, SharedToken, SharedTokenPolicy},
    protocol::{GrantType, Secret},
    store::{Snapshot, Writer},
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

/// Issues a token of a service, for the first client that may have one.
pub(super) async fn issue(
    issuer: &ServiceDefinition,
    snapshot: &Snapshot,
    store: &Writer,
    world: &World,
) -> Result<Secret, Failure> {
    let client = snapshot.clients.values().find(|stored| {
        let client = &stored.value;
        let may_ask =
            client.services.contains(&issuer.spkey) && client.grant_types.contains(&GrantType::ClientCredentials);
        client.is_enabled() && may_ask
    });
    let client = client.ok_or_else(|| {
        Failure::new(format!("no client gets tokens for the service {}: add one, or give --token", issuer.name))
    })?;
    let issued = endpoint::issue_for(client, issuer, store, world).await;
    issued.map_err(|error| Failure::new(error.reason.unwrap_or(error.description)))
}
