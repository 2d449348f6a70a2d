//! Where a safer default is why a request is refused, the log names the switch, and the caller hears nothing of it.

use tests::{Answer, Tollgate};

use crate::{
    browser::{Browser, members},
    shop::{CHALLENGE, VERIFIER, request},
};

const SHOP: (&str, &str) = ("shop", "gX1fBat3bV-generated");
const GUARD: (&str, &str) = ("guard", "gX1fBat3bV-generated");
const PASSWORD: &str = "grant_type=password&username=alice&password=wonderland of a password";

/// Expects that the log line of the last request names a switch, and its answer does not.
#[track_caller]
fn is_for_the_log_alone(tollgate: &Tollgate, switch: &str, answer: &Answer) {
    let line = tollgate.lines.last();
    let message = line["message"].as_str().unwrap_or_default();
    assert!(message.contains(switch), "{switch} is missing: {line}");
    let told = format!("{}{}", answer.header("location").unwrap_or_default(), answer.body);
    assert!(!told.contains(switch), "{told}");
}

/// A client's form with a code of Alice's.
async fn redemption(tollgate: &Tollgate, client_id: &str) -> String {
    let answer = Browser::new(tollgate).agree(&request(client_id, "")).await.is(303);
    let code = &members(&answer, '?')["code"];
    format!("grant_type=authorization_code&client_id={client_id}&code={code}&code_verifier={VERIFIER}")
}

async fn token(tollgate: &Tollgate, form: &str) -> Answer {
    let call = tollgate.call("POST", "/oauth2/token");
    let call = if form.contains("client_id=app") { call } else { call.basic(SHOP.0, SHOP.1) };
    call.form(form).send().await
}

#[tokio::test]
async fn grant_types_and_scopes_that_are_off_by_default() {
    let tollgate = Tollgate::with(FILE).await;
    let plain = "/oauth2/authorize?response_type=code&client_id=shop";
    for (switch, target) in [
        ("grant_types", "/oauth2/authorize?response_type=token&client_id=shop"),
        ("grant_types", "/oauth2/authorize?response_type=token&client_id=implicit"),
        ("pkce", plain),
        ("scope_match", &format!("{plain}&{CHALLENGE}&scope=orders.read evil")),
    ] {
        let answer = Browser::new(&tollgate).get(&target.replace(' ', "+")).await.is(303);
        is_for_the_log_alone(&tollgate, switch, &answer);
        assert!(!answer.header("location").unwrap().contains("internal-orders"), "{answer:#?}");
    }
    for (switch, client, form) in [
        ("grant_types", GUARD, PASSWORD),
        ("grant_types", SHOP, PASSWORD),
        ("scope_match", SHOP, "grant_type=client_credentials&scope=orders.read evil"),
    ] {
        let answer = tollgate.token(client, form).await.is(400);
        is_for_the_log_alone(&tollgate, switch, &answer);
    }
}

#[tokio::test]
async fn consent_and_who_may_introspect() {
    let tollgate = Tollgate::with(FILE).await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let answer = browser.get(&request("shop", "&prompt=none")).await.is(303);
    is_for_the_log_alone(&tollgate, "skip_consent", &answer);
    let text = tollgate.access_token(SHOP, "").await;
    let call = tollgate.call("POST", "/oauth2/introspect").basic(GUARD.0, GUARD.1);
    let answer = call.form(&format!("token={text}")).send().await.is(200);
    is_for_the_log_alone(&tollgate, "introspects", &answer);
}

#[tokio::test]
async fn how_long_codes_and_refresh_tokens_are_taken() {
    let tollgate = Tollgate::with(FILE).await;
    let late = redemption(&tollgate, "shop").await;
    tollgate.clock.advance(60);
    let answer = token(&tollgate, &late).await.is(400);
    is_for_the_log_alone(&tollgate, "authorization_code.ttl", &answer);
    for (client_id, switch) in [("shop", "retry_window"), ("app", "policy: preserve")] {
        let first = refresh(&tollgate, client_id, &redemption(&tollgate, client_id).await).await;
        let second = refresh(&tollgate, client_id, &first).await;
        tollgate.clock.advance(60);
        let answer = token(&tollgate, &first).await.is(400);
        is_for_the_log_alone(&tollgate, switch, &answer);
        token(&tollgate, &second).await.is(400);
    }
    let idle = refresh(&tollgate, "shop", &redemption(&tollgate, "shop").await).await;
    tollgate.clock.advance(3_600);
    let answer = token(&tollgate, &idle).await.is(400);
    is_for_the_log_alone(&tollgate, "ttl and max_ttl in refresh_token", &answer);
}

/// The client's form with the refresh token that a form of its gives.
async fn refresh(tollgate: &Tollgate, client_id: &str, form: &str) -> String {
    let tokens = token(tollgate, form).await.is(200).json();
    let text = tokens["refresh_token"].as_str().unwrap();
    format!("grant_type=refresh_token&client_id={client_id}&refresh_token={text}")
}

const FILE: &str = "
services:
  - name: internal-orders
    base_path: /orders
    backend: BACKEND/orders
    grant_types: [client_credentials, authorization_code, refresh_token]
    refresh_token: { ttl: 3600 }
    scopes: [ { name: orders.read, default: true }, { name: orders.write } ]
  - name: app
    base_path: /app
    backend: BACKEND/app
    refresh_token: { policy: preserve }
applications:
  - name: Shop
    clients:
      - client_id: shop
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        grant_types: [client_credentials, authorization_code, refresh_token, password]
        redirect_uris: [https://client.example/cb]
        services: [internal-orders]
      - client_id: implicit
        token_endpoint_auth_method: none
        grant_types: [implicit]
        redirect_uris: [https://client.example/cb]
        services: [internal-orders]
      - client_id: app
        token_endpoint_auth_method: none
        grant_types: [authorization_code, refresh_token]
        redirect_uris: [https://client.example/cb]
        services: [app]
      - client_id: guard
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        grant_types: [client_credentials]
        services: [internal-orders]
users:
  - { username: alice, password: wonderland of a password, name: Alice }
";
