//! The token service of webMethods Mediator (`pub.mediator.oauth2.getOAuth2AccessToken`): client credentials whose
//! scope is the name of a service.

use std::sync::Arc;

use super::{
    GrantFlow, Verdict, allow_client, allow_service,
    issue::{Target, issue},
    scope_of,
    target::may_ask,
};
use crate::{
    client_auth::Caller,
    env::Env,
    model::ServiceDefinition,
    protocol::{ErrorCode, Form, GrantType, OAuthError, Scope, ScopeToken},
    store::Reader,
};

/// A request for a token for one or several services.
#[derive(Debug)]
pub struct MediatorToken {
    scope: Scope,
}

impl GrantFlow for MediatorToken {
    /// The client's services.
    type Facts = Vec<Arc<ServiceDefinition>>;

    fn parse(form: &mut Form) -> Result<Self, OAuthError> {
        Ok(Self { scope: scope_of(form)? })
    }

    async fn load(&self, caller: &Caller, reader: &Reader) -> Result<Self::Facts, OAuthError> {
        Ok(reader.services(&caller.client().services).await?)
    }

    fn decide(&self, caller: &Caller, facts: &Self::Facts, env: &Env<'_>) -> Result<Verdict, OAuthError> {
        if matches!(caller, Caller::Public(_)) {
            return Err(ErrorCode::InvalidClient.because("this service needs a client that authenticates"));
        }
        allow_client(caller, GrantType::ClientCredentials)?;
        let enabled: Vec<_> = facts.iter().filter(|service| service.enabled).collect();
        let scope = if self.scope.is_empty() { allowed(caller, &enabled) } else { self.scope.clone() };
        let target = target(caller, &enabled, scope)?;
        allow_service(&target.first, GrantType::ClientCredentials)?;
        target.others.iter().try_for_each(|service| allow_service(service, GrantType::ClientCredentials))?;
        Ok(issue(caller, GrantType::ClientCredentials, &target, env))
    }
}

/// Without a scope in the request: the client's own, or else the names of its services.
fn allowed(caller: &Caller, services: &[&Arc<ServiceDefinition>]) -> Scope {
    let names = || services.iter().filter_map(|service| ScopeToken::parse(service.name.as_str()).ok()).collect();
    caller.client().scope.clone().unwrap_or_else(names)
}

/// Every service that a scope of the request belongs to.
fn target(caller: &Caller, services: &[&Arc<ServiceDefinition>], scope: Scope) -> Result<Target, OAuthError> {
    let may = |service: &ServiceDefinition, token: &ScopeToken| may_ask(caller.client(), service, token);
    let unknown = scope.iter().any(|token| !services.iter().any(|service| may(service, token)));
    let named = services.iter().filter(|service| scope.iter().any(|token| may(service, token)));
    let mut named = named.map(|service| Arc::clone(service));
    match named.next() {
        Some(first) if !unknown => Ok(Target { first, others: named.collect(), scope }),
        _ => Err(ErrorCode::InvalidScope.because("the scope is not the name of a service that this client may call")),
    }
}
