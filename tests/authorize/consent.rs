//! What the resource owner is asked, and what is remembered of the answer.

use crate::{
    browser::{Browser, Form, PASSWORD, members},
    shop::{FILE, request, shop},
};

#[tokio::test]
async fn consent_is_asked_once_and_then_for_new_scopes_alone() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let page = browser.visit(&request("shop", "")).await.is(200);
    assert!(page.body.contains("orders.read") && !page.body.contains("orders.write"), "{page:#?}");
    browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(303);
    let known = browser.get(&request("shop", "&scope=orders.read")).await.is(303);
    assert!(members(&known, '?').contains_key("code"), "{known:#?}");

    let both = request("shop", "&scope=orders.read+orders.write");
    let page = browser.visit(&both).await.is(200);
    let (asked, given) = page.body.split_once("Already allowed: 1").expect("what is allowed already is shown apart");
    assert!(asked.contains("orders.write") && !asked.contains("orders.read") && given.contains("orders.read"));
    browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(303);
    assert!(members(&browser.get(&both).await.is(303), '?').contains_key("code"));
    let other = browser.visit(&request("app", "&redirect_uri=com.example.app:/cb")).await.is(200);
    assert!(other.body.contains("name=\"decision\""), "another client is another question");
}

#[tokio::test]
async fn a_denial_is_told_and_not_remembered() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let page = browser.visit(&request("shop", "&state=x")).await.is(200);
    let answer = browser.submit(&Form::of(&page), &[("decision", "deny")]).await.is(303);
    let told = members(&answer, '?');
    assert_eq!((told["error"].as_str(), told["state"].as_str()), ("access_denied", "x"));
    assert_eq!(told["iss"], tollgate.system.url());
    browser.visit(&request("shop", "")).await.is(200);
    let terminal = browser.visit(&request("terminal", "")).await.is(200);
    let denied = browser.submit(&Form::of(&terminal), &[("decision", "deny")]).await.is(403);
    assert!(denied.body.contains("Access denied"), "{denied:#?}");
}

#[tokio::test]
async fn a20_consent_without_the_token_of_its_browser_is_refused() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let form = Form::of(&browser.visit(&request("shop", "")).await.is(200));
    let mut eve = Browser::of_alice(&tollgate).await;
    let foreign = Form::of(&eve.visit(&request("shop", "")).await.is(200));
    for forged in [form.clone().without("csrf"), form.clone().with("csrf", "x"), foreign] {
        browser.submit(&forged, &[("decision", "allow")]).await.is(403);
    }
    browser.visit(&request("shop", "")).await.is(200);
    browser.submit(&form, &[("decision", "maybe")]).await.is(400);
    browser.submit(&form, &[]).await.is(400);
    browser.submit(&form, &[("decision", "allow")]).await.is(303);
}

#[tokio::test]
async fn a20_an_answer_from_before_another_login_shows_the_question_anew_and_decides_nothing() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    for (asked, decision) in [(request("shop", ""), "allow"), (request("shop", ""), "deny")] {
        let stale = Form::of(&browser.visit(&asked).await.is(200));
        browser.log_in("/oauth2/login", PASSWORD).await.is(303);
        let anew = browser.submit(&stale, &[("decision", decision)]).await.is(403);
        assert!(anew.body.contains("in another tab") && anew.header("location").is_none(), "{anew:#?}");
        browser.visit(&asked).await.is(200);
        let answer = browser.submit(&Form::of(&anew), &[("decision", "deny")]).await.is(303);
        assert_eq!(members(&answer, '?')["error"], "access_denied");
    }
    let target = request("trusted", "").replace("authorize", "consent");
    let mut unasked = Form::of(&browser.visit(&request("shop", "")).await.is(200));
    unasked.action = target;
    let forged = browser.submit(&unasked.with("csrf", "x"), &[("decision", "deny")]).await.is(403);
    assert!(forged.body.contains("name=\"decision\""), "nobody is let in by a forged no: {forged:#?}");
}

#[tokio::test]
async fn a20_an_answer_without_its_cookie_leads_to_the_login_and_on_to_the_question() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let form = Form::of(&browser.visit(&request("shop", "&state=x")).await.is(200));
    browser.lose_cookie();
    let login = browser.submit(&form, &[("decision", "allow")]).await.is(403);
    assert!(login.body.contains("lost the cookie") && login.body.contains("name=\"password\""), "{login:#?}");
    let next = browser.submit(&Form::of(&login), &[("username", "alice"), ("password", PASSWORD)]).await.is(303);
    let page = browser.visit(next.header("location").unwrap()).await.is(200);
    let answer = browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(303);
    assert_eq!(members(&answer, '?')["state"], "x");
}

#[tokio::test]
async fn what_changes_while_somebody_reads_is_asked_anew() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let page = browser.visit(&request("shop", "")).await.is(200);
    let wider = FILE.replace("{ name: orders.write }", "{ name: orders.write, default: true }");
    tollgate.apply(&wider).await;
    let anew = browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(200);
    assert!(anew.body.contains("This has changed") && !page.body.contains("This has changed"), "{anew:#?}");
    assert!(anew.body.contains("orders.write") && !page.body.contains("orders.write"), "{anew:#?}");
    let forged = Form::of(&anew).without("shown");
    browser.submit(&forged, &[("decision", "allow")]).await.is(200);
    browser.visit(&request("shop", "")).await.is(200);
    browser.submit(&Form::of(&anew), &[("decision", "allow")]).await.is(303);
    let both = browser.get(&request("shop", "")).await.is(303);
    assert!(members(&both, '?').contains_key("code"), "{both:#?}");
}

#[tokio::test]
async fn the_page_says_who_asks_and_what_the_scopes_mean_and_a_yes_is_to_these_words() {
    let tollgate = shop().await;
    let named = FILE.replace("- client_id: shop\n", &format!("- client_id: shop\n{TEXTS}"));
    let described = named.replace("{ name: orders.read,", "{ name: orders.read, description: 'Bestellungen & mehr',");
    let mut browser = Browser::of_alice(&tollgate).await;
    let before = browser.visit(&request("shop", "")).await.is(200);
    tollgate.apply(&described).await;
    assert!(browser.visit(&request("terminal", "")).await.is(200).body.contains("Shop &#60;b&#62;&#38;"));
    let page = browser.submit(&Form::of(&before), &[("decision", "allow")]).await.is(200);
    let said = ["This has changed", "<bdi>Ledger &#38; Co</bdi> asks", ">ledger.example<", "Bestellungen &#38; mehr"];
    let links = ["href=\"https://ledger.example/tos\"", "href=\"https://ledger.example/privacy\""];
    for text in said.into_iter().chain(links) {
        assert!(page.body.contains(text) && !before.body.contains(text), "{text} in {page:#?}");
    }
    browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(303);
    let account = browser.get("/oauth2/account").await.is(200);
    for text in [">Ledger &#38; Co</bdi>", "<bdi>Bestellungen &#38; mehr</bdi> <code>orders.read</code>"] {
        assert!(account.body.contains(text), "{text} in {account:#?}");
    }
    let mut stranger = Browser::new(&tollgate);
    let login = stranger.visit(&request("shop", "")).await.is(200);
    assert!(login.body.contains("to continue to <strong><bdi>Ledger &#38; Co</bdi>"), "{login:#?}");
}

const TEXTS: &str = "        client_name: Ledger & Co
        client_uri: https://ledger.example
        tos_uri: https://ledger.example/tos
        policy_uri: https://ledger.example/privacy
";

#[tokio::test]
async fn nobody_denies_for_somebody_who_is_not_logged_in() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let form = Form::of(&browser.visit(&request("shop", "")).await.is(200));
    let mut stranger = Browser::new(&tollgate);
    let csrf = Form::of(&stranger.get("/oauth2/login").await.is(200)).field("csrf").unwrap().to_owned();
    let page = stranger.submit(&form.with("csrf", &csrf), &[("decision", "deny")]).await.is(200);
    assert!(page.header("location").is_none() && page.body.contains("name=\"password\""), "{page:#?}");
}

#[tokio::test]
async fn a_service_that_skips_consent_asks_nobody_and_prompt_does() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    assert!(members(&browser.get(&request("trusted", "")).await.is(303), '?').contains_key("code"));
    let page = browser.visit(&request("trusted", "&prompt=consent")).await.is(200);
    browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(303);
}

#[tokio::test]
async fn a_program_that_anybody_could_pose_as_is_asked_about_every_time() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let local = request("app", "&redirect_uri=http://127.0.0.1:49152/cb");
    for target in [local.as_str(), &request("app", "&redirect_uri=com.example.app:/cb"), &request("terminal", "")] {
        browser.agree(target).await;
        let again = browser.visit(target).await.is(200);
        assert!(again.body.contains("Already allowed: 1") && again.body.contains("name=\"decision\""), "{again:#?}");
    }
    let quiet = members(&browser.get(&format!("{local}&prompt=none")).await.is(303), '?');
    assert_eq!(quiet["error"], "consent_required");
    let page = browser.visit("/oauth2/authorize?response_type=token&client_id=browser").await.is(200);
    browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(303);
    let web = browser.get("/oauth2/authorize?response_type=token&client_id=browser").await.is(303);
    assert!(members(&web, '#').contains_key("access_token"), "nobody else answers at its web address");
}

#[tokio::test]
async fn prompt_none_shows_no_page() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let quiet = request("shop", "&prompt=none");
    assert_eq!(members(&browser.get(&quiet).await.is(303), '?')["error"], "consent_required");
    browser.agree(&request("shop", "")).await.is(303);
    assert!(members(&browser.get(&quiet).await.is(303), '?').contains_key("code"));
}

#[tokio::test]
async fn what_an_application_is_called_cannot_break_out_of_the_page() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let page = browser.visit(&request("shop", "&state=%22%3E%3Cb%3E")).await.is(200);
    assert!(!page.body.contains("<b>") && page.body.contains("Shop &#60;b&#62;&#38;"), "{page:#?}");
}
