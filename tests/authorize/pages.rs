//! What every page has in common: the headers that keep it from being framed, stored, leaked or read by other sites.

use shared::store::Table;
use tests::{Answer, dynamodb};

use crate::{
    browser::{Browser, Form, PASSWORD},
    shop::{FILE, request, shop},
};

#[track_caller]
fn is_a_page(answer: &Answer) {
    let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{answer:#?}"));
    for directive in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "style-src 'sha256-"] {
        assert!(policy.contains(directive), "{directive}: {policy}");
    }
    assert!(!policy.contains("script-src") && !policy.contains("unsafe"), "{policy}");
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{answer:#?}");
    }
    assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()), "{answer:#?}");
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a6_a7_a8_every_page_has_the_headers_that_guard_it() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    is_a_page(&browser.visit(&request("shop", "")).await.is(200));
    is_a_page(&browser.get("/oauth2/authorize").await.is(400));
    is_a_page(&browser.get("/oauth2/logout").await.is(200));
    is_a_page(&browser.log_in("/oauth2/login", "wrong").await.is(403));
    let mut browser = Browser::of_alice(&tollgate).await;
    is_a_page(&browser.get("/oauth2/account").await.is(200));
    is_a_page(&browser.get("/oauth2/account/password").await.is(200));
    let consent = browser.visit(&request("shop", "")).await.is(200);
    is_a_page(&consent);
    is_a_page(&browser.submit(&Form::of(&consent).without("csrf"), &[]).await.is(403));
    is_a_page(&browser.agree(&request("terminal", "")).await.is(200));
}

#[tokio::test]
async fn a8_no_redirect_tells_where_the_browser_was_or_may_be_kept() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    for target in [request("shop", ""), request("shop", "&scope=bad")] {
        let answer = browser.get(&target).await.is(303).has("referrer-policy", "no-referrer");
        answer.has("cache-control", "no-store");
    }
}

#[tokio::test]
async fn a6_pages_of_other_origins_read_nothing_here() {
    let tollgate = shop().await;
    let asked = request("shop", "");
    let pages = [&asked, "/oauth2/authorize", "/oauth2/login", "/oauth2/consent", "/oauth2/account", "/oauth2/logout"];
    for path in pages {
        let from_elsewhere = |method| tollgate.call(method, path).header("Origin", "https://evil.example");
        let preflight = from_elsewhere("OPTIONS").header("Access-Control-Request-Method", "POST").send().await.is(405);
        for answer in [preflight, from_elsewhere("GET").send().await] {
            let is_cors = |name: &str| name.to_ascii_lowercase().starts_with("access-control-");
            let cors: Vec<_> = answer.headers.iter().filter(|(name, _)| is_cors(name)).collect();
            assert!(cors.is_empty(), "{path}: {cors:?}");
        }
    }
}

#[tokio::test]
async fn other_methods_and_media_types_are_refused_by_name() {
    let tollgate = shop().await;
    let call = |method: &str, path: &str| tollgate.call(method, path).send();
    call("POST", &request("shop", "")).await.is(405).has("allow", "GET, HEAD");
    call("DELETE", "/oauth2/login").await.is(405).has("allow", "GET, HEAD, POST");
    let json = tollgate.call("POST", "/oauth2/login").json("{}").send().await.is(415);
    is_a_page(&json);
}

#[tokio::test]
async fn head_is_answered_as_get_is_without_the_page() {
    let tollgate = shop().await;
    let login = tollgate.call("HEAD", "/oauth2/login").send().await.is(200);
    assert_eq!((login.body.as_str(), login.header("content-type")), ("", Some("text/html; charset=utf-8")));
    tollgate.call("HEAD", "/oauth2/account").send().await.is(303).has("location", "/oauth2/login");
    let asked = tollgate.call("HEAD", &request("shop", "")).send().await.is(303);
    assert!(asked.header("location").unwrap().starts_with("/oauth2/login?"), "{asked:#?}");
}

#[tokio::test]
async fn head_gives_no_code_to_whom_get_would() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    browser.agree(&request("shop", "")).await.is(303);
    let cookie = format!("tollgate_session={}", browser.cookie().unwrap());
    let consent = request("shop", "").replace("/authorize?", "/consent?");
    for (path, allow) in [(request("shop", ""), "GET"), (consent, "GET, POST")] {
        let answer = tollgate.call("HEAD", &path).header("Cookie", &cookie).send().await.is(405).has("allow", allow);
        assert_eq!(answer.header("location"), None, "{answer:#?}");
    }
}

#[tokio::test]
async fn a_login_page_is_under_20_kb_in_all() {
    let tollgate = shop().await;
    let page = Browser::new(&tollgate).visit(&request("shop", "&state=x")).await.is(200);
    assert!(page.body.len() < 20_000, "{} bytes", page.body.len());
    assert!(!page.body.contains("<link rel=\"stylesheet\"") && !page.body.contains("<script"), "{page:#?}");
}

#[tokio::test]
async fn every_page_has_the_look_that_is_configured_from_the_next_request_on() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    assert!(browser.get("/oauth2/logout").await.is(200).body.contains("Tollgate"));
    let branding = "branding: { name: Sunny Day, logo: https://cdn.example.com/logo.svg, colours: { brand: '#ffcc00' }, \
                    terms_url: https://example.com/terms }";
    tollgate.apply(&format!("{branding}{FILE}")).await;
    let mut pages = vec![
        browser.get("/oauth2/login").await.is(200),
        browser.get("/oauth2/logout").await.is(200),
        browser.get("/oauth2/authorize").await.is(400),
        browser.log_in("/oauth2/login", "wrong").await.is(403),
    ];
    browser.log_in("/oauth2/login", PASSWORD).await.is(303);
    pages.push(browser.get("/oauth2/account").await.is(200));
    pages.push(browser.visit(&request("shop", "")).await.is(200));
    pages.push(browser.agree(&request("terminal", "")).await.is(200));
    for page in pages {
        is_a_page(&page);
        assert!(!page.body.contains("Tollgate") && page.body.contains("Sunny Day"), "{page:#?}");
        assert!(page.body.contains("https://example.com/terms") && page.body.contains("#ffcc00"), "{page:#?}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("img-src data: https://cdn.example.com;"), "{policy}");
    }
    tollgate.apply(&format!("branding: {}{FILE}", "{}")).await;
    assert!(browser.get("/oauth2/logout").await.is(200).body.contains("Tollgate"));
}

#[tokio::test]
async fn a_page_is_shown_where_the_store_tells_nothing_of_the_branding() {
    let tollgate = shop().await;
    let services = dynamodb(tollgate.system.dynamodb).delete_table().table_name(Table::Services.default_name());
    services.send().await.unwrap();
    is_a_page(&Browser::new(&tollgate).get(&request("shop", "")).await.is(503));
}
