//! Tollgate's own tokens, shared between services (Boomi/Mashery OAuth2 Shared Token Connector).
//!
//! With `shared_token_spkey` the token is looked up under the service X that it names, and X's settings decide whether
//! it is valid; then the service Y that was called is back, and its settings decide scopes and headers.

mod decision;
mod forwarding;

use std::sync::Arc;

use super::{
    Authorization, Call, Decision, Outcome, Trace,
    location::{NamedBy, called},
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

    /// Authorizes a call and also returns the facts that the decision stands on; `None` where they could not be read.
    pub async fn examine(&self, call: &Call, reader: &Reader, env: &Env<'_>) -> (Outcome, Option<SharedTokenFacts>) {
        match self.load(call, reader).await {
            Ok(facts) => (decide(call, &facts, env), Some(facts)),
            Err(missing) => (Outcome::new(Decision::Failed, Trace::default(), missing.into()), None),
        }
    }

    /// The service and the grant side by side, then the service that is shared from and the client of the grant.
    async fn load(&self, call: &Call, reader: &Reader) -> Result<SharedTokenFacts, Missing> {
        let (called, grant) = tokio::join!(called(call, self.spkey.as_ref(), reader), grant_of(call, reader));
        let ((called, named_by), grant) = (called?, grant?);
        let (shared, client) = match (shared_spkey(&called), &grant) {
            (Some(shared), Some(grant)) => reader.service_and_client(shared, &grant.client_id).await?,
            (Some(shared), None) => (reader.service(shared).await?, None),
            (None, Some(grant)) => (None, reader.client(&grant.client_id).await?),
            (None, None) => (None, None),
        };
        Ok(SharedTokenFacts { called, named_by, shared, grant, client })
    }
}

async fn grant_of(call: &Call, reader: &Reader) -> Result<Option<Grant>, StoreError> {
    match bearer(&call.authorization()) {
        Some(token) => reader.grant(&TokenKey::of(token)).await,
        None => Ok(None),
    }
}

fn bearer(authorization: &Authorization) -> Option<&Secret> {
    let Authorization::One(header, _) = authorization else { return None };
    header.bearer()
}

fn shared_spkey(service: &ServiceDefinition) -> Option<&Spkey> {
    let Authorizer::SharedToken(policy) = &service.authorizer else { return None };
    match &policy.tokens {
        SharedToken::OwnOnly => None,
        SharedToken::IssuedBy { spkey, .. } => Some(spkey),
    }
}
