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
    /// Grant types that some client may use at some service.
    pub grant_types: BTreeSet<GrantType>,
    /// How clients prove who they are.
    pub auth_methods: BTreeSet<AuthMethod>,
    /// The scopes of all services.
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
        let scopes = services.iter().flat_map(|service| &service.oauth.scopes).map(|scope| scope.name.clone());
        let (mut grant_types, mut auth_methods) = (BTreeSet::new(), BTreeSet::new());
        for client in clients.into_iter().filter(|client| client.is_enabled()) {
            let used = services.iter().filter(|service| client.services.contains(&service.spkey));
            grant_types.extend(used.flat_map(|service| client.grant_types.intersection(&service.oauth.grant_types)));
            auth_methods.insert(client.auth_method);
        }
        Self { grant_types, auth_methods, scopes: scopes.collect(), branding }
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
    use crate::model::samples::{client, with_scopes};

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
        assert_eq!(of(&shop, &a).scopes.iter().map(ScopeToken::as_str).collect::<Vec<_>>(), ["read", "write"]);
        let off = ServiceDefinition { enabled: false, ..a.clone() };
        assert_eq!(names(&of(&shop, &off)), [""; 0]);
        let off = Client { application_enabled: false, ..shop };
        assert!(of(&off, &a).auth_methods.is_empty() && names(&of(&off, &a)).is_empty());
    }
}
