//! What the server serves as a whole: it follows from services and clients, and is kept beside them for those who find
//! the server by its metadata.

use std::collections::BTreeSet;

use pages::Branding;
use serde::{Deserialize, Serialize};

use super::{AuthMethod, Client, ServiceDefinition};
use crate::protocol::{GrantType, ScopeToken};

/// What is switched on in all, and the look of the pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServerDefinition {
    /// Grant types by which some client can get tokens of some service.
    pub grant_types: BTreeSet<GrantType>,
    /// How clients prove who they are.
    pub auth_methods: BTreeSet<AuthMethod>,
    /// Scopes of services that some client can get tokens of, and may ask for.
    pub scopes: BTreeSet<ScopeToken>,
    /// The look of the pages.
    pub branding: Branding,
}

impl ServerDefinition {
    /// What follows from services and clients; those that are switched off do not count.
    pub fn of<'a>(
        services: impl IntoIterator<Item = &'a ServiceDefinition>,
        clients: impl IntoIterator<Item = &'a Client>,
        branding: Branding,
    ) -> Self {
        let services: Vec<_> = services.into_iter().filter(|service| service.enabled).collect();
        let mut server = Self { grant_types: [].into(), auth_methods: [].into(), scopes: [].into(), branding };
        for client in clients.into_iter().filter(|client| client.is_enabled()) {
            server.auth_methods.insert(client.auth_method);
            for service in services.iter().filter(|service| client.services.contains(&service.spkey)) {
                server.add(client, service);
            }
        }
        server
    }

    /// Adds what one client can do at one of its services.
    fn add(&mut self, client: &Client, service: &ServiceDefinition) {
        let works = |grant: &GrantType| client.grant_means().suffice(*grant, &service.oauth);
        let grant_types: Vec<GrantType> = GrantType::ALL.into_iter().filter(works).collect();
        if grant_types.is_empty() {
            return;
        }
        let may_ask =
            |scope: &&ScopeToken| client.scope.as_ref().is_none_or(|allowed| allowed.contains(scope.as_str()));
        self.scopes.extend(service.oauth.scopes.iter().map(|scope| &scope.name).filter(may_ask).cloned());
        self.grant_types.extend(grant_types);
    }

    /// What an earlier version has left nothing about: the grant type that it had.
    pub fn unknown() -> Self {
        Self {
            grant_types: [GrantType::ClientCredentials].into(),
            auth_methods: [AuthMethod::ClientSecret].into(),
            scopes: BTreeSet::new(),
            branding: Branding::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::samples::{client, with_scopes},
        protocol::Scope,
    };

    fn names(server: &ServerDefinition) -> Vec<&'static str> {
        server.grant_types.iter().map(|grant| grant.as_str()).collect()
    }

    #[test]
    fn m8_a_grant_type_is_on_where_a_client_and_its_service_both_have_it() {
        let (mut a, b) = (with_scopes("a", "a", &["read"]), with_scopes("b", "b", &["write"]));
        a.oauth.grant_types.insert(GrantType::Password);
        let mut shop = client(&["b"], None);
        shop.grant_types = [GrantType::Password, GrantType::ClientCredentials].into();
        let of = |shop: &Client, a: &ServiceDefinition| ServerDefinition::of([a, &b], [shop], Branding::default());
        assert_eq!(names(&of(&shop, &a)), ["client_credentials"], "a's password grant is not for a client of b");
        shop.services = vec![a.spkey.clone()];
        assert_eq!(names(&of(&shop, &a)), ["password", "client_credentials"]);
        assert_eq!(of(&shop, &a).scopes.iter().map(ScopeToken::as_str).collect::<Vec<_>>(), ["read"]);
        let narrow = Client { scope: Scope::parse("a").ok(), ..shop.clone() };
        assert!(of(&narrow, &a).scopes.is_empty(), "no client may ask for read");
        let off = ServiceDefinition { enabled: false, ..a.clone() };
        assert_eq!(names(&of(&shop, &off)), [""; 0]);
        let off = Client { application_enabled: false, ..shop };
        assert!(of(&off, &a).auth_methods.is_empty() && names(&of(&off, &a)).is_empty());
    }
}
