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
        let scope = if self.scope.is_empty() { allowed(caller, &enabled)? } else { self.scope.clone() };
        let target = target(caller, &enabled, scope)?;
        allow_service(&target.first, GrantType::ClientCredentials)?;
        target.others.iter().try_for_each(|service| allow_service(service, GrantType::ClientCredentials))?;
        issue(caller, GrantType::ClientCredentials, &target, env).map(Verdict::Issue)
    }
}

/// Without a scope in the request: what the client's own scope has of the services that give such tokens, or else
/// their names. Where none gives any, that is what the client is told.
fn allowed(caller: &Caller, services: &[&Arc<ServiceDefinition>]) -> Result<Scope, OAuthError> {
    let gives = |service: &&&Arc<ServiceDefinition>| allow_service(service, GrantType::ClientCredentials).is_ok();
    let giving: Vec<_> = services.iter().filter(gives).collect();
    if let ([], [first, ..]) = (giving.as_slice(), services) {
        allow_service(first, GrantType::ClientCredentials)?;
    }
    let of_these = |token: &&ScopeToken| giving.iter().any(|service| service.declares(token.as_str()));
    Ok(match &caller.client().scope {
        Some(own) => own.iter().filter(of_these).cloned().collect(),
        None => giving.iter().filter_map(|service| ScopeToken::parse(service.name.as_str()).ok()).collect(),
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        client_auth::testing::authenticated,
        env::testing::env,
        model::samples::{client, with_scopes},
    };

    fn decided(scope: &str, allowed: Option<&str>) -> Result<(Vec<String>, String), ErrorCode> {
        let services = [with_scopes("spkey-o", "orders", &["read"]), with_scopes("spkey-i", "invoices", &[])];
        let facts = services.map(Arc::new).to_vec();
        let caller = authenticated(client(&["spkey-o", "spkey-i"], allowed));
        let flow = MediatorToken { scope: Scope::parse(scope).unwrap() };
        let verdict = flow.decide(&caller, &facts, &env()).map_err(|error| error.code)?.issued();
        let services = verdict.issued.services.iter().map(ToString::to_string).collect();
        Ok((services, verdict.answer.scope.to_string()))
    }

    fn opens(services: &[&str], scope: &str) -> Result<(Vec<String>, String), ErrorCode> {
        Ok((services.iter().map(ToString::to_string).collect(), scope.to_owned()))
    }

    #[test]
    fn a_scope_is_the_name_of_a_service() {
        assert_eq!(decided("invoices", None), opens(&["spkey-i"], "invoices"));
        assert_eq!(decided("orders invoices", None), opens(&["spkey-o", "spkey-i"], "orders invoices"));
    }

    #[test]
    fn without_a_scope_the_allowed_ones_are_given_and_named() {
        assert_eq!(decided("", None), opens(&["spkey-o", "spkey-i"], "orders invoices"));
        assert_eq!(decided("", Some("read")), opens(&["spkey-o"], "read"));
    }

    #[test]
    fn a_service_that_gives_no_such_tokens_is_left_out_unless_it_is_asked_for() {
        let mut silent = with_scopes("spkey-i", "invoices", &[]);
        silent.oauth.grant_types.clear();
        let facts = [with_scopes("spkey-o", "orders", &[]), silent].map(Arc::new).to_vec();
        let caller = authenticated(client(&["spkey-o", "spkey-i"], None));
        let asked = |scope| MediatorToken { scope: Scope::parse(scope).unwrap() }.decide(&caller, &facts, &env());
        assert_eq!(asked("").unwrap().issued().answer.scope.to_string(), "orders");
        assert_eq!(asked("invoices").unwrap_err().code, ErrorCode::UnauthorizedClient);
    }

    #[test]
    fn a_name_that_the_client_may_not_ask_for_gives_no_token() {
        assert_eq!(decided("travel", None), Err(ErrorCode::InvalidScope));
        assert_eq!(decided("orders travel", None), Err(ErrorCode::InvalidScope));
        assert_eq!(decided("orders", Some("read")), Err(ErrorCode::InvalidScope));
    }
}
