//! RFC 6749 section 4.1 from end to end: a code of the pages becomes tokens, which open an API and end with the consent.

use tests::Tollgate;

use crate::{
    browser::{Browser, Form, members},
    shop::{CALLBACK, VERIFIER, request, shop},
};

const SHOP: (&str, &str) = ("shop", "gX1fBat3bV-generated");

/// Redeems a code of `shop`.
async fn redeemed(tollgate: &Tollgate, code: &str, more: &str) -> tests::Answer {
    let form = format!("grant_type=authorization_code&code={code}&code_verifier={VERIFIER}{more}");
    tollgate.token(SHOP, &form).await
}

/// How often somebody who is told to tries again, on a machine that serves fifty at once.
const TRIES_AGAIN: usize = 20;

/// Whether nothing was decided: on a machine that is too slow, DynamoDB is given up on before it answers.
fn is_to_be_tried_again(answer: &tests::Answer) -> bool {
    let is_told = |location: &str| location.contains("?error=temporarily_unavailable&");
    answer.status == 503 || answer.header("location").is_some_and(is_told)
}

fn text(answer: &tests::Answer, member: &str) -> String {
    answer.json()[member].as_str().unwrap_or_else(|| panic!("{answer:#?}")).to_owned()
}

#[tokio::test]
async fn a_code_of_the_pages_becomes_tokens_that_end_with_the_consent() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let target = request("shop", &format!("&redirect_uri={CALLBACK}"));
    let code = members(&browser.agree(&target).await.is(303), '?')["code"].clone();
    redeemed(&tollgate, &code, "").await.is(400).says("error", "invalid_grant");
    let tokens = redeemed(&tollgate, &code, &format!("&redirect_uri={CALLBACK}")).await.is(200);
    let tokens = tokens.says("scope", "orders.read").says("expires_in", 3600);
    let call = |token: String| tollgate.call("GET", "/orders/1").bearer(&token).send();
    let reached = call(text(&tokens, "access_token")).await.is(200);
    assert_eq!(reached.reached("x-tollgate-oauth-user-context").as_deref(), Some("alice"));
    let refresh = format!("grant_type=refresh_token&refresh_token={}", text(&tokens, "refresh_token"));
    let rotated = tollgate.token(SHOP, &refresh).await.is(200);

    let account = browser.get("/oauth2/account").await.is(200);
    browser.submit(&Form::of(&account), &[]).await.is(303);
    call(text(&tokens, "access_token")).await.is(401);
    call(text(&rotated, "access_token")).await.is(401);
    let refresh = format!("grant_type=refresh_token&refresh_token={}", text(&rotated, "refresh_token"));
    tollgate.token(SHOP, &refresh).await.is(400).says("error", "invalid_grant");
    let page = browser.visit(&target).await.is(200);
    assert!(page.body.contains("name=\"decision\""), "consent is asked for once more");
}

#[tokio::test]
async fn a_code_that_was_not_redeemed_yet_ends_with_the_consent_too() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let code = members(&browser.agree(&request("shop", "")).await.is(303), '?')["code"].clone();
    let account = browser.get("/oauth2/account").await.is(200);
    browser.submit(&Form::of(&account), &[]).await.is(303);
    redeemed(&tollgate, &code, "").await.is(400).says("error", "invalid_grant");
}

#[tokio::test]
async fn of_fifty_who_press_allow_at_once_each_gets_a_code_of_its_own() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let form = Form::of(&browser.visit(&request("shop", "")).await.is(200));
    let press = async || {
        let mut copy = Browser::with_cookie(&tollgate, browser.cookie().unwrap());
        let mut answer = copy.submit(&form, &[("decision", "allow")]).await;
        for _ in 0..TRIES_AGAIN {
            if !is_to_be_tried_again(&answer) {
                break;
            }
            answer = copy.submit(&form, &[("decision", "allow")]).await;
        }
        members(&answer.is(303), '?')["code"].clone()
    };
    let codes = futures_util::future::join_all((0..50).map(|_| press())).await;
    assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), 50);
    for code in &codes {
        redeemed(&tollgate, code, "").await.is(200);
    }
}

#[tokio::test]
async fn a22_of_fifty_who_use_one_pushed_request_at_once_one_gets_a_code() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    browser.agree(&request("shop", "")).await.is(303);
    let form = request("shop", "").split_once('?').unwrap().1.to_owned();
    let pushed = tollgate.call("POST", "/oauth2/par").basic(SHOP.0, SHOP.1).form(&form).send().await.is(201);
    let uri: String = form_urlencoded::byte_serialize(text(&pushed, "request_uri").as_bytes()).collect();
    let target = format!("/oauth2/authorize?client_id=shop&request_uri={uri}");
    let visit = async || {
        let mut copy = Browser::with_cookie(&tollgate, browser.cookie().unwrap());
        copy.get(&target).await
    };
    let answers = futures_util::future::join_all((0..50).map(|_| visit())).await;
    let (undecided, decided): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| is_to_be_tried_again(answer));
    let won: Vec<_> = decided.iter().filter(|answer| answer.status == 303).collect();
    assert!(won.len() == 1 || (won.is_empty() && !undecided.is_empty()), "{won:#?}");
    assert!(decided.iter().all(|answer| [303, 400].contains(&answer.status)));
    if let [won] = won.as_slice() {
        redeemed(&tollgate, &members(won, '?')["code"], "").await.is(200);
    }
}
