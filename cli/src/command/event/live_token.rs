//! A token that counts, issued as the token endpoint would.

use shared::{
    env::World,
    model::{AccessToken, Client, Grant, GrantKey, ServiceDefinition, SharedToken, SharedTokenPolicy},
    protocol::{GrantType, Scope, Subject},
    store::{Change, Snapshot, Writer},
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
) -> Result<String, Failure> {
    let mut clients = snapshot.clients.values().map(|stored| &stored.value);
    let client = clients.find(|client| client.is_enabled() && client.services.contains(&issuer.spkey));
    let client = client.ok_or_else(|| {
        Failure::new(format!("no client gets tokens for the service {}: add one, or give --token", issuer.name))
    })?;
    let (grant, text) = grant(issuer, client, world);
    let change = Change::Issue { grant, attempt: world.env().attempt() };
    store.commit(change).await.map_err(|error| Failure::new(error.to_string()))?;
    Ok(text)
}

/// A grant of its own, also where a service lets a client have one token at a time: a sample takes nothing away.
fn grant(issuer: &ServiceDefinition, client: &Client, world: &World) -> (Grant, String) {
    let env = world.env();
    let id = env.random();
    let token = issuer.oauth.access_token.format.mint(&id, &env);
    let expires_in = issuer.oauth.access_token_ttl(client.access_token_ttl);
    let grant = Grant {
        id: if token.carries_key { GrantKey::of_id(&id) } else { GrantKey::of_digest(&token.digest) },
        grant_type: GrantType::ClientCredentials,
        client_id: client.client_id.clone(),
        application: client.application.clone(),
        subject: Subject::from(&client.client_id),
        services: vec![issuer.spkey.clone()],
        issued_at: env.now,
        revoked_at: None,
        access_tokens: vec![AccessToken {
            digest: token.digest,
            expires_at: env.now.plus(expires_in),
            scope: scope(issuer, client),
        }],
    };
    (grant, token.text.expose().to_owned())
}

/// Every scope of the service that the client may ask for.
fn scope(service: &ServiceDefinition, client: &Client) -> Scope {
    let may_ask = |name: &str| client.scope.as_ref().is_none_or(|allowed| allowed.contains(name));
    let declared = service.oauth.scopes.iter().map(|scope| &scope.name);
    declared.filter(|name| may_ask(name.as_str())).cloned().collect()
}
