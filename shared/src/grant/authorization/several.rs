//! Authorization requests for several services, as tables.

use std::{collections::BTreeMap, sync::Arc};

use super::{Allowed, Allowing, Asked, Owner, RequestFacts, Step, allow, ask};
use crate::{
    env::testing::{NOW, env},
    grant::{
        FullList, OwnerFacts,
        listing::Sibling,
        testing::{at, orders, shop},
    },
    model::{
        Client, Grant, GrantKey, OwnerAuthorization, Pkce, PushedRequest, SecretDigest, SelfLocating,
        ServiceDefinition, Session, User, samples::with_scopes,
    },
    protocol::{ErrorCode, GrantType, OAuthError, Parameters, Scope, Secret, ServiceName, Spkey, Subject},
    store::{Change, Seen, Stored},
};

const CODE: &str =
    "response_type=code&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
const TOKEN: &str = "response_type=token";

type Both = [ServiceDefinition; 2];

/// `orders` and `invoices`, changed by a test. Both declare `read`.
fn both(change: impl FnOnce(&mut Both)) -> Both {
    let mut both = [orders(), with_scopes("spkey-i", "invoices", &["read", "pay"])];
    change(&mut both);
    both
}

fn unchanged() -> Both {
    both(|_| {})
}

fn gives_tokens_at_once(service: &mut ServiceDefinition) {
    service.oauth.grant_types.insert(GrantType::Implicit);
}

fn spkey(text: &str) -> Spkey {
    Spkey::parse(text).unwrap()
}

/// The client of both, whose only redirect URI is the web's.
fn client() -> Client {
    Client {
        services: vec![spkey("spkey-o"), spkey("spkey-i")],
        grant_types: [GrantType::AuthorizationCode, GrantType::Implicit].into(),
        ..shop()
    }
}

fn parameters(more: &str) -> Parameters {
    Parameters::parse(&format!("client_id={}&{more}", client().client_id)).unwrap()
}

fn judged(parameters: &Parameters, services: Both) -> Result<Asked, OAuthError> {
    let client = Some(Arc::new(Stored { value: client(), revision: 1 }));
    let facts = RequestFacts { client, services: services.map(Arc::new).into(), pushed: None };
    ask(parameters, facts, NOW).map_err(|refused| refused.error)
}

/// A request as Axway's path takes it.
fn asked(more: &str, services: Both) -> Asked {
    judged(&parameters(more).for_several_services().unwrap(), services).unwrap()
}

fn names(asked: &Asked) -> String {
    asked.services().map(|service| service.name.as_str()).collect::<Vec<_>>().join(" ")
}

/// Alice, who has agreed to these scopes by spkey.
fn owner(agreed: &[(&str, &str)]) -> Owner {
    let user = User {
        username: Subject::parse("alice").unwrap(),
        enabled: true,
        password: SecretDigest::of_generated(&Secret::new("wonderland".into())),
        name: None,
        email: None,
        roles: vec![],
        revocation_due: false,
        times_disabled: 0,
    };
    let authorization = OwnerAuthorization {
        client_id: client().client_id,
        owner: user.username.clone(),
        consents: agreed.iter().map(|(service, scope)| (spkey(service), Scope::parse(scope).unwrap())).collect(),
        epoch: 3,
        since: Some(NOW),
        grants: [].into(),
        attempt: "seen".into(),
    };
    let session = Session::of(&user, NOW);
    let user = Some(Stored { value: user, revision: 1 });
    let facts = OwnerFacts { authorization: Some(authorization), full: FullList::default(), indexed: true, user };
    Owner { session, facts, siblings: Vec::new() }
}

fn changes(asked: &Asked, owner: &Owner, consents: bool) -> (Vec<Change>, Allowed) {
    match allow(asked, owner, consents, &env()) {
        Allowing::Grant { changes, allowed, .. } => (changes, allowed),
        index => panic!("{index:?}"),
    }
}

/// The consents that one list takes up with a grant, and the grant.
#[track_caller]
fn listed(changes: Vec<Change>) -> (BTreeMap<Spkey, Scope>, Grant) {
    match <[Change; 2]>::try_from(changes).unwrap() {
        [Change::List { listing, .. }, Change::Issue { grant, .. }] => (listing.consents, grant),
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_where_a_request_may_be_for_several_do_scopes_of_two_services_name_both() {
    for (scope, services) in
        [("write+pay", "orders invoices"), ("read", "orders invoices"), ("pay", "invoices"), ("", "orders invoices")]
    {
        let plain = parameters(&format!("{CODE}&scope={scope}"));
        assert_eq!(names(&judged(&plain.clone().for_several_services().unwrap(), unchanged()).unwrap()), services);
        let one = judged(&plain.for_several_services().unwrap().for_one_service(), unchanged());
        assert_eq!(one.is_ok(), scope == "pay", "{scope}");
        assert!(one.is_ok() || one.unwrap_err().code == ErrorCode::InvalidTarget);
    }
    let named = "&resource=urn:tollgate:service:spkey-i";
    assert_eq!(names(&asked(&format!("{CODE}{named}"), unchanged())), "invoices");
    let two = parameters(&format!("{CODE}{named}&resource=urn:tollgate:service:spkey-o"));
    assert_eq!(judged(&two.for_several_services().unwrap(), unchanged()).unwrap_err().code, ErrorCode::InvalidTarget);
}

#[test]
fn a_pushed_request_is_for_one_service_wherever_it_is_presented() {
    let uri = SelfLocating::RequestUri.mint(&[7; 16], &env());
    let outcome = |scope: &str| {
        let pushed = PushedRequest {
            id: GrantKey::of_id(&[7; 16]),
            digest: uri.digest(),
            client_id: client().client_id,
            pushed: parameters(&format!("{CODE}&scope={scope}")).into_pairs(),
            expires_at: at(600),
            revoked_at: None,
        };
        let facts = RequestFacts {
            client: Some(Arc::new(Stored { value: client(), revision: 1 })),
            services: unchanged().map(Arc::new).into(),
            pushed: Some(Seen { value: pushed, attempt: "a".into() }),
        };
        let presented = parameters(&format!("request_uri={}", uri.expose())).for_several_services().unwrap();
        ask(&presented, facts, NOW).map(|asked| names(&asked)).map_err(|refused| refused.error.code)
    };
    assert_eq!((outcome("pay"), outcome("write+pay")), (Ok("invoices".into()), Err(ErrorCode::InvalidTarget)));
}

#[test]
fn every_service_has_to_give_tokens_this_way() {
    let refused = |response_type: &str, scope: &str, services| {
        let parameters = parameters(&format!("{response_type}&scope={scope}")).for_several_services().unwrap();
        judged(&parameters, services).map(|asked| names(&asked)).map_err(|error| (error.code, error.reason.unwrap()))
    };
    let one_implicit = || both(|[one, _]| gives_tokens_at_once(one));
    let (code, reason) = refused(TOKEN, "write+pay", one_implicit()).unwrap_err();
    assert_eq!(code, ErrorCode::UnauthorizedClient);
    assert!(reason.starts_with("grant_types of the service invoices does not list implicit: it is off"), "{reason}");
    assert_eq!(refused(TOKEN, "write", one_implicit()), Ok("orders".into()));
    assert_eq!(refused(TOKEN, "", unchanged()).unwrap_err().0, ErrorCode::UnauthorizedClient);
    let all = both(|both| both.iter_mut().for_each(gives_tokens_at_once));
    assert_eq!(refused(TOKEN, "write+pay", all), Ok("orders invoices".into()));
    assert_eq!(refused(CODE, "write+pay+other", unchanged()).unwrap_err().0, ErrorCode::InvalidScope);
}

#[test]
fn one_service_that_has_all_clients_use_pkce_has_this_request_use_it() {
    let plain = |services| {
        let parameters = parameters("response_type=code&scope=write+pay").for_several_services().unwrap();
        judged(&parameters, services).map(drop).map_err(|error| error.reason.unwrap())
    };
    let loose = |both: &mut Both| both.iter_mut().for_each(|service| service.oauth.pkce = Pkce::PublicOnly);
    assert_eq!(plain(both(loose)), Ok(()));
    let reason = plain(both(|[one, _]| one.oauth.pkce = Pkce::PublicOnly)).unwrap_err();
    assert!(reason.contains("the service invoices has pkce: required"), "{reason}");
}

#[test]
fn people_are_asked_until_they_have_agreed_for_every_service() {
    let step = |services, agreed: &[(&str, &str)]| {
        asked(&format!("{CODE}&scope=write+read+pay"), services).next(Some(&owner(agreed)), NOW).unwrap()
    };
    let (orders, invoices) = (("spkey-o", "read write"), ("spkey-i", "read pay"));
    assert_eq!(step(unchanged(), &[orders, invoices]), Step::None);
    for agreed in [&[][..], &[orders], &[invoices], &[orders, ("spkey-i", "pay")], &[("spkey-o", "read write pay")]] {
        assert_eq!(step(unchanged(), agreed), Step::Consent, "{agreed:?}");
    }
    let skips = |one, other| both(|both| (both[0].oauth.skip_consent, both[1].oauth.skip_consent) = (one, other));
    assert_eq!([step(skips(true, true), &[]), step(skips(true, false), &[invoices])], [Step::None, Step::Consent]);
    assert_eq!(step(skips(true, false), &[orders, invoices]), Step::None);
}

#[test]
fn each_service_asks_for_what_is_new_there_and_one_list_remembers_all() {
    let owner = owner(&[("spkey-o", "read admin")]);
    let asked = asked(&format!("{CODE}&scope=write+read+pay"), unchanged());
    let questions = owner.questions(&asked);
    let told = questions.iter().map(|it| (it.service.name.as_str(), it.new.to_string(), it.agreed.to_string()));
    let expected = [("orders", "write", "read"), ("invoices", "read pay", "")];
    assert!(told.eq(expected.map(|(name, new, agreed)| (name, new.to_owned(), agreed.to_owned()))), "{questions:?}");
    let (consents, grant) = listed(changes(&asked, &owner, true).0);
    let remembered = consents.iter().map(|(spkey, scope)| (spkey.as_str(), scope.to_string()));
    let expected = [("spkey-i", "read pay"), ("spkey-o", "read admin write")];
    assert!(remembered.eq(expected.map(|(spkey, scope)| (spkey, scope.to_owned()))), "{consents:?}");
    assert_eq!(grant.services, client().services);
    assert_eq!(grant.scope.to_string(), "write read pay");
    let (unasked, _) = listed(changes(&asked, &owner, false).0);
    assert!(unasked.is_empty(), "{unasked:?}");
}

#[test]
fn a_yes_counts_for_the_services_and_scopes_that_were_shown() {
    let shown = |more: &str, services| asked(&format!("{CODE}&scope={more}"), services).shown();
    let before = shown("write+pay", unchanged());
    assert_eq!(shown("write+pay", both(|[one, _]| one.oauth.skip_consent = true)), before);
    let rename = |both: &mut Both| both[1].name = ServiceName::parse("payments").unwrap();
    let share = |both: &mut Both| both[1] = with_scopes("spkey-i", "invoices", &["write", "pay"]);
    for other in [shown("write", unchanged()), shown("write+pay", both(rename)), shown("write+pay", both(share))] {
        assert_ne!(other, before);
    }
}

#[test]
fn code_and_token_live_as_long_as_the_shortest_and_look_as_the_first_has_it() {
    let services = |change: fn(&mut Both)| {
        both(|both| {
            both.iter_mut().for_each(gives_tokens_at_once);
            change(both);
        })
    };
    let short = |both: &mut Both| {
        (both[0].oauth.authorization_code_ttl, both[1].oauth.authorization_code_ttl) = (600, 30);
        (both[0].oauth.access_token.ttl, both[1].oauth.access_token.ttl) = (900, 70);
    };
    let (_, grant) = listed(changes(&asked(&format!("{CODE}&scope=write+pay"), services(short)), &owner(&[]), true).0);
    assert_eq!(grant.code.unwrap().expires_at, at(30));
    assert!(grant.listed_until >= Some(at(30 + 70)));
    let (changes, allowed) = changes(&asked(&format!("{TOKEN}&scope=write+pay"), services(short)), &owner(&[]), true);
    let (_, grant) = listed(changes);
    let Allowed::Token(answer) = allowed else { panic!("{allowed:?}") };
    assert_eq!((answer.expires_in, grant.access_tokens[0].expires_at, grant.services.len()), (70, at(70), 2));
    assert!(answer.access_token.expose().starts_with("tga_") && answer.refresh_token.is_none());
}

#[test]
fn a_token_at_once_ends_the_others_of_any_service_that_has_one_at_a_time() {
    let services = both(|both| {
        both.iter_mut().for_each(gives_tokens_at_once);
        both[1].oauth.allow_multiple_tokens = false;
    });
    let before = |id: u8, of: &[&str]| {
        let services = Some(of.iter().map(|text| spkey(text)).collect());
        Sibling { id: GrantKey::of_id(&[id; 16]), since: NOW, services, is_revoked: false }
    };
    let siblings = vec![before(1, &["spkey-o"]), before(2, &["spkey-i"]), before(3, &["spkey-o", "spkey-i"])];
    let owner = Owner { siblings, ..owner(&[]) };
    let (changes, _) = changes(&asked(&format!("{TOKEN}&scope=write+pay"), services), &owner, true);
    let ended = changes.iter().filter_map(|change| match change {
        Change::Revoke { id, .. } => Some(id.clone()),
        _ => None,
    });
    assert!(ended.eq([2, 3].map(|id| GrantKey::of_id(&[id; 16]))), "{changes:?}");
}
