//! RFC 6749 section 4.2: a token in the fragment, where client and service both ask for it.

use crate::{
    browser::{Browser, members},
    shop::shop,
};

const REQUEST: &str = "/oauth2/authorize?response_type=token&state=xyz&client_id=";

#[tokio::test]
async fn a18_the_fragment_has_token_type_lifetime_scope_and_no_refresh_token() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let answer = browser.agree(&format!("{REQUEST}browser")).await.is(303);
    let told = members(&answer, '#');
    let names: Vec<_> = told.keys().map(String::as_str).collect();
    assert_eq!(names, ["access_token", "expires_in", "iss", "scope", "state", "token_type"]);
    assert_eq!(
        ["expires_in", "scope", "state", "token_type"].map(|name| told[name].as_str()),
        ["3600", "orders.read", "xyz", "Bearer"]
    );
    assert!(!answer.header("location").unwrap().contains('?'), "{answer:#?}");
    let call = tollgate.call("GET", "/orders/1").bearer(&told["access_token"]);
    call.send().await.is(200);
}

#[tokio::test]
async fn a19_a_client_that_was_not_given_it_is_refused() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let answer = browser.get(&format!("{REQUEST}shop")).await.is(303);
    assert_eq!(members(&answer, '#')["error"], "unauthorized_client");
}
