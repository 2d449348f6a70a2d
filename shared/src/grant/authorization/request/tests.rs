//! Authorization requests judged, as tables.

use super::*;
use crate::{
    env::testing::{NOW, env},
    grant::{
        FullList, OwnerFacts,
        authorization::{Allowed, Allowing, allow},
        listing::Sibling,
    },
    model::{
        ClientTexts, GrantKey, OwnerAuthorization, Pkce, ScopeDescription, SecretDigest, Session, TokenFormat, User,
        samples::{client, with_scopes},
    },
    protocol::{ApplicationName, Digest, GrantType, ScopeToken, ServiceName, Spkey, Subject},
    store::Change,
};

const CALLBACK: &str = "https://client.example/cb";
const CHALLENGE: &str = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

/// The client of these tests, its only service `orders`.
fn shop() -> Client {
    let grant_types = [GrantType::AuthorizationCode, GrantType::RefreshToken].into();
    Client { grant_types, redirect_uris: vec![CALLBACK.into()], ..client(&["spkey-o"], None) }
}

fn orders() -> ServiceDefinition {
    with_scopes("spkey-o", "orders", &["+read", "write"])
}

fn facts(client: Client, service: ServiceDefinition) -> RequestFacts {
    let client = Some(Arc::new(Stored { value: client, revision: 1 }));
    RequestFacts { client, services: vec![Arc::new(service)], pushed: None }
}

fn query(more: &str) -> String {
    format!("client_id=s6BhdRkqt3&response_type=code&{CHALLENGE}{more}")
}

fn judged(query: &str, facts: RequestFacts) -> Result<Asked, Box<Refused>> {
    ask(&Parameters::parse(query).unwrap(), facts, NOW)
}

/// The error, and whether the client hears of it.
fn refused(query: &str, facts: RequestFacts) -> (ErrorCode, bool) {
    let refused = judged(query, facts).unwrap_err();
    (refused.error.code, refused.destination.is_some())
}

fn asked(more: &str, client: Client, service: ServiceDefinition) -> Asked {
    judged(&query(more), facts(client, service)).unwrap_or_else(|refused| panic!("{refused:?}"))
}

fn user() -> User {
    User {
        username: Subject::parse("alice").unwrap(),
        enabled: true,
        password: SecretDigest::of_generated(&Secret::new("wonderland".into())),
        name: None,
        email: None,
        roles: vec![],
        revocation_due: false,
        times_disabled: 0,
    }
}

/// Alice, who has agreed to a scope.
fn owner(agreed: Option<&str>) -> Owner {
    let authorization = agreed.map(|scope| OwnerAuthorization {
        client_id: shop().client_id,
        owner: user().username,
        consents: [(orders().spkey, Scope::parse(scope).unwrap())].into(),
        epoch: 3,
        since: Some(NOW),
        grants: [].into(),
        attempt: "seen".into(),
    });
    let user = Some(Stored { value: user(), revision: 1 });
    let facts = OwnerFacts { authorization, full: FullList::default(), indexed: true, user };
    Owner { session: Session::of(&self::user(), NOW), facts, siblings: Vec::new() }
}

/// The changes and the answer of a request that is allowed.
fn allowed(asked: &Asked, owner: &Owner, consents: bool) -> (Vec<Change>, Allowed) {
    match allow(asked, owner, consents, &env()) {
        Allowing::Grant { changes, allowed, .. } => (changes, allowed),
        index => panic!("{index:?}"),
    }
}

#[test]
fn a2_a25_without_a_client_to_trust_nothing_is_redirected() {
    let none = || RequestFacts { client: None, services: vec![], pushed: None };
    for bad in [
        "",
        "client_id=",
        "client_id=nobody",
        "client_id=a&client_id=b",
        "client_id=nobody&redirect_uri=https://evil.example",
    ] {
        assert!(!refused(bad, none()).1, "{bad}");
    }
    for off in [Client { enabled: false, ..shop() }, Client { application_enabled: false, ..shop() }] {
        assert_eq!(refused(&query(""), facts(off, orders())), (ErrorCode::UnknownClient, false));
    }
    let elsewhere = query("&redirect_uri=https://evil.example/");
    assert_eq!(refused(&elsewhere, facts(shop(), orders())), (ErrorCode::InvalidRedirectUri, false));
}

#[test]
fn a3_what_is_wrong_besides_is_told_to_the_client() {
    for (query, code) in [
        ("client_id=s6BhdRkqt3".to_owned(), ErrorCode::InvalidRequest),
        ("client_id=s6BhdRkqt3&response_type=bad".to_owned(), ErrorCode::UnsupportedResponseType),
        (query("&scope=a&scope=b"), ErrorCode::InvalidRequest),
        (query("&state=a&state=b"), ErrorCode::InvalidRequest),
        (query("&scope=unknown"), ErrorCode::InvalidScope),
        (query("&scope=%22"), ErrorCode::InvalidScope),
        (query("&resource=https://elsewhere.example"), ErrorCode::InvalidTarget),
        (query("&request=e30.e30."), ErrorCode::RequestNotSupported),
    ] {
        assert_eq!(refused(&query, facts(shop(), orders())), (code, true), "{query}");
    }
    let not_allowed = Client { grant_types: [GrantType::ClientCredentials].into(), ..shop() };
    assert_eq!(refused(&query(""), facts(not_allowed, orders())), (ErrorCode::UnauthorizedClient, true));
    let mut without = orders();
    without.oauth.grant_types = [GrantType::ClientCredentials].into();
    assert_eq!(refused(&query(""), facts(shop(), without)), (ErrorCode::UnauthorizedClient, true));
}

#[test]
fn a9_who_may_do_without_a_challenge() {
    let plain = "client_id=s6BhdRkqt3&response_type=code";
    let outcome = |pkce, auth_method| {
        let mut service = orders();
        service.oauth.pkce = pkce;
        judged(plain, facts(Client { auth_method, ..shop() }, service)).map(drop).map_err(|refused| refused.error)
    };
    assert!(outcome(Pkce::PublicOnly, AuthMethod::ClientSecret).is_ok());
    for (pkce, method) in [
        (Pkce::Required, AuthMethod::ClientSecret),
        (Pkce::Required, AuthMethod::None),
        (Pkce::PublicOnly, AuthMethod::None),
    ] {
        let error = outcome(pkce, method).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidRequest);
        assert!(!error.description.contains("pkce:"), "the caller is not told of switches: {}", error.description);
    }
    let reason = outcome(Pkce::Required, AuthMethod::ClientSecret).unwrap_err().reason.unwrap();
    assert!(reason.contains("public_only"), "{reason}");
}

#[test]
fn a19_a_token_in_the_redirect_is_off_until_client_and_service_both_have_it() {
    let token = "client_id=s6BhdRkqt3&response_type=token";
    let implicit = [GrantType::Implicit];
    let client = |on: bool| if on { Client { grant_types: implicit.into(), ..shop() } } else { shop() };
    let service = |on: bool| {
        let mut service = orders();
        if on {
            service.oauth.grant_types.insert(GrantType::Implicit);
        }
        service
    };
    assert!(judged(token, facts(client(true), service(true))).is_ok());
    for (by_client, by_service) in [(false, false), (true, false), (false, true)] {
        let refused = judged(token, facts(client(by_client), service(by_service))).unwrap_err();
        assert_eq!(refused.error.code, ErrorCode::UnauthorizedClient);
        assert!(refused.error.reason.unwrap().contains("does not list implicit: it is off until"));
    }
    let homeless = Client { redirect_uris: vec![], ..client(true) };
    assert_eq!(refused(token, facts(homeless, service(true))), (ErrorCode::InvalidRequest, true));
}

#[test]
fn a22_a_pushed_request_is_its_clients_alone_in_time_and_until_it_is_denied() {
    let uri = SelfLocating::RequestUri.mint(&[7; 16], &env());
    let pushed = |change: &dyn Fn(&mut PushedRequest)| {
        let parameters = Parameters::parse(&query("&state=x")).unwrap().into_pairs();
        let mut value = PushedRequest {
            id: GrantKey::of_id(&[7; 16]),
            digest: uri.digest(),
            client_id: shop().client_id,
            pushed: parameters,
            expires_at: NOW.plus(600),
            revoked_at: None,
        };
        change(&mut value);
        RequestFacts { pushed: Some(Seen { value, attempt: "a".into() }), ..facts(shop(), orders()) }
    };
    let by_uri = Parameters::parse(&format!("client_id=s6BhdRkqt3&scope=write&request_uri={}", uri.expose())).unwrap();
    let outcome = |facts, now| ask(&by_uri, facts, now);
    let asked = outcome(pushed(&|_| {}), NOW).unwrap();
    assert_eq!(asked.scope().to_string(), "read", "what stands beside request_uri does not count");
    assert!(outcome(pushed(&|_| {}), NOW.plus(599)).is_ok());
    let changes: [&dyn Fn(&mut PushedRequest); 3] = [
        &|request| request.client_id = ClientId::parse("other").unwrap(),
        &|request| request.digest = Digest::of(b"other"),
        &|request| request.revoked_at = Some(NOW),
    ];
    for change in changes {
        let refused = outcome(pushed(change), NOW).unwrap_err();
        assert_eq!((refused.error.code, refused.destination), (ErrorCode::InvalidRequestUri, None));
    }
    let late = outcome(pushed(&|_| {}), NOW.plus(600)).unwrap_err();
    assert_eq!(late.error.code, ErrorCode::InvalidRequestUri);
    let gone = outcome(facts(shop(), orders()), NOW).unwrap_err();
    assert_eq!(gone.error.code, ErrorCode::InvalidRequestUri);
}

#[test]
fn each_page_is_shown_once_and_only_where_it_is_needed() {
    let step = |more: &str, agreed: Option<&str>| {
        asked(more, shop(), orders()).next(Some(&owner(agreed)), NOW).map_err(|error| error.code)
    };
    assert_eq!(asked("", shop(), orders()).next(None, NOW).unwrap(), Step::LogIn);
    assert_eq!(step("", None), Ok(Step::Consent));
    assert_eq!(step("", Some("read write")), Ok(Step::None));
    assert_eq!(step("&scope=read+write", Some("read")), Ok(Step::Consent));
    assert_eq!(step("&prompt=login", Some("read")), Ok(Step::LogIn));
    assert_eq!(step("&prompt=consent", Some("read")), Ok(Step::Consent));
    assert_eq!(step("&prompt=none", Some("read")), Ok(Step::None));
    assert_eq!(step("&prompt=none", None), Err(ErrorCode::ConsentRequired));
    let nobody = asked("&prompt=none", shop(), orders()).next(None, NOW);
    assert_eq!(nobody.unwrap_err().code, ErrorCode::LoginRequired);
    let mut skipping = orders();
    skipping.oauth.skip_consent = true;
    assert_eq!(asked("", shop(), skipping).next(Some(&owner(None)), NOW).unwrap(), Step::None);
}

#[test]
fn no_program_gets_in_unseen_by_the_name_of_a_client_that_proves_nothing() {
    let step = |uri: &str, auth_method, skip_consent, more: &str| {
        let redirect_uris = if uri.is_empty() { vec![] } else { vec![uri.to_owned()] };
        let client = Client { auth_method, redirect_uris, ..shop() };
        let mut service = orders();
        service.oauth.skip_consent = skip_consent;
        let agreed = (!skip_consent).then_some("read");
        asked(more, client, service).next(Some(&owner(agreed)), NOW).map_err(|error| error.code)
    };
    for skip_consent in [false, true] {
        for uri in ["http://127.0.0.1/cb", "https://localhost/cb", "com.example.app:/cb", ""] {
            assert_eq!(step(uri, AuthMethod::None, skip_consent, ""), Ok(Step::Consent), "{uri}");
            assert_eq!(step(uri, AuthMethod::None, skip_consent, "&prompt=none"), Err(ErrorCode::ConsentRequired));
            assert_eq!(step(uri, AuthMethod::ClientSecret, skip_consent, ""), Ok(Step::None), "{uri}");
        }
        assert_eq!(step(CALLBACK, AuthMethod::None, skip_consent, ""), Ok(Step::None));
    }
}

#[test]
fn a_token_in_the_redirect_needs_no_secret_so_that_only_a_web_address_gets_one_unasked() {
    let step = |uri: &str| {
        let grant_types = [GrantType::Implicit].into();
        let client = Client { grant_types, redirect_uris: vec![uri.into()], ..shop() };
        let mut service = orders();
        service.oauth.grant_types.insert(GrantType::Implicit);
        let asked = judged("client_id=s6BhdRkqt3&response_type=token", facts(client, service)).unwrap();
        asked.next(Some(&owner(Some("read"))), NOW).unwrap()
    };
    assert_eq!((step(CALLBACK), step("http://127.0.0.1/cb")), (Step::None, Step::Consent));
}

#[test]
fn what_is_shown_names_application_service_scopes_and_what_they_mean_and_the_way_back() {
    let shown = |more: &str, client, service| asked(more, client, service).shown();
    let before = shown("", shop(), orders());
    assert_eq!(shown("&state=x&scope=read", shop(), orders()), before);
    let renamed = ServiceDefinition { name: ServiceName::parse("payments").unwrap(), ..orders() };
    let mut described = orders();
    let (read, meant) = (ScopeToken::parse("read").unwrap(), ScopeDescription::parse("See them").unwrap());
    described.oauth.scope_descriptions = [(&read, &meant)].into_iter().collect();
    let other = Client { application: ApplicationName::parse("Other").unwrap(), ..shop() };
    let texts = ClientTexts { name: "Other".parse().ok(), ..ClientTexts::default() };
    let (named, texts) = (
        Client { texts, ..shop() },
        ClientTexts { policy: "https://a.example/".parse().ok(), ..ClientTexts::default() },
    );
    let careful = Client { texts, ..shop() };
    let moved = Client { redirect_uris: vec!["https://other.example/cb".into()], ..shop() };
    for (more, client, service) in [
        ("&scope=write", shop(), orders()),
        ("", shop(), renamed),
        ("", shop(), described),
        ("", other, orders()),
        ("", named, orders()),
        ("", careful, orders()),
        ("", moved, orders()),
    ] {
        assert_ne!(shown(more, client, service), before);
    }
}

#[test]
fn a_session_speaks_for_a_user_who_is_still_the_same() {
    let step = |owner: &Owner| asked("", shop(), orders()).next(Some(owner), NOW).unwrap();
    assert_eq!(step(&owner(Some("read"))), Step::None);
    let other = SecretDigest::of_generated(&Secret::new("another".into()));
    for ended in [None, Some(User { enabled: false, ..user() }), Some(User { password: other, ..user() })] {
        let mut owner = owner(Some("read"));
        owner.facts.user = ended.map(|value| Stored { value, revision: 2 });
        assert_eq!(step(&owner), Step::LogIn);
    }
}

#[test]
fn only_new_scopes_are_asked_and_all_of_them_are_remembered() {
    let owner = owner(Some("read"));
    let asked = asked("&scope=write+read", shop(), orders());
    let [question] = &owner.questions(&asked)[..] else { panic!("one service") };
    assert_eq!((question.new.to_string().as_str(), question.agreed.to_string().as_str()), ("write", "read"));
    let narrow = self::asked("&scope=write", shop(), orders());
    let (changes, _) = allowed(&narrow, &owner, true);
    let [Change::List { listing, .. }, Change::Issue { grant, .. }] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(listing.consents[&orders().spkey].to_string(), "read write");
    assert_eq!((listing.epoch, grant.scope.to_string().as_str()), (Some(3), "write"));
}

#[test]
fn a_code_is_bound_to_what_the_request_named() {
    let code = |more: &str| {
        let (changes, answer) = allowed(&asked(more, shop(), orders()), &owner(Some("read")), false);
        let Allowed::Code(text) = answer else { panic!("{answer:?}") };
        let Some(Change::Issue { grant, .. }) = changes.last() else { panic!("{changes:?}") };
        assert_eq!(SelfLocating::AuthorizationCode.key_of(&text), Some(grant.id.clone()));
        let code = grant.code.clone().unwrap();
        assert!(code.digest == text.digest() && code.code_challenge.is_some() && grant.access_tokens.is_empty());
        assert_eq!(code.expires_at, NOW.plus(60));
        code.redirect_uri
    };
    assert_eq!(code(""), None);
    assert_eq!(code(&format!("&redirect_uri={CALLBACK}")), Some(Digest::of(CALLBACK.as_bytes())));
}

#[test]
fn a18_a_token_in_the_redirect_comes_without_a_refresh_token_whatever_its_format() {
    for format in [TokenFormat::Opaque, TokenFormat::Alnum54] {
        let client = Client { grant_types: [GrantType::Implicit, GrantType::RefreshToken].into(), ..shop() };
        let mut service = orders();
        service.oauth.grant_types.insert(GrantType::Implicit);
        service.oauth.access_token.format = format;
        let token = "client_id=s6BhdRkqt3&response_type=token&state=x";
        let asked = judged(token, self::facts(client, service)).unwrap();
        let (changes, answer) = allowed(&asked, &owner(Some("read")), false);
        let Some(Change::Issue { grant, .. }) = changes.last() else { panic!("{changes:?}") };
        assert_eq!((grant.refresh_tokens.clone(), grant.code.clone()), (None, None));
        assert_eq!(grant.listed_until, Some(NOW.plus(3600)));
        let has_pointer = changes.iter().any(|change| matches!(change, Change::Point { .. }));
        assert_eq!(has_pointer, format != TokenFormat::Opaque);
        let issuer = crate::model::HttpUri::parse("https://id.example").unwrap();
        let location = asked.redirect(&answer, &issuer).unwrap();
        let (_, fragment) = location.split_once('#').unwrap();
        let names: Vec<_> = form_urlencoded::parse(fragment.as_bytes()).map(|(name, _)| name.into_owned()).collect();
        assert_eq!(names, ["access_token", "token_type", "expires_in", "scope", "state", "iss"]);
    }
}

#[test]
fn a_pushed_request_becomes_the_grant_over_exactly_what_was_read() {
    let uri = SelfLocating::RequestUri.mint(&[7; 16], &env());
    let value = PushedRequest {
        id: GrantKey::of_id(&[7; 16]),
        digest: uri.digest(),
        client_id: shop().client_id,
        pushed: Parameters::parse(&query("")).unwrap().into_pairs(),
        expires_at: NOW.plus(600),
        revoked_at: None,
    };
    let facts = RequestFacts { pushed: Some(Seen { value, attempt: "read".into() }), ..facts(shop(), orders()) };
    let asked = judged(&format!("client_id=s6BhdRkqt3&request_uri={}", uri.expose()), facts).unwrap();
    let (changes, _) = allowed(&asked, &owner(Some("read")), false);
    let Some(Change::Advance { grant, over, .. }) = changes.last() else { panic!("{changes:?}") };
    assert_eq!((grant.id.clone(), over.as_str()), (GrantKey::of_id(&[7; 16]), "read"));
}

#[test]
fn a_pushed_request_wants_a_login_that_is_not_older_than_itself() {
    let uri = SelfLocating::RequestUri.mint(&[7; 16], &env());
    let value = PushedRequest {
        id: GrantKey::of_id(&[7; 16]),
        digest: uri.digest(),
        client_id: shop().client_id,
        pushed: Parameters::parse(&query("&prompt=login")).unwrap().into_pairs(),
        expires_at: NOW.plus(PushedRequest::LIFETIME),
        revoked_at: None,
    };
    let facts = RequestFacts { pushed: Some(Seen { value, attempt: "read".into() }), ..facts(shop(), orders()) };
    let asked = judged(&format!("client_id=s6BhdRkqt3&request_uri={}", uri.expose()), facts).unwrap();
    let step = |authenticated_at| {
        let mut owner = owner(Some("read"));
        owner.session.authenticated_at = authenticated_at;
        asked.next(Some(&owner), NOW.plus(30)).unwrap()
    };
    let before = Timestamp::from_secs(NOW.as_secs() - 1);
    assert_eq!([before, NOW, NOW.plus(20)].map(step), [Step::LogIn, Step::None, Step::None]);
}

#[test]
fn an_owner_who_never_let_the_client_in_is_indexed_first() {
    let mut owner = owner(None);
    owner.facts.indexed = false;
    let verdict = allow(&asked("", shop(), orders()), &owner, true, &env());
    assert!(matches!(verdict, Allowing::Index(_)), "{verdict:?}");
}

#[test]
fn one_token_at_a_time_ends_the_others_of_the_service() {
    let token = "client_id=s6BhdRkqt3&response_type=token";
    let ended = |multiple: bool| {
        let mut service = orders();
        service.oauth.grant_types.insert(GrantType::Implicit);
        service.oauth.allow_multiple_tokens = multiple;
        let client = Client { grant_types: [GrantType::Implicit].into(), ..shop() };
        let asked = judged(token, facts(client, service)).unwrap();
        let before = |id: u8, spkey: &str| {
            let services = Some(vec![Spkey::parse(spkey).unwrap()]);
            Sibling { id: GrantKey::of_id(&[id; 16]), since: NOW, services, is_revoked: false }
        };
        let siblings = vec![before(1, "spkey-o"), before(2, "spkey-i")];
        let (changes, _) = allowed(&asked, &Owner { siblings, ..owner(Some("read")) }, false);
        let revoked = changes.into_iter().filter_map(|change| match change {
            Change::Revoke { id, .. } => Some(id),
            _ => None,
        });
        revoked.collect::<Vec<_>>()
    };
    assert_eq!(ended(false), [GrantKey::of_id(&[1; 16])]);
    assert_eq!(ended(true), []);
}
