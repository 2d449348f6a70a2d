//! Tollgate's own tokens, shared between services (Boomi/Mashery OAuth2 Shared Token Connector).
//!
//! With `shared_token_spkey` the token is looked up under the service X that it names, and X's settings decide whether
//! it is valid; then the service Y that was called is back, and its settings decide scopes and headers.

mod decision;
mod forwarding;

use std::sync::Arc;

use super::{
    Authorization, Call, Decision, Outcome, Trace,
    location::{NamedBy, locate},
    missing::Missing,
};
use crate::{
    env::Env,
    model::{Authorizer, Client, Grant, ServiceDefinition, SharedToken, TokenKey},
    protocol::{Secret, Spkey},
    store::{Reader, StoreError, Stored},
};
use decision::decide;

/// The authorizer and its own setting, once per process.
#[derive(Debug, Default)]
pub struct SharedTokenAuthorizer {
    /// `SPKEY`: the service, where neither stage variable nor alias names one.
    pub spkey: Option<Spkey>,
}

/// What a decision stands on.
#[derive(Debug)]
pub struct SharedTokenFacts {
    /// The service that was called.
    pub called: Arc<ServiceDefinition>,
    /// What named it.
    pub named_by: NamedBy,
    /// The service that `shared_token_spkey` names.
    pub shared: Option<Arc<ServiceDefinition>>,
    /// The grant that the token belongs to.
    pub grant: Option<Grant>,
    /// The client of that grant.
    pub client: Option<Arc<Stored<Client>>>,
}

impl SharedTokenAuthorizer {
    /// Reads the facts and decides. A warm call costs one DynamoDB request: the grant.
    pub async fn authorize(&self, call: &Call, reader: &Reader, env: &Env<'_>) -> Outcome {
        self.examine(call, reader, env).await.0
    }

    /// The same, with the facts that the decision stands on; `None` where they could not be read.
    pub async fn examine(&self, call: &Call, reader: &Reader, env: &Env<'_>) -> (Outcome, Option<SharedTokenFacts>) {
        match self.load(call, reader).await {
            Ok(facts) => (decide(call, &facts, env), Some(facts)),
            Err(missing) => (Outcome::new(Decision::Failed, Trace::default(), missing.into()), None),
        }
    }

    /// What `SPKEY` needs, read before the first event so that the connection is open and the definitions fresh.
    pub async fn preload(&self, reader: &Reader) {
        let Some(spkey) = &self.spkey else { return };
        if let Ok(Some(called)) = reader.service(spkey).await
            && let Some(shared) = shared_spkey(&called)
        {
            drop(reader.service(shared).await);
        }
    }

    /// Two chains side by side: which service, and what it shares; which grant, and its client.
    async fn load(&self, call: &Call, reader: &Reader) -> Result<SharedTokenFacts, Missing> {
        let (services, grant) = tokio::join!(self.services_of(call, reader), grant_of(call, reader));
        let ((called, named_by, shared), (grant, client)) = (services?, grant?);
        Ok(SharedTokenFacts { called, named_by, shared, grant, client })
    }

    async fn services_of(&self, call: &Call, reader: &Reader) -> Result<Services, Missing> {
        let (spkey, named_by) = locate(call, self.spkey.as_ref(), reader).await?;
        let called = reader.service(&spkey).await?;
        let called = called.ok_or_else(|| Missing::configuration(format!("there is no service {spkey}")))?;
        let shared = match shared_spkey(&called) {
            Some(spkey) => reader.service(spkey).await?,
            None => None,
        };
        Ok((called, named_by, shared))
    }
}

/// The service called, what named it, and the one that it shares tokens from.
type Services = (Arc<ServiceDefinition>, NamedBy, Option<Arc<ServiceDefinition>>);

/// A grant and its client, as far as there are any.
type GrantAndClient = (Option<Grant>, Option<Arc<Stored<Client>>>);

async fn grant_of(call: &Call, reader: &Reader) -> Result<GrantAndClient, StoreError> {
    let Some(token) = bearer(call) else { return Ok((None, None)) };
    let Some(grant) = reader.grant(&TokenKey::of(&token)).await? else { return Ok((None, None)) };
    let client = reader.client(&grant.client_id).await?;
    Ok((Some(grant), client))
}

fn bearer(call: &Call) -> Option<Secret> {
    let Authorization::One(header, _) = call.authorization() else { return None };
    header.bearer().map(|token| Secret::new(token.expose().to_owned()))
}

fn shared_spkey(service: &ServiceDefinition) -> Option<&Spkey> {
    let Authorizer::SharedToken(policy) = &service.authorizer else { return None };
    match &policy.tokens {
        SharedToken::OwnOnly => None,
        SharedToken::IssuedBy { spkey, .. } => Some(spkey),
    }
}
