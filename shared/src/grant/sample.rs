//! A token to try a service with, at the operator's word: the client is named and not asked.

use std::sync::Arc;

use super::{
    Issuance, allow_client, allow_service,
    issue::{Target, issue},
    target::may_ask,
};
use crate::{
    client_auth::Caller,
    env::Env,
    model::{Client, ServiceDefinition},
    protocol::{GrantType, OAuthError},
    store::Stored,
};

/// Gives a token of a service with every scope that the client may ask for. It takes the place of no other, also where
/// a client has one token at a time: a sample takes nothing away.
///
/// # Errors
/// [`OAuthError`] when client or service do without client credentials, or for a scope that is too long.
pub fn sample(client: &Stored<Client>, service: &ServiceDefinition, env: &Env<'_>) -> Result<Issuance, OAuthError> {
    let caller = Caller::Public(Arc::new(client.clone()));
    allow_client(&caller, GrantType::ClientCredentials)?;
    allow_service(service, GrantType::ClientCredentials)?;
    let declared = service.oauth.scopes.iter().map(|scope| &scope.name);
    let scope = declared.filter(|scope| may_ask(caller.client(), service, scope)).cloned().collect();
    let mut beside_others = service.clone();
    beside_others.oauth.allow_multiple_tokens = true;
    let target = Target { first: Arc::new(beside_others), others: Vec::new(), scope };
    issue(&caller, GrantType::ClientCredentials, &target, env)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        env::testing::env,
        model::samples::{client, with_scopes},
        protocol::ErrorCode,
        store::Change,
    };

    fn stored(client: Client) -> Stored<Client> {
        Stored { value: client, revision: 1 }
    }

    #[test]
    fn a_sample_has_every_scope_that_its_client_may_ask_for() {
        let service = with_scopes("spkey-o", "orders", &["read", "+write", "admin"]);
        let scope = |allowed| {
            let verdict = sample(&stored(client(&["spkey-o"], allowed)), &service, &env()).unwrap();
            verdict.answer.scope.to_string()
        };
        assert_eq!(scope(None), "read write admin");
        assert_eq!(scope(Some("read admin")), "read admin");
    }

    #[test]
    fn a_sample_takes_the_place_of_no_other_token() {
        let mut service = with_scopes("spkey-o", "orders", &[]);
        service.oauth.allow_multiple_tokens = false;
        let verdict = sample(&stored(client(&["spkey-o"], None)), &service, &env()).unwrap();
        assert!(matches!(verdict.changes.as_slice(), [Change::Issue { .. }]), "{:?}", verdict.changes);
    }

    #[test]
    fn where_client_credentials_count_for_nothing_there_is_no_sample() {
        let (gives, asks) = (with_scopes("spkey-o", "orders", &[]), client(&["spkey-o"], None));
        let (mut silent, mut idle) = (gives.clone(), asks.clone());
        silent.oauth.grant_types.clear();
        idle.grant_types.clear();
        for (client, service) in [(idle, &gives), (asks, &silent)] {
            let error = sample(&stored(client), service, &env()).unwrap_err();
            assert_eq!(error.code, ErrorCode::UnauthorizedClient);
        }
    }
}
