//! Authorizations at Axway's path, which may be for several services, and at the RFC's, which are for one.

use tests::{Answer, Tollgate};

use crate::{
    browser::{Browser, Form, members},
    shop::{CHALLENGE, VERIFIER},
};

const SHOP: (&str, &str) = ("shop", "gX1fBat3bV-generated");
const BOTH: &str = "orders.read,invoices.read";

/// A request for a code at Axway's path.
fn axway(more: &str) -> String {
    format!("/api/oauth/authorize?response_type=code&client_id=shop&{CHALLENGE}{more}")
}

/// The same at the RFC's.
fn rfc(more: &str) -> String {
    axway(more).replace("/api/oauth/", "/oauth2/")
}

/// Redeems the code of an answer, at either path of the token endpoint.
async fn redeemed(tollgate: &Tollgate, answer: &Answer, path: &str) -> Answer {
    let code = &members(answer, '?')["code"];
    let form = format!("grant_type=authorization_code&code={code}&code_verifier={VERIFIER}");
    tollgate.call("POST", path).basic(SHOP.0, SHOP.1).form(&form).send().await
}

/// Uses the refresh token of an answer.
async fn refreshed(tollgate: &Tollgate, tokens: &Answer, more: &str) -> Answer {
    tollgate
        .token(SHOP, &format!("grant_type=refresh_token&refresh_token={}{more}", text(tokens, "refresh_token")))
        .await
}

fn text(answer: &Answer, member: &str) -> String {
    answer.json()[member].as_str().unwrap_or_else(|| panic!("{answer:#?}")).to_owned()
}

/// What the token of an answer gets at each service.
async fn statuses(tollgate: &Tollgate, tokens: &Answer) -> [u16; 3] {
    let mut statuses = [0; 3];
    for (path, status) in ["/orders/1", "/invoices/1", "/partner/1"].into_iter().zip(&mut statuses) {
        *status = tollgate.call("GET", path).bearer(&text(tokens, "access_token")).send().await.status;
    }
    statuses
}

async fn introspected(tollgate: &Tollgate, (id, secret): (&str, &str), token: &str) -> Answer {
    tollgate.call("POST", "/oauth2/introspect").basic(id, secret).form(&format!("token={token}")).send().await.is(200)
}

fn error(answer: &Answer) -> String {
    members(answer, '?')["error"].clone()
}

#[tokio::test]
async fn one_consent_for_two_services_gives_tokens_for_both_until_it_is_taken_back() {
    let tollgate = Tollgate::with(FILE).await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let page = browser.visit(&axway(&format!("&scope={BOTH}"))).await.is(200);
    let (orders, invoices) = page.body.split_once("<h2><bdi>invoices</bdi></h2>").expect("each service has its part");
    for named in ["<strong><bdi>orders</bdi></strong>", "<strong><bdi>invoices</bdi></strong>", ">orders.read<"] {
        assert!(orders.contains(named), "{named} is missing: {orders}");
    }
    assert!(invoices.contains(">invoices.read<") && !invoices.contains(">orders.read<"), "{page:#?}");
    let answer = browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(303);
    let told = tollgate.lines.last();
    assert_eq!(told["spkey"], "orders-key invoices-key", "{told}");

    let tokens = redeemed(&tollgate, &answer, "/api/oauth/token").await.is(200);
    let tokens = tokens.says("scope", "orders.read invoices.read").says("expires_in", 600);
    assert_eq!(statuses(&tollgate, &tokens).await, [200, 200, 200], "partner shares what is given for invoices");
    let audience = ["urn:tollgate:service:orders-key", "urn:tollgate:service:invoices-key"];
    for token in ["access_token", "refresh_token"] {
        let whole = introspected(&tollgate, SHOP, &text(&tokens, token)).await.says("active", true);
        assert_eq!(whole.json()["aud"].as_array().map(Vec::len), Some(audience.len()), "{whole:#?}");
    }
    let info = tollgate.call("GET", "/api/oauth/tokeninfo").bearer(&text(&tokens, "access_token")).send().await;
    info.is(200).says("user_id", "alice").says("scope", "orders.read invoices.read");

    let next = refreshed(&tollgate, &tokens, "").await.is(200);

    let account = browser.get("/oauth2/account").await.is(200);
    assert!(account.body.contains(">orders</bdi>") && account.body.contains(">invoices</bdi>"), "{account:#?}");
    browser.submit(&Form::of(&account), &[]).await.is(303);
    for tokens in [&tokens, &next] {
        assert_eq!(statuses(&tollgate, tokens).await, [401, 401, 401]);
    }
    refreshed(&tollgate, &next, "").await.is(400).says("error", "invalid_grant");
    let page = browser.visit(&axway("&scope=invoices.read")).await.is(200);
    assert!(page.body.contains("name=\"decision\""), "{page:#?}");
}

#[tokio::test]
async fn r2_a_refresh_may_ask_for_the_scopes_of_one_service_and_then_for_all_again() {
    let tollgate = Tollgate::with(FILE).await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let answer = browser.agree(&axway(&format!("&scope={BOTH}"))).await.is(303);
    let tokens = redeemed(&tollgate, &answer, "/oauth2/token").await.is(200);
    let narrow = refreshed(&tollgate, &tokens, "&scope=orders.read").await.is(200).says("scope", "orders.read");
    assert_eq!(statuses(&tollgate, &narrow).await, [200, 403, 403]);
    let whole = refreshed(&tollgate, &narrow, "").await.is(200).says("scope", "orders.read invoices.read");
    assert_eq!(statuses(&tollgate, &whole).await, [200, 200, 200]);
    refreshed(&tollgate, &whole, "&scope=loose.read").await.is(400).says("error", "invalid_scope");
    let one = "&resource=urn:tollgate:service:orders-key";
    refreshed(&tollgate, &whole, one).await.is(400).says("error", "invalid_target");
    let both = format!("{one}&resource=urn:tollgate:service:invoices-key");
    refreshed(&tollgate, &whole, &both).await.is(200);
}

#[tokio::test]
async fn m11_at_the_rfcs_endpoints_scopes_of_two_services_are_an_invalid_target() {
    let tollgate = Tollgate::with(FILE).await;
    let mut browser = Browser::of_alice(&tollgate).await;
    for more in ["&scope=orders.read+invoices.read", "&scope=orders.read+invoices.read&services=several", ""] {
        assert_eq!(error(&browser.get(&rfc(more)).await.is(303)), "invalid_target", "{more}");
    }
    let push = async |scope: &str| {
        let form = format!("response_type=code&{CHALLENGE}&services=several&scope={scope}");
        tollgate.call("POST", "/oauth2/par").basic(SHOP.0, SHOP.1).form(&form).send().await
    };
    push("orders.read+invoices.read").await.is(400).says("error", "invalid_target");
    let uri = text(&push("invoices.read").await.is(201), "request_uri");
    let pushed = format!("/api/oauth/authorize?client_id=shop&request_uri={uri}");
    let page = browser.visit(&pushed).await.is(200);
    assert!(page.body.contains("<strong><bdi>invoices</bdi></strong> in your name"), "{page:#?}");
    let answer = browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(303);
    let tokens = redeemed(&tollgate, &answer, "/oauth2/token").await.is(200);
    assert_eq!(statuses(&tollgate, &tokens).await, [401, 200, 200]);
}

#[tokio::test]
async fn what_was_agreed_to_for_one_service_is_not_asked_again_with_another() {
    let tollgate = Tollgate::with(FILE).await;
    let mut browser = Browser::of_alice(&tollgate).await;
    browser.agree(&rfc("&scope=orders.read")).await.is(303);
    let both = axway("&scope=orders.read,orders.write,invoices.read");
    let page = browser.visit(&both).await.is(200);
    let (new, given) = page.body.split_once("Already allowed: 1").expect("what is allowed already is shown apart");
    assert!(
        new.contains(">orders.write<") && new.contains(">invoices.read<") && !new.contains(">orders.read<"),
        "{new}"
    );
    assert!(given.contains(">orders.read<") && !given.contains(">invoices.read<"), "{given}");
    let silent = browser.get(&axway(&format!("&scope={BOTH}&prompt=none"))).await.is(303);
    assert_eq!(error(&silent), "consent_required");
    browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(303);
    for known in [&both, &axway("&scope=orders.write"), &rfc("&scope=invoices.read")] {
        assert!(members(&browser.get(known).await.is(303), '?').contains_key("code"), "{known}");
    }
    let more = browser.visit(&axway("&scope=orders.read,invoices.pay")).await.is(200);
    let (new, given) = more.body.split_once("Already allowed: 1").unwrap();
    assert!(new.contains(">invoices.pay<") && !new.contains("<h2><bdi>orders</bdi></h2>"), "{new}");
    assert!(given.contains(">orders.read<"), "{given}");
}

#[tokio::test]
async fn a_no_is_told_and_remembered_for_no_service() {
    let tollgate = Tollgate::with(FILE).await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let both = axway(&format!("&scope={BOTH}&state=x"));
    let page = browser.visit(&both).await.is(200);
    let denied = browser.submit(&Form::of(&page), &[("decision", "deny")]).await.is(303);
    assert_eq!((error(&denied).as_str(), members(&denied, '?')["state"].as_str()), ("access_denied", "x"));
    for request in [both, rfc("&scope=orders.read"), rfc("&scope=invoices.read")] {
        let page = browser.visit(&request).await.is(200);
        assert!(page.body.contains("name=\"decision\"") && !page.body.contains("Already allowed"), "{page:#?}");
    }
}

#[tokio::test]
async fn a_second_service_that_changes_while_somebody_reads_is_asked_anew() {
    let tollgate = Tollgate::with(FILE).await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let page = browser.visit(&axway("")).await.is(200);
    assert!(!page.body.contains(">invoices.pay<") && page.body.contains(">invoices.read<"), "{page:#?}");
    tollgate.apply(&FILE.replace("{ name: invoices.pay }", "{ name: invoices.pay, default: true }")).await;
    let anew = browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(200);
    assert!(anew.body.contains("This has changed") && anew.body.contains(">invoices.pay<"), "{anew:#?}");
    let answer = browser.submit(&Form::of(&anew), &[("decision", "allow")]).await.is(303);
    let tokens = redeemed(&tollgate, &answer, "/api/oauth/token").await.is(200);
    tokens.says("scope", "orders.read invoices.read invoices.pay");
}

#[tokio::test]
async fn the_way_over_the_login_keeps_to_several_services() {
    let tollgate = Tollgate::with(FILE).await;
    let mut browser = Browser::new(&tollgate);
    let answer = browser.agree(&axway(&format!("&scope={BOTH}&prompt=login"))).await.is(303);
    redeemed(&tollgate, &answer, "/oauth2/token").await.is(200).says("scope", "orders.read invoices.read");
}

#[tokio::test]
async fn the_strictest_settings_count() {
    let tollgate = Tollgate::with(FILE).await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let answer = browser.agree(&axway(&format!("&scope={BOTH}"))).await.is(303);
    tollgate.clock.advance(30);
    redeemed(&tollgate, &answer, "/oauth2/token").await.is(400).says("error", "invalid_grant");

    let plain = |scope: &str| format!("/api/oauth/authorize?response_type=code&client_id=shop&scope={scope}");
    browser.visit(&plain("loose.read")).await.is(200);
    assert_eq!(error(&browser.get(&plain("loose.read,orders.read")).await.is(303)), "invalid_request");
    let line = tollgate.lines.last();
    assert!(line["message"].as_str().unwrap().contains("the service orders has pkce: required"), "{line}");

    let answer = browser.agree(&axway("&scope=loose.read,orders.read")).await.is(303);
    let tokens = redeemed(&tollgate, &answer, "/oauth2/token").await.is(200).says("scope", "loose.read orders.read");
    tokens.lacks("refresh_token");
}

#[tokio::test]
async fn a_token_at_once_for_two_services_needs_both_to_give_such_tokens() {
    let tollgate = Tollgate::with(FILE).await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let token = |scope: &str| format!("/api/oauth/authorize?response_type=token&client_id=page&scope={scope}");
    let answer = browser.agree(&token(BOTH)).await.is(303);
    let told = members(&answer, '#');
    assert_eq!((told["scope"].as_str(), told["expires_in"].as_str()), ("orders.read invoices.read", "600"));
    for path in ["/orders/1", "/invoices/1"] {
        tollgate.call("GET", path).bearer(&told["access_token"]).send().await.is(200);
    }
    let refused = browser.get(&token("orders.read,loose.read")).await.is(303);
    assert_eq!(members(&refused, '#')["error"], "unauthorized_client");
    let line = tollgate.lines.last();
    assert!(line["message"].as_str().unwrap().contains("grant_types of the service loose"), "{line}");
}

#[tokio::test]
async fn where_one_service_has_one_token_at_a_time_a_later_authorization_ends_the_earlier_one() {
    let tollgate = Tollgate::with(&FILE.replace("ttl: 600 }", "ttl: 600 }\n    allow_multiple_tokens: false")).await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let mut tokens = Vec::new();
    for scope in [BOTH, "orders.read", BOTH] {
        let answer = browser.agree(&axway(&format!("&scope={scope}"))).await.is(303);
        tokens.push(redeemed(&tollgate, &answer, "/api/oauth/token").await.is(200));
        tollgate.clock.advance(1);
    }
    let mut seen = Vec::new();
    for tokens in &tokens {
        seen.push(statuses(&tollgate, tokens).await);
    }
    assert_eq!(seen, [[401, 401, 401], [200, 401, 401], [200, 200, 200]]);
}

#[tokio::test]
async fn who_guards_one_of_the_services_sees_the_token_as_its_own_and_a_revocation_ends_it_for_both() {
    let tollgate = Tollgate::with(FILE).await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let answer = browser.agree(&axway(&format!("&scope={BOTH}"))).await.is(303);
    let tokens = redeemed(&tollgate, &answer, "/api/oauth/token").await.is(200);
    let (guard, access) = (("guard", SHOP.1), text(&tokens, "access_token"));
    let seen = introspected(&tollgate, guard, &access).await.says("active", true);
    seen.says("aud", "urn:tollgate:service:invoices-key");
    introspected(&tollgate, guard, &text(&tokens, "refresh_token")).await.says("active", false);
    let form = format!("token={}", text(&tokens, "refresh_token"));
    tollgate.call("POST", "/api/oauth/revoke").basic(SHOP.0, SHOP.1).form(&form).send().await.is(200);
    assert_eq!(statuses(&tollgate, &tokens).await, [401, 401, 401]);
    introspected(&tollgate, guard, &access).await.says("active", false);
}

#[tokio::test]
async fn a_service_that_is_switched_off_ends_the_refreshes_and_leaves_the_other_open() {
    let tollgate = Tollgate::with(FILE).await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let answer = browser.agree(&axway(&format!("&scope={BOTH}"))).await.is(303);
    let tokens = redeemed(&tollgate, &answer, "/api/oauth/token").await.is(200);
    tollgate.apply(&FILE.replace("name: invoices\n", "name: invoices\n    enabled: false\n")).await;
    assert_eq!(statuses(&tollgate, &tokens).await, [200, 401, 401]);
    refreshed(&tollgate, &tokens, "").await.is(400).says("error", "invalid_grant");
    introspected(&tollgate, SHOP, &text(&tokens, "access_token")).await.says("active", true);
    introspected(&tollgate, SHOP, &text(&tokens, "refresh_token")).await.says("active", false);
}

/// `partner` takes the tokens of `invoices`. The tokens of `loose` need no PKCE and are not refreshed.
const FILE: &str = "
services:
  - spkey: orders-key
    name: orders
    base_path: /orders
    backend: BACKEND/orders
    resource: urn:tollgate:service:orders-key
    grant_types: [authorization_code, refresh_token, implicit]
    scopes: [ { name: orders.read, default: true }, { name: orders.write } ]
    required_scopes: [ { path: /**, any: [orders.read] } ]
  - spkey: invoices-key
    name: invoices
    base_path: /invoices
    backend: BACKEND/invoices
    resource: urn:tollgate:service:invoices-key
    grant_types: [authorization_code, refresh_token, implicit]
    authorization_code: { ttl: 30 }
    access_token: { ttl: 600 }
    scopes: [ { name: invoices.read, default: true }, { name: invoices.pay } ]
    required_scopes: [ { path: /**, any: [invoices.read] } ]
  - spkey: partner-key
    name: partner
    base_path: /partner
    backend: BACKEND/partner
    shared_token_spkey: invoices-key
    required_scopes: [ { path: /**, any: [invoices.read] } ]
  - spkey: loose-key
    name: loose
    base_path: /loose
    backend: BACKEND/loose
    grant_types: [authorization_code]
    pkce: public_only
    scopes: [ { name: loose.read } ]
applications:
  - name: Shop
    clients:
      - client_id: shop
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        grant_types: [authorization_code, refresh_token]
        redirect_uris: [https://client.example/cb]
        services: [orders, invoices, loose]
        scope: orders.read orders.write invoices.read invoices.pay loose.read
      - client_id: page
        token_endpoint_auth_method: none
        grant_types: [implicit]
        redirect_uris: [https://client.example/cb]
        services: [orders, invoices, loose]
  - name: Guard
    clients:
      - client_id: guard
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        grant_types: [client_credentials]
        services: [partner]
        introspects: [invoices]
users:
  - { username: alice, password: wonderland of a password, name: Alice }
";
