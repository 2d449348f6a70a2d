//! RFC 6749 sections 4.4 and 5: the client's own token, its scope, and the shape of every answer.

use tests::Tollgate;

use crate::shop::{GRANT, SHOP, refuses, shop};

const SECRET: &str = "generated-secret-0001";

#[tokio::test]
async fn t10_t12_a_success_has_token_type_bearer_and_a_number_of_seconds() {
    let answer = shop().await.token(SHOP, GRANT).await.is(200).says("token_type", "Bearer").says("expires_in", 3600);
    assert!(answer.json()["access_token"].as_str().is_some_and(|token| token.len() > 20), "{answer:#?}");
    answer.has("content-type", "application/json");
}

#[tokio::test]
async fn t11_no_cache_may_keep_a_token() {
    shop().await.token(SHOP, GRANT).await.is(200).has("cache-control", "no-store").has("pragma", "no-cache");
}

#[tokio::test]
async fn t11_no_cache_may_keep_a_refusal() {
    let tollgate = shop().await;
    let refusals = [
        (tollgate.token(SHOP, "grant_type=nonsense").await, 400),
        (tollgate.token(SHOP, &format!("{GRANT}&scope=unknown")).await, 400),
        (tollgate.token(SHOP, &format!("{GRANT}&resource=urn:unknown")).await, 400),
        (tollgate.token((SHOP.0, "wrong"), GRANT).await, 401),
        (tollgate.call("GET", "/oauth2/token").send().await, 405),
        (tollgate.call("POST", "/oauth2/token").json("{}").send().await, 415),
    ];
    for (answer, status) in refusals {
        let answer = answer.is(status).has("cache-control", "no-store").has("pragma", "no-cache");
        answer.has("content-type", "application/json");
    }
}

#[tokio::test]
async fn t13_the_scope_given_is_always_named() {
    let tollgate = shop().await;
    for (asked, given) in [
        ("", "orders.read"),
        ("&scope=orders.read", "orders.read"),
        ("&scope=orders.write", "orders.write"),
        ("&scope=orders.write+orders.read", "orders.write orders.read"),
        ("&scope=orders.read+orders.read", "orders.read"),
        ("&scope=orders", "orders"),
    ] {
        tollgate.token(SHOP, &format!("{GRANT}{asked}")).await.is(200).says("scope", given);
    }
}

#[tokio::test]
async fn t13_an_unknown_scope_refuses_the_whole_request() {
    let tollgate = shop().await;
    for scope in ["unknown", "orders.read+unknown", "orders.READ"] {
        refuses(tollgate.token(SHOP, &format!("{GRANT}&scope={scope}")).await, 400, "invalid_scope");
    }
}

#[tokio::test]
async fn t13_scope_match_any_drops_an_unknown_scope_and_says_what_is_left() {
    let tollgate = Tollgate::with(SCOPES).await;
    let ask = async |scope: &str| tollgate.token(("any", SECRET), &format!("{GRANT}&scope={scope}")).await;
    ask("a+unknown+b").await.is(200).says("scope", "a b");
    ask("unknown+a").await.is(200).says("scope", "a");
    refuses(ask("unknown").await, 400, "invalid_scope");
    refuses(ask("a%22").await, 400, "invalid_scope");
}

#[tokio::test]
async fn t13_scope_match_any_drops_what_the_client_may_not_ask_for() {
    let tollgate = Tollgate::with(SCOPES).await;
    tollgate.token(("any-limited", SECRET), &format!("{GRANT}&scope=a+b")).await.is(200).says("scope", "b");
    refuses(tollgate.token(("any-limited", SECRET), &format!("{GRANT}&scope=a")).await, 400, "invalid_scope");
}

#[tokio::test]
async fn a_client_gets_only_scopes_that_it_lists() {
    let tollgate = Tollgate::with(SCOPES).await;
    let ask = async |scope: &str| tollgate.token(("limited", SECRET), &format!("{GRANT}&scope={scope}")).await;
    ask("read").await.is(200).says("scope", "read");
    for scope in ["write", "read+write", "strict"] {
        refuses(ask(scope).await, 400, "invalid_scope");
    }
    tollgate.token(("limited", SECRET), GRANT).await.is(200).says("scope", "read");
}

#[tokio::test]
async fn a_service_without_scopes_gives_a_token_without_one() {
    let tollgate = Tollgate::with(SCOPES).await;
    tollgate.token(("plain", SECRET), GRANT).await.is(200).lacks("scope");
    let token = tollgate.access_token(("plain", SECRET), "").await;
    tollgate.call("GET", "/plain/1").bearer(&token).send().await.is(200);
}

#[tokio::test]
async fn t14_a_scope_outside_the_grammar_is_refused() {
    let tollgate = shop().await;
    for scope in ["a%22b", "a%5Cb", "a++b", "+a", "a+", "a%09b", "a%0Ab", "%C3%A9", "+"] {
        refuses(tollgate.token(SHOP, &format!("{GRANT}&scope={scope}")).await, 400, "invalid_scope");
    }
}

#[tokio::test]
async fn t15_an_unknown_grant_type_is_not_supported() {
    let tollgate = shop().await;
    for grant in ["nonsense", "Client_Credentials", "client_credentials%20", "urn:ietf:params:oauth:grant-type:unknown"]
    {
        refuses(tollgate.token(SHOP, &format!("grant_type={grant}")).await, 400, "unsupported_grant_type");
    }
}

#[tokio::test]
async fn t15_grant_types_that_this_server_does_not_serve_are_not_supported() {
    let tollgate = shop().await;
    let forms = [
        "grant_type=implicit",
        "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=a.b.c",
        "grant_type=urn:ietf:params:oauth:grant-type:saml2-bearer&assertion=x",
        "grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=x",
        "grant_type=urn:ietf:params:oauth:grant-type:token-exchange&subject_token=x",
    ];
    for form in forms {
        let answer = refuses(tollgate.token(SHOP, form).await, 400, "unsupported_grant_type");
        assert!(!answer.body.contains("password"), "a grant type that is off is not offered: {answer:#?}");
    }
}

#[tokio::test]
async fn t15_a_grant_type_that_client_or_service_does_not_allow_is_unauthorized() {
    let tollgate = Tollgate::with(SCOPES).await;
    refuses(tollgate.token(("codes-only", SECRET), GRANT).await, 400, "unauthorized_client");
    refuses(tollgate.token(("of-a-service-for-people", SECRET), GRANT).await, 400, "unauthorized_client");
}

#[tokio::test]
async fn t17_there_is_no_refresh_token() {
    let tollgate = shop().await;
    tollgate.token(SHOP, GRANT).await.is(200).lacks("refresh_token");
    tollgate.token(SHOP, &format!("{GRANT}&scope=orders.read")).await.is(200).lacks("refresh_token");
}

#[tokio::test]
async fn t19_the_token_acts_for_the_client_itself() {
    let tollgate = shop().await;
    let token = tollgate.access_token(SHOP, "username=alice&sub=alice").await;
    let answer = tollgate.call("GET", "/orders/1").bearer(&token).send().await.is(200);
    assert_eq!(answer.reached("x-tollgate-oauth-client-id").as_deref(), Some(SHOP.0));
    assert_eq!(answer.reached("x-tollgate-oauth-user-context").as_deref(), Some(SHOP.0));
    assert_eq!(answer.reached("x-tollgate-oauth-scope").as_deref(), Some("orders.read"));
}

#[tokio::test]
async fn a_service_that_is_switched_off_gives_no_token() {
    let tollgate = Tollgate::with(SCOPES).await;
    refuses(tollgate.token(("of-a-closed-service", SECRET), GRANT).await, 400, "invalid_target");
    refuses(tollgate.token(("of-no-service", SECRET), GRANT).await, 400, "invalid_target");
}

const SCOPES: &str = "
services:
  - { spkey: plain, name: plain, base_path: /plain, backend: BACKEND/plain }
  - { spkey: closed, name: closed, base_path: /closed, backend: BACKEND/closed, enabled: false }
  - spkey: strict
    name: strict
    base_path: /strict
    backend: BACKEND/strict
    scopes: [{ name: read, default: true }, { name: write, default: true }]
  - spkey: lenient
    name: lenient
    base_path: /lenient
    backend: BACKEND/lenient
    scope_match: any
    scopes: [{ name: a }, { name: b }]
  - spkey: people
    name: people
    base_path: /people
    backend: BACKEND/people
    grant_types: [authorization_code]
applications:
  - name: Shop
    clients:
      - { client_id: any, client_secret: generated-secret-0001, client_secret_generated: true, services: [lenient] }
      - client_id: any-limited
        client_secret: generated-secret-0001
        client_secret_generated: true
        scope: b
        services: [lenient]
      - client_id: limited
        client_secret: generated-secret-0001
        client_secret_generated: true
        scope: read
        services: [strict]
      - { client_id: plain, client_secret: generated-secret-0001, client_secret_generated: true, services: [plain] }
      - client_id: codes-only
        client_secret: generated-secret-0001
        client_secret_generated: true
        grant_types: [authorization_code]
        redirect_uris: ['https://client.example.com/cb']
        services: [plain]
      - client_id: of-a-service-for-people
        client_secret: generated-secret-0001
        client_secret_generated: true
        services: [people]
      - client_id: of-a-closed-service
        client_secret: generated-secret-0001
        client_secret_generated: true
        services: [closed]
      - { client_id: of-no-service, client_secret: generated-secret-0001, client_secret_generated: true }
";
