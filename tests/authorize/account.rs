//! The account page: what the resource owner has let clients do, and taking it back.

use crate::{
    browser::{Browser, Form, PASSWORD, members},
    shop::{request, shop},
};

const IMPLICIT: &str = "/oauth2/authorize?response_type=token&client_id=browser";

#[tokio::test]
async fn the_page_lists_who_was_let_in_and_what_is_taken_back_counts_no_more() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let empty = browser.get("/oauth2/account").await.is(200);
    assert!(empty.body.contains("No application has access"), "{empty:#?}");
    browser.agree(&request("shop", "&scope=orders.write")).await.is(303);
    let token = members(&browser.agree(IMPLICIT).await.is(303), '#')["access_token"].clone();
    tollgate.call("GET", "/orders/1").bearer(&token).send().await.is(200);

    let page = browser.get("/oauth2/account").await.is(200);
    assert!(page.body.contains("orders.write") && page.body.contains("15 January 2027"), "{page:#?}");
    let forms = Form::all(&page);
    let of = |client: &str| forms.iter().find(|form| form.field("client") == Some(client)).unwrap().clone();
    assert_eq!(forms.len(), 3, "{forms:?}");
    browser.submit(&of("browser").without("csrf"), &[]).await.is(403);
    let another = of("browser").without("client");
    browser.submit(&another, &[("client", "never-let-in")]).await.is(400);
    let gone = browser.submit(&of("browser"), &[]).await.is(303).has("location", "/oauth2/account?revoked=browser");
    let line = tollgate.lines.last();
    let told = ["decision", "token_client_id", "sub"].map(|member| line[member].as_str().unwrap_or_default());
    assert_eq!(told, ["revoked", "browser", "alice"]);
    assert!(line.as_object().unwrap().values().all(|value| value != ""), "{line}");
    tollgate.call("GET", "/orders/1").bearer(&token).send().await.is(401);
    let page = browser.get(gone.header("location").unwrap()).await.is(200);
    assert!(page.body.contains("no longer has access") && !page.body.contains("value=\"browser\""), "{page:#?}");
    assert_eq!(Form::all(&page).iter().filter(|form| form.field("client") == Some("shop")).count(), 1);
    browser.visit(IMPLICIT).await.is(200);
    assert!(members(&browser.get(&request("shop", "&scope=orders.write")).await, '?').contains_key("code"));
}

#[tokio::test]
async fn a_client_that_was_let_in_without_a_question_stands_there_too() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    browser.get(&request("trusted", "")).await.is(303);
    let page = browser.get("/oauth2/account").await.is(200);
    assert!(page.body.contains("value=\"trusted\"") && page.body.contains(">trusted</bdi>"), "{page:#?}");
    assert!(page.body.contains("without asking you"), "{page:#?}");
    browser.submit(&Form::of(&page), &[]).await.is(303);
    let page = browser.get("/oauth2/account").await.is(200);
    assert!(!page.body.contains("value=\"trusted\""), "{page:#?}");
}

#[tokio::test]
async fn a20_a_removal_from_before_another_login_removes_nothing_and_shows_the_page_anew() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    browser.agree(&request("shop", "")).await.is(303);
    let stale = Form::of(&browser.get("/oauth2/account").await.is(200));
    browser.log_in("/oauth2/login", PASSWORD).await.is(303);
    let anew = browser.submit(&stale, &[]).await.is(403);
    assert!(anew.body.contains("nothing was done") && anew.body.contains("value=\"shop\""), "{anew:#?}");
    browser.submit(&Form::of(&anew), &[]).await.is(303);
    browser.lose_cookie();
    let login = browser.submit(&stale, &[]).await.is(403);
    assert!(login.body.contains("lost the cookie") && login.body.contains("name=\"password\""), "{login:#?}");
}

#[tokio::test]
async fn what_stands_in_the_address_is_not_shown() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let page = browser.get("/oauth2/account?revoked=Evil+says:+log+in+elsewhere").await.is(200);
    assert!(!page.body.contains("Evil"), "{page:#?}");
}

#[tokio::test]
async fn two_clients_of_one_application_are_told_apart_and_each_right_stands_once() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    browser.agree(&request("shop", "")).await.is(303);
    let alone = browser.get("/oauth2/account").await.is(200);
    assert!(!alone.body.contains(">shop</code>") && alone.body.contains("will have to allow it again"), "{alone:#?}");
    browser.get(&request("shop", "")).await.is(303);
    browser.agree(&request("loose", "")).await.is(303);
    let page = browser.get("/oauth2/account").await.is(200);
    assert!(page.body.contains(">shop</code>") && page.body.contains(">loose</code>"), "{page:#?}");
    assert_eq!(page.body.matches(">orders.read</code>").count(), 1, "{page:#?}");
}

#[tokio::test]
async fn a_removal_is_confirmed_only_while_it_is_true() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    browser.agree(&request("shop", "")).await.is(303);
    let page = browser.get("/oauth2/account?revoked=shop").await.is(200);
    assert!(!page.body.contains("no longer has access"), "{page:#?}");
    let gone = browser.submit(&Form::of(&page), &[]).await.is(303);
    let page = browser.get(gone.header("location").unwrap()).await.is(200);
    assert!(page.body.contains("no longer has access"), "{page:#?}");
}

#[tokio::test]
async fn only_a_client_that_was_let_in_can_be_shut_out() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    browser.agree(&request("shop", "")).await.is(303);
    let form = Form::of(&browser.get("/oauth2/account").await.is(200));
    let items = async || tests::secrets::tables(tollgate.system.dynamodb).await.lines().count();
    let before = items().await;
    for client in ["nobody", "app", ""] {
        browser.submit(&form.clone().with("client", client), &[]).await.is(400);
    }
    browser.submit(&form.clone().without("client"), &[]).await.is(400);
    assert_eq!(items().await, before);
}
