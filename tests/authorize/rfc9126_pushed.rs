//! RFC 9126: authorization requests that clients push.

use tests::Answer;

use crate::{
    browser::{Browser, Form, members},
    shop::{CHALLENGE, shop},
};

const SECRET: &str = "gX1fBat3bV-generated";

async fn push(tollgate: &tests::Tollgate, more: &str) -> Answer {
    let form = format!("response_type=code&client_id=shop&{CHALLENGE}{more}");
    tollgate.call("POST", "/oauth2/par").basic("shop", SECRET).form(&form).send().await
}

/// The authorization request that a pushed one is for.
fn request(client_id: &str, pushed: &Answer) -> String {
    let uri = pushed.json()["request_uri"].as_str().expect("a push has a request_uri").to_owned();
    let uri: String = form_urlencoded::byte_serialize(uri.as_bytes()).collect();
    format!("/oauth2/authorize?client_id={client_id}&request_uri={uri}")
}

#[track_caller]
fn is_over(answer: Answer) {
    assert_eq!(answer.header("location"), None, "{answer:#?}");
    let answer = answer.is(400);
    assert!(answer.body.contains("This request is over") && answer.body.contains("your first answer counts"));
}

#[tokio::test]
async fn a21_clients_push_with_their_credentials_and_get_a_short_lived_uri() {
    let tollgate = shop().await;
    let answer = push(&tollgate, "").await.is(201).says("expires_in", 590).has("cache-control", "no-store");
    let answer = answer.has("access-control-allow-origin", "*");
    let uri = answer.json()["request_uri"].as_str().unwrap().to_owned();
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:"), "{uri}");

    let form = format!("response_type=code&client_id=shop&{CHALLENGE}");
    let bare = |form: &str| tollgate.call("POST", "/oauth2/par").form(form);
    bare(&form).send().await.is(401).says("error", "invalid_client");
    bare(&form).basic("shop", "wrong").send().await.is(401).says("error", "invalid_client");
    bare(&format!("{form}&client_secret={SECRET}")).send().await.is(201);
    let app = form.replace("=shop", "=app") + "&redirect_uri=com.example.app:/cb";
    bare(&app).send().await.is(201);
    tollgate.call("GET", "/oauth2/par").send().await.is(405).has("allow", "POST").says("error", "invalid_request");
    let nested = push(&tollgate, "&request_uri=urn:ietf:params:oauth:request_uri:x").await;
    nested.is(400).says("error", "invalid_request").has("access-control-allow-origin", "*");
}

#[tokio::test]
async fn a21_a_push_has_the_length_of_the_answer_that_a_browser_can_carry() {
    let tollgate = shop().await;
    let pushed = push(&tollgate, &format!("&state={}", "é".repeat(1_300))).await.is(201);
    let answer = Browser::new(&tollgate).agree(&request("shop", &pushed)).await.is(303);
    assert_eq!(members(&answer, '?')["state"], "é".repeat(1_300));
    for too_long in ["é".repeat(4_500), "/".repeat(2_800)] {
        push(&tollgate, &format!("&state={too_long}")).await.is(413).says("error", "invalid_request");
    }
}

#[tokio::test]
async fn a21_what_the_authorization_endpoint_would_refuse_cannot_be_pushed() {
    let tollgate = shop().await;
    for (more, error) in [
        ("&redirect_uri=https://evil.example/", "invalid_request"),
        ("&scope=unknown", "invalid_scope"),
        ("&scope=orders.read&scope=orders.write", "invalid_request"),
        ("&resource=https://elsewhere.example", "invalid_target"),
        ("&request=e30.e30.", "request_not_supported"),
    ] {
        push(&tollgate, more).await.is(400).says("error", error);
    }
    let plain = "response_type=code&client_id=shop";
    let call = tollgate.call("POST", "/oauth2/par").basic("shop", SECRET).form(plain);
    call.send().await.is(400).says("error", "invalid_request");
}

#[tokio::test]
async fn a21_browsers_may_ask_whether_pages_may_push() {
    let tollgate = shop().await;
    let call = tollgate.call("OPTIONS", "/oauth2/par").header("Origin", "https://app.example");
    let answer = call.header("Access-Control-Request-Method", "POST").send().await.is(204);
    let answer = answer.has("access-control-allow-origin", "*");
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert!(answer.header("access-control-allow-methods").unwrap().contains("POST"));
}

#[tokio::test]
async fn a22_a_pushed_request_counts_once_and_what_stands_beside_it_does_not() {
    let tollgate = shop().await;
    let pushed = push(&tollgate, "&state=pushed&scope=orders.read").await.is(201);
    let target = request("shop", &pushed) + "&state=beside&scope=orders.write&redirect_uri=https://evil.example/";
    let mut browser = Browser::new(&tollgate);
    let told = members(&browser.agree(&target).await.is(303), '?');
    assert!(told["state"] == "pushed" && told.contains_key("code"), "{told:?}");
    is_over(browser.get(&target).await);
}

#[tokio::test]
async fn a22_a_pushed_request_is_its_clients_alone_and_short() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let pushed = push(&tollgate, "").await.is(201);
    is_over(browser.get(&request("app", &pushed)).await);
    is_over(browser.get("/oauth2/authorize?client_id=shop&request_uri=urn:ietf:params:oauth:request_uri:x").await);
    is_over(browser.get("/oauth2/authorize?client_id=shop&request_uri=https://evil.example/").await);
    let page = browser.visit(&request("shop", &pushed)).await.is(200);
    tollgate.clock.advance(589);
    let answer = browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(303);
    assert!(members(&answer, '?').contains_key("code"), "it lives as long as its client was told");
    is_over(browser.submit(&Form::of(&page), &[("decision", "allow")]).await);

    let late = push(&tollgate, "&scope=orders.write").await.is(201);
    let page = browser.visit(&request("shop", &late)).await.is(200);
    tollgate.clock.advance(590);
    is_over(browser.get(&request("shop", &late)).await);
    is_over(browser.submit(&Form::of(&page), &[("decision", "allow")]).await);
}

#[tokio::test]
async fn prompt_in_a_pushed_request_asks_for_the_login_once_more_and_only_once() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    tollgate.clock.advance(5);
    let pushed = push(&tollgate, "&prompt=login").await.is(201);
    let target = request("shop", &pushed);
    tollgate.clock.advance(5);
    let told = members(&browser.agree(&target).await.is(303), '?');
    assert!(told.contains_key("code"), "{told:?}");
    tollgate.clock.advance(5);
    let next = push(&tollgate, "&prompt=login").await.is(201);
    let answer = browser.get(&request("shop", &next)).await.is(303);
    assert!(answer.header("location").unwrap().starts_with("/oauth2/login?"), "{answer:#?}");
}

#[tokio::test]
async fn a22_a_denied_request_cannot_be_tried_again() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let pushed = push(&tollgate, "").await.is(201);
    let page = browser.visit(&request("shop", &pushed)).await.is(200);
    let answer = browser.submit(&Form::of(&page), &[("decision", "deny")]).await.is(303);
    assert_eq!(members(&answer, '?')["error"], "access_denied");
    is_over(browser.submit(&Form::of(&page), &[("decision", "allow")]).await);
    is_over(browser.get(&request("shop", &pushed)).await);
}

#[tokio::test]
async fn a22_nobody_who_has_not_logged_in_ends_a_request() {
    let tollgate = shop().await;
    let pushed = push(&tollgate, "").await.is(201);
    let target = request("shop", &pushed);
    let mut stranger = Browser::new(&tollgate);
    let mut deny = Form::of(&stranger.visit(&target).await.is(200));
    deny.action = deny.action.replace("/oauth2/login", "/oauth2/consent");
    let page = stranger.submit(&deny, &[("decision", "deny")]).await.is(200);
    assert!(page.body.contains("name=\"password\""), "{page:#?}");
    let told = members(&Browser::new(&tollgate).agree(&target).await.is(303), '?');
    assert!(told.contains_key("code"), "{told:?}");
}

#[tokio::test]
async fn m21_no_secret_of_a_push_is_kept() {
    let tollgate = shop().await;
    let form = format!("response_type=code&client_id=shop&client_secret={SECRET}&{CHALLENGE}");
    let answer = tollgate.call("POST", "/oauth2/par").form(&form).send().await.is(201);
    let uri = answer.json()["request_uri"].as_str().unwrap().to_owned();
    let tables = tests::secrets::tables(tollgate.system.dynamodb).await;
    tests::secrets::are_not_in(&[SECRET, &uri], &tables);
}
