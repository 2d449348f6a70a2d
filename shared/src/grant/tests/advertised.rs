//! What the metadata advertises, tried with the decisions themselves: of any configuration, just what works.

use std::{collections::BTreeSet, sync::Arc};

use proptest::{collection::vec, prelude::*, sample::subsequence};

use crate::{
    client_auth::{Caller, testing::authenticated},
    env::testing::{NOW, env},
    grant::{
        ClientCredentials, GrantFlow, allow_service,
        authorization::{RequestFacts, ask},
        may_use,
        target::{Breadth, resolve},
        terms::Terms,
        testing::{form, granted},
    },
    model::{
        AuthMethod, Client, RefreshPolicy, ServerDefinition, ServiceDefinition,
        samples::{client, with_scopes},
    },
    protocol::{GrantType, Parameters, Scope, ScopeToken},
    store::Stored,
};

/// What is served, and one grant type that is not.
const GRANT_TYPES: [GrantType; 6] = [
    GrantType::AuthorizationCode,
    GrantType::Implicit,
    GrantType::Password,
    GrantType::ClientCredentials,
    GrantType::RefreshToken,
    GrantType::JwtBearer,
];

const CHALLENGE: &str = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

fn grant_types() -> impl Strategy<Value = BTreeSet<GrantType>> {
    subsequence(GRANT_TYPES.to_vec(), 0..=GRANT_TYPES.len()).prop_map(|grants| grants.into_iter().collect())
}

fn service(at: usize) -> impl Strategy<Value = ServiceDefinition> {
    let policy = prop_oneof![Just(RefreshPolicy::Rotate), Just(RefreshPolicy::Preserve), Just(RefreshPolicy::None)];
    (grant_types(), policy, prop::bool::weighted(0.8)).prop_map(move |(grant_types, policy, enabled)| {
        let (spkey, name) = (format!("spkey-{at}"), format!("service-{at}"));
        let mut service = with_scopes(&spkey, &name, &[&format!("{at}.read"), &format!("{at}.write")]);
        service.oauth.grant_types = grant_types;
        service.oauth.refresh_token.policy = policy;
        ServiceDefinition { enabled, ..service }
    })
}

fn any_client() -> impl Strategy<Value = Client> {
    let used = subsequence(vec!["spkey-0", "spkey-1"], 0..=2);
    let method = prop_oneof![Just(AuthMethod::ClientSecret), Just(AuthMethod::None)];
    let scope = prop_oneof![Just(None), Just(Some("0.read")), Just(Some("1.write 0.read"))];
    let switches = (any::<bool>(), prop::bool::weighted(0.8));
    (used, grant_types(), method, scope, switches).prop_map(
        |(used, grant_types, auth_method, scope, (uri, enabled))| {
            let redirect_uris = if uri { vec!["https://client.example/cb".to_owned()] } else { Vec::new() };
            Client { grant_types, auth_method, redirect_uris, enabled, ..client(&used, scope) }
        },
    )
}

/// Whether a client really gets a token by a grant type, with a scope or, with an empty one, with what is given unasked.
fn gets(client: &Client, services: &[Arc<ServiceDefinition>], grant: GrantType, scope: &str) -> bool {
    let caller = || match client.auth_method {
        AuthMethod::None => Caller::Public(Arc::new(Stored { value: client.clone(), revision: 1 })),
        _ => authenticated(client.clone()),
    };
    let is_asked = |response_type: &str| {
        let query = format!("client_id={}&{response_type}&{CHALLENGE}&scope={scope}", client.client_id);
        let stored = Some(Arc::new(Stored { value: client.clone(), revision: 1 }));
        let facts = RequestFacts { client: stored, services: services.to_vec(), pushed: None };
        ask(&Parameters::parse(&query).unwrap(), facts, NOW).is_ok()
    };
    let words = Scope::parse(scope).unwrap();
    let target = || resolve(client, services, (&[], &words), Breadth::One).ok();
    match grant {
        GrantType::AuthorizationCode => is_asked("response_type=code"),
        GrantType::Implicit => is_asked("response_type=token"),
        GrantType::Password => {
            client.is_enabled()
                && may_use(client, grant).is_ok()
                && target().is_some_and(|target| allow_service(&target.first, grant).is_ok())
        }
        GrantType::ClientCredentials => {
            let asked = ClientCredentials::parse(&mut form(&[("scope", scope)])).unwrap();
            client.is_enabled() && asked.decide(&caller(), &services.to_vec(), &env()).is_ok()
        }
        GrantType::RefreshToken => {
            let first = [GrantType::AuthorizationCode, GrantType::Password];
            let terms = target().map(|target| Terms { id: [7; 16], client, target });
            let has_one = terms.is_some_and(|terms| terms.begin_refreshes(&mut granted().0.value, &env()).is_some());
            has_one && first.into_iter().any(|grant| gets(client, services, grant, scope))
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn m8_of_any_configuration_what_works_is_advertised_and_nothing_else(
        (services, clients) in ((service(0), service(1)), vec(any_client(), 0..4))
    ) {
        let services = [Arc::new(services.0), Arc::new(services.1)];
        let server = ServerDefinition::of(services.iter().map(|it| &**it), &clients, pages::Branding::default());
        let (mut grant_types, mut scopes) = (BTreeSet::new(), BTreeSet::new());
        let is_own = |client: &Client, service: &ServiceDefinition| client.services.contains(&service.spkey);
        let pairs = clients.iter().flat_map(|client| services.iter().map(move |service| (client, service)));
        for (client, service) in pairs.filter(|(client, service)| is_own(client, service)) {
            let gets = |grant: GrantType, scope: &str| gets(client, std::slice::from_ref(service), grant, scope);
            grant_types.extend(GRANT_TYPES.into_iter().filter(|grant| gets(*grant, "")));
            let names = service.oauth.scopes.iter().map(|scope| &scope.name);
            let works = |name: &&ScopeToken| GRANT_TYPES.into_iter().any(|grant| gets(grant, name.as_str()));
            scopes.extend(names.filter(works).cloned());
        }
        prop_assert_eq!((server.grant_types, server.scopes), (grant_types, scopes));
    }
}
