//! Login and logout.

use shared::model::FAILURES_ALLOWED_OF_ALL_NAMES;
use tests::Answer;

use crate::{
    browser::{Browser, Form, PASSWORD, members},
    shop::{FILE, request, shop},
};

#[track_caller]
fn is_wrong(answer: Answer) -> Answer {
    assert_eq!(answer.header("set-cookie"), None);
    let answer = answer.is(403);
    assert!(answer.body.contains("Sign-in failed"), "{answer:#?}");
    answer
}

#[tokio::test]
async fn a5_a_login_leads_on_by_303_and_never_by_307() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let answer = browser.log_in(&request("shop", "&state=x"), PASSWORD).await.is(303);
    assert!(answer.header("location").unwrap().starts_with("/oauth2/consent?"), "{answer:#?}");
    let page = browser.visit(answer.header("location").unwrap()).await.is(200);
    let answer = browser.submit(&Form::of(&page), &[("decision", "allow")]).await.is(303);
    assert!(members(&answer, '?').contains_key("code"));
}

#[tokio::test]
async fn a_login_has_a_cookie_that_nobody_knew_before() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    browser.get("/oauth2/login").await.is(200);
    let anonymous = browser.cookie().unwrap().to_owned();
    let set = browser.log_in("/oauth2/login", PASSWORD).await.is(303);
    assert_ne!(browser.cookie().unwrap(), anonymous);
    let set = set.header("set-cookie").unwrap();
    assert!(set.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{set}");
    let mut fixated = Browser::with_cookie(&tollgate, &anonymous);
    fixated.get("/oauth2/account").await.is(303).has("location", "/oauth2/login");
}

#[tokio::test]
async fn a20_a_login_without_the_token_of_its_browser_is_refused() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let form = Form::of(&browser.get("/oauth2/login").await.is(200));
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let mut other = Browser::new(&tollgate);
    let foreign = Form::of(&other.get("/oauth2/login").await.is(200));
    assert_ne!(form.field("csrf"), foreign.field("csrf"));
    for forged in [form.clone().without("csrf"), form.clone().with("csrf", ""), foreign] {
        let answer = browser.submit(&forged, &fields).await.is(403);
        assert_eq!(answer.header("set-cookie"), None);
        assert!(!answer.body.contains("Sign-in failed"), "the password was looked at: {answer:#?}");
    }
    Browser::new(&tollgate).submit(&form, &fields).await.is(403);
    browser.submit(&form, &fields).await.is(303);
}

#[tokio::test]
async fn a20_a_login_without_its_cookie_gets_a_page_that_leads_on_and_no_password_is_looked_at() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let mut page = browser.visit(&request("shop", "&state=x")).await.is(200);
    for _ in 0..12 {
        browser.lose_cookie();
        let stale = Form::of(&page);
        page = browser.submit(&stale, &[("username", "alice"), ("password", "wrong")]).await.is(403);
        assert!(page.body.contains("lost the cookie") && !page.body.contains("value=\"alice\""), "{page:#?}");
        let cookie = page.header("set-cookie").unwrap();
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
        assert_eq!(tollgate.lines.last()["reason"], "foreign_form");
    }
    let answer = browser.submit(&Form::of(&page), &[("username", "alice"), ("password", PASSWORD)]).await.is(303);
    let consent = browser.visit(answer.header("location").unwrap()).await.is(200);
    let answer = browser.submit(&Form::of(&consent), &[("decision", "allow")]).await.is(303);
    assert_eq!(members(&answer, '?')["state"], "x");
}

#[tokio::test]
async fn a20_a_form_of_another_site_gives_the_browser_no_other_cookie() {
    let tollgate = shop().await;
    for site in [Some("cross-site"), Some("same-site"), Some("none"), None] {
        for path in
            ["/oauth2/login", "/oauth2/logout", "/oauth2/account", &request("shop", "").replace("authorize", "consent")]
        {
            let call = tollgate.call("POST", path).form("username=alice&password=wrong&decision=allow&csrf=x");
            let call = site.iter().fold(call, |call, site| call.header("Sec-Fetch-Site", site));
            let page = call.send().await.is(403);
            assert_eq!(page.header("set-cookie"), None, "{path} {site:?}");
            assert!(page.body.contains("This form cannot be accepted"), "{path} {site:?}: {page:#?}");
        }
    }
}

#[tokio::test]
async fn a20_a_logout_that_was_left_in_another_tab_ends_nothing_and_says_how_things_are() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let stale = Form::of(&browser.get("/oauth2/logout").await.is(200));
    browser.log_in("/oauth2/login", PASSWORD).await.is(303);
    let anew = browser.submit(&stale, &[]).await.is(403);
    assert!(anew.body.contains("Sign out?"), "{anew:#?}");
    browser.get("/oauth2/account").await.is(200);
    browser.submit(&Form::of(&anew), &[]).await.is(303);
    assert!(browser.submit(&stale, &[]).await.is(403).body.contains("You are signed out"));
}

#[tokio::test]
async fn who_exists_is_not_told() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let form = Form::of(&browser.get("/oauth2/login").await.is(200));
    let wrong = is_wrong(browser.submit(&form, &[("username", "alice"), ("password", "wrong")]).await);
    let unknown = is_wrong(browser.submit(&form, &[("username", "nobody"), ("password", "wrong")]).await);
    let without_name = |answer: Answer| answer.body.replace("value=\"alice\"", "").replace("value=\"nobody\"", "");
    let id = |answer: &Answer| answer.header("x-request-id").map(str::to_owned);
    assert!(id(&wrong).is_some());
    assert_eq!(without_name(wrong), without_name(unknown));
    is_wrong(browser.submit(&form, &[("username", ""), ("password", "")]).await);
    is_wrong(browser.submit(&form, &[]).await);
}

#[tokio::test]
async fn a_name_that_nobody_can_have_is_not_repeated() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let form = Form::of(&browser.get("/oauth2/login").await.is(200));
    for (name, repeated) in [("n".repeat(256), true), ("n".repeat(257), false), ("nn\nnn".repeat(2), false)] {
        let page = is_wrong(browser.submit(&form, &[("username", name.as_str()), ("password", "wrong")]).await);
        assert_eq!(page.body.contains(&name[..4]), repeated, "{page:#?}");
    }
}

#[tokio::test]
async fn what_a_link_carries_besides_makes_no_request_of_it() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let page = browser.get("/oauth2/login?utm_source=a").await.is(200);
    let form = Form::of(&page);
    assert_eq!(form.action, "/oauth2/login");
    let answer = browser.submit(&form, &[("username", "alice"), ("password", PASSWORD)]).await;
    answer.is(303).has("location", "/oauth2/account");
    browser.get("/oauth2/login?request_uri=x").await.is(400);
}

#[tokio::test]
async fn t9_after_ten_wrong_passwords_the_right_one_waits_too_and_no_other_place_does() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let form = Form::of(&browser.get("/oauth2/login").await.is(200));
    for _ in 0..10 {
        is_wrong(browser.submit(&form, &[("username", "alice"), ("password", "wrong")]).await);
    }
    let right = [("username", "alice"), ("password", PASSWORD)];
    let answer = browser.submit(&form, &right).await.is(429).has("retry-after", "300");
    assert!(answer.body.contains("Too many attempts"), "{answer:#?}");
    let csrf = form.field("csrf").unwrap();
    let body = format!("csrf={csrf}&username=alice&password=wonderland+of+a+password");
    let elsewhere = tollgate.call("POST", "/oauth2/login").sent_from([127, 0, 0, 2]).form(&body);
    elsewhere.header("Cookie", &format!("tollgate_session={}", browser.cookie().unwrap())).send().await.is(303);
    tollgate.clock.advance(300);
    browser.submit(&form, &right).await.is(303);
}

#[tokio::test]
async fn t9_a_hundred_wrong_passwords_of_whatever_names_shut_their_place_alone_and_right_ones_do_not_count() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    tests::count_wrong_passwords(&tollgate, "127.0.0.1", FAILURES_ALLOWED_OF_ALL_NAMES - 1).await;
    let form = Form::of(&browser.get("/oauth2/login").await.is(200));
    let with_name = |name| [("username", name), ("password", "wrong")];
    Browser::of_alice(&tollgate).await;
    is_wrong(browser.submit(&form, &with_name("nobody")).await);
    for name in ["nobody", "somebody"] {
        browser.submit(&form, &with_name(name)).await.is(429).has("retry-after", "300");
    }
    let csrf = form.field("csrf").unwrap();
    let body = format!("csrf={csrf}&username=alice&password=wonderland+of+a+password");
    let elsewhere = tollgate.call("POST", "/oauth2/login").sent_from([127, 0, 0, 2]).form(&body);
    elsewhere.header("Cookie", &format!("tollgate_session={}", browser.cookie().unwrap())).send().await.is(303);
    tollgate.clock.advance(300);
    is_wrong(browser.submit(&form, &with_name("somebody")).await);
}

#[tokio::test]
async fn t9_waiting_for_one_name_takes_nothing_from_the_others() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let form = Form::of(&browser.get("/oauth2/login").await.is(200));
    tests::count_wrong_passwords(&tollgate, "127.0.0.1", FAILURES_ALLOWED_OF_ALL_NAMES - 11).await;
    let wrong = [("username", "alice"), ("password", "wrong")];
    for status in [[403; 10].as_slice(), &[429; 3]].concat() {
        browser.submit(&form, &wrong).await.is(status);
    }
    is_wrong(browser.submit(&form, &[("username", "bob"), ("password", "wrong")]).await);
    browser.submit(&form, &[("username", "bob"), ("password", "wrong")]).await.is(429);
}

#[tokio::test]
async fn a20_a_login_page_left_in_another_tab_leads_on_without_its_password_being_looked_at() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let target = request("shop", "&state=x");
    let old = Form::of(&browser.visit(&target).await.is(200));
    browser.log_in("/oauth2/login", PASSWORD).await.is(303);
    let (session, right) = (browser.cookie().unwrap().to_owned(), [("username", "alice"), ("password", PASSWORD)]);
    let wrong = [("username", "alice"), ("password", "wrong")];
    let answer = browser.submit(&old, &wrong).await.is(303);
    assert_eq!((answer.header("set-cookie"), browser.cookie()), (None, Some(session.as_str())));
    let page = browser.visit(answer.header("location").unwrap()).await.is(200);
    assert!(page.body.contains("name=\"decision\""), "{page:#?}");
    let account = Form::of(&browser.get("/oauth2/login").await.is(200)).with("csrf", "x");
    browser.submit(&account, &right).await.is(303).has("location", "/oauth2/account");

    let anonymous = Browser::new(&tollgate).get("/oauth2/login").await.is(200);
    let cookie = anonymous.header("set-cookie").unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    let mut browser = Browser::with_cookie(&tollgate, &cookie);
    let page = browser.submit(&old, &right).await.is(403);
    assert!(page.body.contains("in another tab") && page.header("set-cookie").is_none(), "{page:#?}");
    let answer = browser.submit(&Form::of(&page), &right).await.is(303);
    assert!(answer.header("location").unwrap().starts_with("/oauth2/consent?"), "{answer:#?}");
}

#[tokio::test]
async fn t9_right_passwords_are_not_counted() {
    let tollgate = shop().await;
    for _ in 0..12 {
        Browser::of_alice(&tollgate).await;
    }
}

#[tokio::test]
async fn a_session_ends_with_its_day_the_password_and_the_user() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    browser.get("/oauth2/account").await.is(200);
    tollgate.clock.advance(8 * 60 * 60);
    browser.get("/oauth2/account").await.is(303).has("location", "/oauth2/login");

    let mut browser = Browser::of_alice(&tollgate).await;
    let consent = browser.visit(&request("shop", "")).await.is(200);
    tollgate.apply(&FILE.replace(PASSWORD, "another one")).await;
    browser.get("/oauth2/account").await.is(303).has("location", "/oauth2/login");
    let asked = browser.submit(&Form::of(&consent), &[("decision", "allow")]).await.is(200);
    assert!(asked.body.contains("Your session has ended"), "{asked:#?}");

    browser.log_in("/oauth2/login", "another one").await.is(303);
    tollgate.apply(&FILE.replace("username: alice", "username: alice, enabled: false")).await;
    browser.get("/oauth2/account").await.is(303).has("location", "/oauth2/login");
    is_wrong(browser.log_in("/oauth2/login", PASSWORD).await);
}

#[tokio::test]
async fn a_session_does_not_come_back_with_a_user_who_is_switched_on_again() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    tollgate.apply(&FILE.replace("username: alice", "username: alice, enabled: false")).await;
    tollgate.apply(FILE).await;
    browser.get("/oauth2/account").await.is(303).has("location", "/oauth2/login");
    browser.log_in("/oauth2/login", PASSWORD).await.is(303);
    browser.get("/oauth2/account").await.is(200);
}

#[tokio::test]
async fn a_logout_ends_the_session_everywhere_and_needs_the_token() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let logout = Form::all(&browser.get("/oauth2/account").await.is(200)).remove(0);
    assert_eq!(logout.action, "/oauth2/logout");
    let mut copy = Browser::with_cookie(&tollgate, browser.cookie().unwrap());
    browser.submit(&logout.clone().without("csrf"), &[]).await.is(403);
    browser.get("/oauth2/account").await.is(200);
    let answer = browser.submit(&logout, &[]).await.is(303).has("location", "/oauth2/logout");
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"), "{answer:#?}");
    assert_eq!(browser.cookie(), None);
    assert!(browser.get("/oauth2/logout").await.is(200).body.contains("You are signed out"));
    copy.get("/oauth2/account").await.is(303);
}

#[tokio::test]
async fn the_logout_page_offers_to_end_a_session_that_lives() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let page = browser.get("/oauth2/logout").await.is(200);
    assert!(page.body.contains("signed in as") && !page.body.contains("You are signed out"), "{page:#?}");
    browser.submit(&Form::of(&page), &[]).await.is(303).has("location", "/oauth2/logout");
    assert!(browser.get("/oauth2/logout").await.is(200).body.contains("You are signed out"));
    let mut never = Browser::new(&tollgate);
    assert!(never.get("/oauth2/logout").await.is(200).body.contains("You are signed out"));
}

#[tokio::test]
async fn a_new_login_ends_the_one_before_it_in_the_same_browser() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let mut old = Browser::with_cookie(&tollgate, browser.cookie().unwrap());
    browser.log_in("/oauth2/login", PASSWORD).await.is(303);
    old.get("/oauth2/account").await.is(303);
    browser.get("/oauth2/account").await.is(200);
}

#[tokio::test]
async fn prompt_asks_for_the_login_once_more_and_only_once() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let answer = browser.get(&request("trusted", "&prompt=login")).await.is(303);
    assert!(answer.header("location").unwrap().starts_with("/oauth2/login?"), "{answer:#?}");
    let answer = browser.log_in(&request("trusted", "&prompt=login"), PASSWORD).await.is(303);
    let answer = browser.visit(answer.header("location").unwrap()).await.is(303);
    assert!(members(&answer, '?').contains_key("code"), "{answer:#?}");
}
