//! The page where somebody chooses another password, and what ends by it.

use tests::Answer;

use crate::{
    browser::{Browser, Form, PASSWORD, members},
    shop::shop,
};

const PAGE: &str = "/oauth2/account/password";
const NEW: &str = "through the looking-glass";
const IMPLICIT: &str = "/oauth2/authorize?response_type=token&client_id=browser";

async fn change(browser: &mut Browser<'_>, current: &str, new: &str, again: &str) -> Answer {
    let page = browser.get(PAGE).await.is(200);
    browser.submit(&Form::of(&page), &[("current", current), ("new", new), ("again", again)]).await
}

#[tokio::test]
async fn another_password_ends_every_other_login_and_what_clients_were_let_do() {
    let tollgate = shop().await;
    let (mut browser, mut other) = (Browser::of_alice(&tollgate).await, Browser::of_alice(&tollgate).await);
    let token = members(&browser.agree(IMPLICIT).await.is(303), '#')["access_token"].clone();
    tollgate.call("GET", "/orders/1").bearer(&token).send().await.is(200);
    let old = browser.cookie().unwrap().to_owned();
    let page = browser.get("/oauth2/account").await.is(200);
    assert!(page.body.contains(PAGE) && !page.body.contains("Your password is changed"), "{page:#?}");

    let changed = change(&mut browser, PASSWORD, NEW, NEW).await.is(303);
    let line = tollgate.lines.last();
    assert_eq!((line["decision"].as_str(), line["sub"].as_str()), (Some("password_changed"), Some("alice")));
    let told = changed.header("location").unwrap().to_owned();
    let page = browser.get(&told).await.is(200);
    assert!(
        page.body.contains("Your password is changed") && page.body.contains("No application has access"),
        "{page:#?}"
    );
    tollgate.call("GET", "/orders/1").bearer(&token).send().await.is(401);
    other.get("/oauth2/account").await.is(303);
    Browser::with_cookie(&tollgate, &old).get("/oauth2/account").await.is(303);
    let mut later = Browser::new(&tollgate);
    later.log_in("/oauth2/login", PASSWORD).await.is(403);
    later.log_in("/oauth2/login", NEW).await.is(303);
    let elsewhere = later.get(&told).await.is(200);
    assert!(!elsewhere.body.contains("Your password is changed"), "the address alone says nothing: {elsewhere:#?}");
}

#[tokio::test]
async fn a_password_that_cannot_be_one_is_told_and_costs_no_try() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    for (current, new, again, told) in [
        ("wrong", "seven77", "seven77", "8 characters or more"),
        ("wrong", "", "", "8 characters or more"),
        ("wrong", "eight\u{7}88", "eight\u{7}88", "8 characters or more"),
        ("wrong", NEW, "through the looking-glas", "typed in two ways"),
        (PASSWORD, PASSWORD, PASSWORD, "the one that you have"),
    ] {
        for _ in 0..3 {
            let page = change(&mut browser, current, new, again).await.is(400);
            let alert = page.body.split_once("role=\"alert\"").expect("it says why").1;
            assert!(alert.contains(told) && !page.body.contains("looking-glas"), "{page:#?}");
        }
    }
    change(&mut browser, PASSWORD, "éééééééé", "éééééééé").await.is(303);
}

#[tokio::test]
async fn t9_a_wrong_current_password_counts_as_one_at_the_login_and_changes_nothing() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    for _ in 0..5 {
        let page = change(&mut browser, "wrong", NEW, NEW).await.is(403);
        assert!(page.body.contains("The current password is wrong"), "{page:#?}");
        assert_eq!(tollgate.lines.last()["reason"], "wrong_password");
        Browser::new(&tollgate).log_in("/oauth2/login", "wrong").await.is(403);
    }
    let page = change(&mut browser, PASSWORD, NEW, NEW).await.is(429).has("retry-after", "300");
    assert!(page.body.contains("Too many attempts"), "{page:#?}");
    Browser::new(&tollgate).log_in("/oauth2/login", PASSWORD).await.is(429);
    tollgate.clock.advance(300);
    Browser::new(&tollgate).log_in("/oauth2/login", PASSWORD).await.is(303);
    change(&mut browser, PASSWORD, NEW, NEW).await.is(303);
}

#[tokio::test]
async fn a20_a_password_is_changed_by_the_form_of_its_browser_alone() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let fields = [("current", PASSWORD), ("new", NEW), ("again", NEW)];
    let form = Form::of(&browser.get(PAGE).await.is(200));
    let mut eve = Browser::of_alice(&tollgate).await;
    let foreign = Form::of(&eve.get(PAGE).await.is(200));
    for forged in [form.clone().without("csrf"), foreign] {
        let page = browser.submit(&forged, &fields).await.is(403);
        assert!(page.body.contains("nothing was changed") && !page.body.contains("looking-glass"), "{page:#?}");
    }
    let elsewhere = tollgate.call("POST", PAGE).form("current=x&new=y&again=y").header("Sec-Fetch-Site", "cross-site");
    assert_eq!(elsewhere.send().await.is(403).header("set-cookie"), None);
    let mut stranger = Browser::new(&tollgate);
    stranger.get(PAGE).await.is(303).has("location", "/oauth2/login");
    let login = stranger.submit(&form, &fields).await.is(403);
    assert!(login.body.contains("name=\"password\""), "{login:#?}");
    Browser::new(&tollgate).log_in("/oauth2/login", PASSWORD).await.is(303);
}

#[tokio::test]
async fn of_two_changes_at_once_one_is_made() {
    let tollgate = shop().await;
    let (mut one, mut other) = (Browser::of_alice(&tollgate).await, Browser::of_alice(&tollgate).await);
    let (first, second) = (Form::of(&one.get(PAGE).await), Form::of(&other.get(PAGE).await));
    let fields = |new: &'static str| [("current", PASSWORD), ("new", new), ("again", new)];
    let (of_one, of_other) = (fields("one looking-glass"), fields("other looking-glass"));
    let answers = tokio::join!(one.submit(&first, &of_one), other.submit(&second, &of_other));
    let made = [&answers.0, &answers.1].into_iter().filter(|answer| answer.status == 303).count();
    assert_eq!(made, 1, "{answers:#?}");
    let lives = if answers.0.status == 303 { "one looking-glass" } else { "other looking-glass" };
    Browser::new(&tollgate).log_in("/oauth2/login", lives).await.is(303);
}

#[tokio::test]
async fn a_password_that_the_file_gives_comes_back_with_the_next_apply_and_another_stays() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    change(&mut browser, PASSWORD, NEW, NEW).await.is(303);
    let kept = crate::shop::FILE.replace(", password: wonderland of a password", "");
    tollgate.apply(&kept).await;
    browser.get("/oauth2/account").await.is(200);
    tollgate.apply(crate::shop::FILE).await;
    browser.get("/oauth2/account").await.is(303);
    browser.log_in("/oauth2/login", PASSWORD).await.is(303);
}
