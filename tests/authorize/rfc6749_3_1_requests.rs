//! RFC 6749 sections 3.1 and 4.1.1: what a client may ask, and where the answer goes.

use shared::{endpoint::AuthorizeEndpoint, model::HttpUri, protocol::Request};
use tests::{Answer, Tollgate};

use crate::{
    browser::{Browser, PASSWORD, members},
    shop::{CALLBACK, CHALLENGE, request, shop},
};

/// Expects an error page that leads nowhere.
#[track_caller]
fn stays_here(answer: Answer) {
    assert_eq!(answer.header("location"), None, "{answer:#?}");
    let answer = answer.is(400).has("content-type", "text/html; charset=utf-8");
    assert!(!answer.body.contains("evil"), "{answer:#?}");
}

#[tokio::test]
async fn a3_a_state_that_comes_in_comes_back_however_much_longer_its_encoding_is() {
    let tollgate = shop().await;
    let with = |slashes: usize| request("shop", &format!("&state={}", "/".repeat(slashes)));
    let answer = Browser::new(&tollgate).agree(&with(2_600)).await.is(303);
    assert_eq!(members(&answer, '?')["state"], "/".repeat(2_600));
    let refused = Browser::new(&tollgate).get(&with(2_700)).await.is(413);
    assert_eq!(refused.header("location"), None, "{refused:#?}");
    assert!(refused.body.contains("the parameters make a query of more than 8 KiB"), "{refused:#?}");
}

#[tokio::test]
async fn a2_an_error_page_tells_those_who_made_the_application_what_is_wrong() {
    let tollgate = shop().await;
    for (query, fault) in [
        ("response_type=code", "client_id is missing"),
        ("client_id=nobody", "the client is not known here"),
        ("client_id=shop&client_id=shop", "the parameter client_id is given more than once"),
        ("client_id=shop&redirect_uri=https://evil.example/", "redirect_uri is none that the client has registered"),
        ("client_id=shop&request_uri=https://evil.example/", "request_uri is unknown, over, or used already"),
    ] {
        let answer = Browser::new(&tollgate).get(&format!("/oauth2/authorize?{query}")).await.is(400);
        assert!(answer.body.contains(&format!("For those who made it: {fault}.")), "{answer:#?}");
        assert!(!answer.body.contains("evil"), "{answer:#?}");
    }
}

#[tokio::test]
async fn a1_a2_a25_nothing_is_sent_where_the_client_has_registered_nothing() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    for uri in [
        "https://client.example/cb/evil",
        "https://client.example/cb?evil=1",
        "https://client.example/CB",
        "https://client.example/cb/",
        "https://client.example%2fcb",
        "https://evil@client.example/cb",
        "https://client.example@evil.example/cb",
        "http://client.example/cb",
        "//evil.example/cb",
        "javascript:alert('evil')",
    ] {
        let encoded: String = form_urlencoded::byte_serialize(uri.as_bytes()).collect();
        stays_here(browser.get(&request("shop", &format!("&redirect_uri={encoded}"))).await);
    }
    for query in [
        "",
        "client_id=nobody",
        "client_id=evil&redirect_uri=https://evil.example/",
        "client_id=shop&client_id=shop",
        "client_id=shop&redirect_uri=https://client.example/cb&redirect_uri=https://evil.example/",
        "client_id=gone&redirect_uri=https://client.example/cb",
        "client_id=%00",
        "redirect_uri=https://evil.example/",
    ] {
        for page in ["authorize", "login", "consent"] {
            if page == "login" && !query.contains("client_id") {
                continue;
            }
            stays_here(browser.get(&format!("/oauth2/{page}?response_type=code&{CHALLENGE}&{query}")).await);
        }
    }
}

#[tokio::test]
async fn a1_a_program_on_the_users_machine_may_use_any_port() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let uri = "http://127.0.0.1:49152/cb";
    let answer = browser.agree(&request("app", &format!("&redirect_uri={uri}"))).await.is(303);
    assert!(answer.header("location").unwrap().starts_with(&format!("{uri}?code=tgc_")), "{answer:#?}");
    let private = browser.agree(&request("app", "&redirect_uri=com.example.app:/cb")).await.is(303);
    assert!(private.header("location").unwrap().starts_with("com.example.app:/cb?code="), "{private:#?}");
    for near in ["http://127.0.0.1:49152/other", "http://localhost:49152/cb", "com.example.app:/cb/"] {
        stays_here(browser.get(&request("app", &format!("&redirect_uri={near}"))).await);
    }
    stays_here(browser.get(&request("app", "")).await);
}

#[tokio::test]
async fn a3_a4_every_other_error_goes_back_with_the_state_as_it_came_and_iss() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let state = "a b+%&é\"<x>/?#";
    let encoded: String = form_urlencoded::byte_serialize(state.as_bytes()).collect();
    for (query, error) in [
        ("client_id=shop&response_type=bad", "unsupported_response_type"),
        ("client_id=shop", "invalid_request"),
        ("client_id=shop&response_type=token", "unauthorized_client"),
        ("client_id=shop&response_type=code&code_challenge=x&scope=evil", "invalid_request"),
        (&format!("client_id=shop&response_type=code&{CHALLENGE}&scope=evil"), "invalid_scope"),
        (&format!("client_id=shop&response_type=code&{CHALLENGE}&resource=https://evil.example"), "invalid_target"),
        (&format!("client_id=shop&response_type=code&{CHALLENGE}&scope=a&scope=b"), "invalid_request"),
        (&format!("client_id=shop&response_type=code&{CHALLENGE}&request=e30."), "request_not_supported"),
        (&format!("client_id=shop&response_type=code&{CHALLENGE}&prompt=none"), "login_required"),
    ] {
        let answer = browser.get(&format!("/oauth2/authorize?{query}&state={encoded}")).await.is(303);
        let separator = if query.contains("=token") { '#' } else { '?' };
        let told = members(&answer, separator);
        assert_eq!(told["error"], error, "{answer:#?}");
        assert_eq!((told["state"].as_str(), told["iss"].as_str()), (state, tollgate.system.url().as_str()));
        assert!(!told["error_description"].contains("evil"), "{told:?}");
        assert!(answer.header("location").unwrap().starts_with(CALLBACK));
    }
}

/// Host and the headers of proxies are the caller's to write.
#[tokio::test]
async fn m7_no_header_changes_who_answers() {
    let tollgate = shop().await;
    let world = tollgate.clock.world();
    let endpoint = AuthorizeEndpoint::new(tollgate.store(), world, HttpUri::parse("https://id.example.com").unwrap());
    let target = request("shop", "&prompt=none");
    let (path, query) = target.split_once('?').unwrap();
    let evil = ["host", "x-forwarded-host", "x-original-host", "forwarded"];
    let request = Request {
        method: "GET".parse().unwrap(),
        path: path.into(),
        query: Some(query.into()),
        headers: evil.map(|name| (name.parse().unwrap(), "host=evil.example".parse().unwrap())).into_iter().collect(),
        body: Vec::new(),
        source: "192.0.2.1".into(),
        request_id: "1".into(),
    };
    let response = endpoint.serve(&request).await.response;
    let location = response.headers["location"].to_str().unwrap();
    assert!(location.starts_with(CALLBACK) && location.contains("error=login_required"), "{location}");
    assert!(location.ends_with("iss=https%3A%2F%2Fid.example.com") && !location.contains("evil"), "{location}");
}

#[tokio::test]
async fn the_services_of_a_client_are_not_told_to_whoever_asks() {
    let tollgate = shop().await;
    let answer = Browser::new(&tollgate).get(&request("shop", "&resource=https://elsewhere.example")).await.is(303);
    let told = members(&answer, '?');
    assert_eq!(told["error"], "invalid_target");
    assert!(!told["error_description"].contains("orders"), "{told:?}");
}

#[tokio::test]
async fn a4_a_code_comes_with_state_and_iss() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let answer = browser.agree(&request("shop", "&state=af0ifjsldkj")).await.is(303);
    let told = members(&answer, '?');
    assert_eq!(told.keys().collect::<Vec<_>>(), ["code", "iss", "state"]);
    assert_eq!((told["state"].as_str(), told["iss"].as_str()), ("af0ifjsldkj", tollgate.system.url().as_str()));
    assert!(told["code"].starts_with("tgc_"));
}

#[tokio::test]
async fn a9_a10_a_challenge_of_s256_is_needed_unless_the_service_lets_clients_with_secrets_do_without() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let challenge = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    for (client, more) in [
        ("shop", String::new()),
        ("app", "&redirect_uri=com.example.app:/cb".into()),
        ("loose-app", String::new()),
        ("shop", format!("&{challenge}")),
        ("shop", format!("&{challenge}&code_challenge_method=plain")),
        ("loose", format!("&{challenge}&code_challenge_method=plain")),
        ("loose", format!("&{challenge}")),
    ] {
        let answer =
            browser.get(&format!("/oauth2/authorize?response_type=code&client_id={client}{more}")).await.is(303);
        assert_eq!(members(&answer, '?')["error"], "invalid_request", "{client} {more}");
    }
    let free = browser.agree("/oauth2/authorize?response_type=code&client_id=loose").await.is(303);
    assert!(members(&free, '?').contains_key("code"), "{free:#?}");
}

#[tokio::test]
async fn a_client_without_redirect_uri_gets_its_code_on_a_page() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let page = browser.agree(&request("terminal", "")).await.is(200).has("cache-control", "no-store");
    assert!(page.body.contains(">tgc_"), "{page:#?}");
    stays_here(browser.get(&request("terminal", "&redirect_uri=https://client.example/cb")).await);
    stays_here(browser.get(&request("terminal", "&scope=unknown")).await);
}

#[tokio::test]
async fn axways_path_takes_commas_between_scopes() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    let query = request("shop", "&scope=orders.read,orders.write").replace("/oauth2/", "/api/oauth/");
    let page = browser.visit(&query).await.is(200);
    assert!(page.body.contains("orders.write") && page.body.contains("orders.read"), "{page:#?}");
    let commas = browser.get(&request("shop", "&scope=orders.read,orders.write")).await.is(303);
    assert_eq!(members(&commas, '?')["error"], "invalid_scope");
}

#[tokio::test]
async fn nothing_is_written_for_somebody_who_has_not_logged_in() {
    let tollgate = shop().await;
    let before = written(&tollgate).await;
    let mut browser = Browser::new(&tollgate);
    for target in [&request("shop", "&state=x"), &request("shop", "&scope=bad"), "/oauth2/login", "/oauth2/account"] {
        browser.visit(target).await;
    }
    assert_eq!(written(&tollgate).await, before);
    browser.log_in(&request("shop", ""), PASSWORD).await.is(303);
    assert_ne!(written(&tollgate).await, before);
}

/// Every text of every table, in an order that does not change.
async fn written(tollgate: &Tollgate) -> Vec<String> {
    let tables = tests::secrets::tables(tollgate.system.dynamodb).await;
    let mut lines: Vec<String> = tables.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}
