//! Making a grant and its first access token.

use std::sync::Arc;

use super::{Issued, Verdict};
use crate::{
    client_auth::Caller,
    env::Env,
    model::{AccessToken, Grant, GrantKey, MintedToken, Pointer, ServiceDefinition},
    protocol::{Digest, GrantType, Scope, Subject, TokenResponse},
    store::Change,
};

/// What a token is to be for: at least one service.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// The first decides how the token looks.
    pub first: Arc<ServiceDefinition>,
    /// The others it opens.
    pub others: Vec<Arc<ServiceDefinition>>,
    /// What it allows.
    pub scope: Scope,
}

impl Target {
    fn services(&self) -> impl Iterator<Item = &Arc<ServiceDefinition>> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

/// Gives a token for a target: the shortest life of its services, the format of the first.
pub(super) fn issue(caller: &Caller, grant_type: GrantType, target: &Target, env: &Env<'_>) -> Verdict {
    let client = caller.client();
    let ttls = target.services().map(|service| service.oauth.access_token_ttl(client.access_token_ttl));
    let expires_in = ttls.min().expect("a target has a first service");
    let subject = Subject::from(&client.client_id);
    let replaces = target.services().any(|service| !service.oauth.allow_multiple_tokens);
    let id = if replaces { shared_id(target, &client.client_id, &subject) } else { env.random() };
    let token = target.first.oauth.access_token.format.mint(&id, env);
    let grant = Grant {
        id: if replaces || token.carries_key { GrantKey::of_id(&id) } else { GrantKey::of_digest(&token.digest) },
        grant_type,
        client_id: client.client_id.clone(),
        application: client.application.clone(),
        subject: subject.clone(),
        services: target.services().map(|service| service.spkey.clone()).collect(),
        issued_at: env.now,
        revoked_at: None,
        access_tokens: vec![AccessToken {
            digest: token.digest,
            expires_at: env.now.plus(expires_in),
            scope: target.scope.clone(),
        }],
    };
    let issued = Issued {
        services: grant.services.clone(),
        subject,
        scope: target.scope.clone(),
        default_format: target.first.mediator_default_format,
    };
    let change = change(grant, &token, replaces, env);
    Verdict {
        change,
        answer: TokenResponse { access_token: token.text, expires_in, scope: target.scope.clone() },
        issued,
    }
}

fn change(grant: Grant, token: &MintedToken, replaces: bool, env: &Env<'_>) -> Change {
    let attempt = env.attempt();
    if !replaces {
        return Change::Issue { grant, attempt };
    }
    let expires_at = grant.access_tokens[0].expires_at;
    let pointer = || Pointer { id: GrantKey::of_digest(&token.digest), grant: grant.id.clone(), expires_at };
    Change::Replace { pointer: (!token.carries_key).then(pointer), grant, attempt }
}

/// Where a service lets a client have one token at a time, its grants share one key, so a new one takes its place.
fn shared_id(target: &Target, client_id: &crate::protocol::ClientId, subject: &Subject) -> [u8; 16] {
    let mut parts: Vec<&str> = target.services().map(|service| service.spkey.as_str()).collect();
    parts.extend([client_id.as_str(), subject.as_str()]);
    let digest = Digest::of_parts(&parts);
    let (id, _) = digest.as_bytes().split_first_chunk().expect("a digest has 32 bytes");
    *id
}
