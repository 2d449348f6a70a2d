//! The token service of webMethods Mediator: three ways to give credentials, scopes that are services, JSON and XML.

use base64::{Engine, engine::general_purpose::STANDARD};
use tests::{Answer, Call, Tollgate};

use crate::shop::refuses;

const PATH: &str = "/rest/pub.mediator.oauth2.getOAuth2AccessToken";
const ALIAS: &str = "/invoke/pub.apigateway.oauth2/getAccessToken";
const SECRET: &str = "generated-secret-0001";
const SHOP: (&str, &str) = ("shop", SECRET);

fn post(tollgate: &Tollgate) -> Call {
    tollgate.call("POST", PATH)
}

fn json(id: &str, secret: &str, scope: &str) -> String {
    format!(r#"{{"client_id":"{id}","client_secret":"{secret}","scope":"{scope}"}}"#)
}

/// The token, after which services it opens was compared.
async fn opens(tollgate: &Tollgate, answer: Answer, services: &[&str]) -> String {
    let token = answer.is(200).json()["access_token"].as_str().expect("a token is a text").to_owned();
    for service in ["orders", "stock"] {
        let answer = tollgate.call("GET", &format!("/{service}/1")).bearer(&token).send().await;
        answer.is(if services.contains(&service) { 200 } else { 401 });
    }
    token
}

/// Expects an XML answer.
#[track_caller]
fn is_xml(answer: &Answer) {
    assert_eq!(answer.header("content-type"), Some("text/xml; charset=utf-8"), "{answer:#?}");
    assert!(answer.body.starts_with("<Response xmlns="), "{answer:#?}");
}

/// The text of an element of an XML answer.
#[track_caller]
fn element<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let rest = answer.body.split_once(&open).unwrap_or_else(|| panic!("no {name}: {answer:#?}")).1;
    rest.split_once(&close).expect("an element ends").0
}

#[tokio::test]
async fn credentials_come_in_a_basic_header_a_json_object_or_a_form() {
    let tollgate = Tollgate::with(FILE).await;
    let form = format!("client_id=shop&client_secret={SECRET}&scope=orders");
    let calls = [
        post(&tollgate).basic(SHOP.0, SHOP.1).form("scope=orders"),
        post(&tollgate).basic(SHOP.0, SHOP.1).json(r#"{"scope":"orders"}"#),
        post(&tollgate).json(&json(SHOP.0, SHOP.1, "orders")),
        post(&tollgate).form(&form),
    ];
    for call in calls {
        let answer = call.send().await.is(200).says("token_type", "Bearer").says("expires_in", 3600);
        let answer = answer.says("scope", "orders").has("content-type", "application/json");
        opens(&tollgate, answer, &["orders"]).await;
    }
}

#[tokio::test]
async fn a_basic_header_needs_no_body() {
    let tollgate = Tollgate::with(FILE).await;
    post(&tollgate).basic(SHOP.0, SHOP.1).send().await.is(200).says("scope", "orders stock");
}

#[tokio::test]
async fn a_token_is_32_lower_case_hexadecimal_digits_where_the_service_says_so() {
    let tollgate = Tollgate::with(FILE).await;
    let answer = post(&tollgate).json(&json(SHOP.0, SHOP.1, "orders")).send().await;
    let token = opens(&tollgate, answer, &["orders"]).await;
    assert!(token.len() == 32 && token.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')), "{token}");
}

#[tokio::test]
async fn the_header_beats_the_body() {
    let tollgate = Tollgate::with(FILE).await;
    let wrong_body = "client_id=nobody&client_secret=wrong&scope=orders";
    post(&tollgate).basic(SHOP.0, SHOP.1).form(wrong_body).send().await.is(200);
    post(&tollgate).basic(SHOP.0, SHOP.1).json(&json("nobody", "wrong", "orders")).send().await.is(200);
    let right_body = format!("client_id=shop&client_secret={SECRET}&scope=orders");
    refuses(post(&tollgate).basic("shop", "wrong").form(&right_body).send().await, 401, "invalid_client");
    let bearer = post(&tollgate).bearer("abc").form(&right_body);
    refuses(bearer.send().await, 401, "invalid_client");
}

#[tokio::test]
async fn basic_credentials_may_be_form_encoded_or_not() {
    let tollgate = Tollgate::with(FILE).await;
    let raw = |pair: &str| post(&tollgate).header("Authorization", &format!("Basic {}", STANDARD.encode(pair)));
    raw("old+shop:100%zz+é").send().await.is(200);
    raw("old%2Bshop:100%25zz%2B%C3%A9").send().await.is(200);
    refuses(raw("old%2Bshop:100%zz+é").send().await, 401, "invalid_client");
    refuses(raw("old+shop:100%25zz%2B%C3%A9").send().await, 401, "invalid_client");
    let strict = tollgate.call("POST", "/oauth2/token").form("grant_type=client_credentials");
    let raw_pair = format!("Basic {}", STANDARD.encode("old+shop:100%zz+é"));
    refuses(strict.header("Authorization", &raw_pair).send().await, 401, "invalid_client");
}

#[tokio::test]
async fn t9_a_guess_counts_in_whichever_way_its_header_is_read() {
    let tollgate = Tollgate::with(FILE).await;
    let guess = |secret: &str| {
        let pair = STANDARD.encode(format!("old+shop:{secret}"));
        post(&tollgate).header("Authorization", &format!("Basic {pair}"))
    };
    for at in 0..10 {
        refuses(guess(&format!("guess {at}")).send().await, 401, "invalid_client");
    }
    refuses(guess("100%zz+é").send().await, 429, "invalid_client").has("retry-after", "300");
    guess("100%zz+é").sent_from([127, 0, 0, 2]).send().await.is(200);
}

#[tokio::test]
async fn t9_a_secret_that_is_read_in_two_ways_is_one_guess() {
    let tollgate = Tollgate::with(&FILE.replace("client_id: old+shop", "client_id: old.shop")).await;
    let guess = |secret: &str| {
        let pair = STANDARD.encode(format!("old.shop:{secret}"));
        post(&tollgate).header("Authorization", &format!("Basic {pair}"))
    };
    for at in 0..9 {
        refuses(guess(&format!("a+guess+{at}")).send().await, 401, "invalid_client");
    }
    guess("100%zz+é").send().await.is(200);
    refuses(guess("a+guess").sent_from([127, 0, 0, 1]).send().await, 401, "invalid_client");
    refuses(guess("a+guess").send().await, 429, "invalid_client");
}

#[tokio::test]
async fn a_scope_is_a_service_or_a_scope_of_one() {
    let tollgate = Tollgate::with(FILE).await;
    for (scope, services) in [
        ("orders", &["orders"][..]),
        ("stock", &["stock"]),
        ("orders.read", &["orders"]),
        ("stock orders", &["orders", "stock"]),
        ("orders.read stock", &["orders", "stock"]),
    ] {
        let answer = post(&tollgate).json(&json(SHOP.0, SHOP.1, scope)).send().await.says("scope", scope);
        opens(&tollgate, answer, services).await;
    }
}

#[tokio::test]
async fn a_token_for_several_services_lives_the_shortest_of_their_times() {
    let tollgate = Tollgate::with(FILE).await;
    for (scope, seconds) in [("orders", 3600), ("stock", 600), ("orders stock", 600)] {
        let answer = post(&tollgate).json(&json(SHOP.0, SHOP.1, scope)).send().await;
        answer.is(200).says("expires_in", seconds);
    }
}

#[tokio::test]
async fn without_a_scope_the_token_is_for_all_that_the_client_may_and_says_so() {
    let tollgate = Tollgate::with(FILE).await;
    for scope in ["", "&scope="] {
        let form = format!("client_id=shop&client_secret={SECRET}{scope}");
        let answer = post(&tollgate).form(&form).send().await.is(200).says("scope", "orders stock");
        opens(&tollgate, answer, &["orders", "stock"]).await;
    }
    let answer = post(&tollgate).basic("limited", SECRET).send().await.is(200).says("scope", "orders.read stock");
    opens(&tollgate, answer, &["orders", "stock"]).await;
}

#[tokio::test]
async fn a_client_gets_the_name_of_a_service_only_when_its_scope_lists_it() {
    let tollgate = Tollgate::with(FILE).await;
    for scope in ["orders", "orders.write", "stock orders", "payroll", "unknown", "stock unknown"] {
        let answer = post(&tollgate).basic("limited", SECRET).form(&format!("scope={scope}")).send().await;
        refuses(answer, 400, "invalid_scope");
    }
    for scope in ["payroll", "unknown", "orders payroll"] {
        let answer = post(&tollgate).json(&json(SHOP.0, SHOP.1, scope)).send().await;
        refuses(answer, 400, "invalid_scope");
    }
}

#[tokio::test]
async fn a_service_that_is_switched_off_is_left_out_and_cannot_be_asked_for() {
    let tollgate = Tollgate::with(&FILE.replace("enabled: true", "enabled: false")).await;
    post(&tollgate).basic(SHOP.0, SHOP.1).send().await.is(200).says("scope", "orders");
    post(&tollgate).basic("limited", SECRET).send().await.is(200).says("scope", "orders.read");
    refuses(post(&tollgate).json(&json(SHOP.0, SHOP.1, "stock")).send().await, 400, "invalid_scope");
}

#[tokio::test]
async fn a_client_or_service_without_the_grant_type_gets_no_token() {
    let tollgate = Tollgate::with(FILE).await;
    refuses(post(&tollgate).basic("codes-only", SECRET).send().await, 400, "unauthorized_client");
    refuses(post(&tollgate).basic("people", SECRET).send().await, 400, "unauthorized_client");
    refuses(post(&tollgate).form("client_id=public").send().await, 401, "invalid_client");
}

#[tokio::test]
async fn accept_decides_between_json_and_xml() {
    let tollgate = Tollgate::with(FILE).await;
    let cases = [
        ("application/json", false),
        ("application/xml", true),
        ("text/xml", true),
        ("*/*", false),
        ("text/plain", false),
        ("text/html, application/xml;q=0.9, */*;q=0.8", true),
        ("application/xml;q=0.5, application/json", false),
        ("application/json;q=0.4, text/xml;q=0.5", true),
        ("application/xml;q=0, */*", false),
        ("application/json;q=0, */*;q=0.1", true),
        ("APPLICATION/XML; q=1.0", true),
    ];
    for (accept, xml) in cases {
        let answer =
            post(&tollgate).json(&json(SHOP.0, SHOP.1, "orders")).header("Accept", accept).send().await.is(200);
        if xml {
            is_xml(&answer);
        } else {
            assert_eq!(answer.header("content-type"), Some("application/json"), "{accept}");
        }
        let refusal = post(&tollgate).json("{}").header("Accept", accept).send().await.is(401);
        assert_eq!(refusal.body.starts_with('<'), xml, "{accept}: {refusal:#?}");
    }
}

#[tokio::test]
async fn without_accept_a_json_request_gets_json_and_a_form_the_services_default() {
    let tollgate = Tollgate::with(FILE).await;
    let form = format!("client_id=shop&client_secret={SECRET}");
    is_xml(&post(&tollgate).form(&format!("{form}&scope=stock")).send().await.is(200));
    is_xml(&post(&tollgate).basic(SHOP.0, SHOP.1).form("scope=stock").send().await.is(200));
    post(&tollgate).form(&format!("{form}&scope=orders")).send().await.is(200).has("content-type", "application/json");
    let answer = post(&tollgate).json(&json(SHOP.0, SHOP.1, "stock")).send().await.is(200);
    answer.has("content-type", "application/json");
    let answer = post(&tollgate).form(&format!("{form}&scope=stock")).header("Accept", "application/json").send().await;
    answer.is(200).has("content-type", "application/json");
}

#[tokio::test]
async fn t10_t11_t17_the_xml_answer_has_the_products_elements_in_its_order() {
    let tollgate = Tollgate::with(FILE).await;
    for path in [PATH, ALIAS] {
        let call = tollgate.call("POST", path).basic(SHOP.0, SHOP.1).form("scope=orders").header("Accept", "text/xml");
        let answer = call.send().await.is(200).has("cache-control", "no-store").has("pragma", "no-cache");
        let expected = format!(
            "<Response xmlns=\"http://{}{path}\"><access_token>{}</access_token><expires_in>3600</expires_in>\
             <token_type>Bearer</token_type><scope>orders</scope></Response>",
            tollgate.address(),
            element(&answer, "access_token"),
        );
        assert_eq!(answer.body, expected);
    }
}

#[tokio::test]
async fn the_namespace_does_not_follow_the_host_header() {
    let tollgate = Tollgate::with(FILE).await;
    let call = post(&tollgate).basic(SHOP.0, SHOP.1).header("Accept", "text/xml");
    let call = call.header("X-Forwarded-Host", "evil.example").header("X-Forwarded-Proto", "https");
    let answer = call.send().await.is(200);
    assert!(answer.body.contains(&format!("xmlns=\"http://{}{PATH}\"", tollgate.address())), "{answer:#?}");
}

#[tokio::test]
async fn the_alias_of_the_successor_serves_the_same() {
    let tollgate = Tollgate::with(FILE).await;
    let body = r#"{"grant_type":"client_credentials","client_id":"shop","client_secret":"generated-secret-0001"}"#;
    let answer = tollgate.call("POST", ALIAS).json(body).send().await.is(200).says("expires_in", 600);
    opens(&tollgate, answer, &["orders", "stock"]).await;
}

#[tokio::test]
async fn errors_have_the_names_and_statuses_of_rfc_6749_in_both_formats() {
    let tollgate = Tollgate::with(FILE).await;
    let form = |form: &str| post(&tollgate).basic(SHOP.0, SHOP.1).form(form);
    let cases = [
        (post(&tollgate).basic("shop", "wrong"), 401, "invalid_client"),
        (post(&tollgate).json("{}"), 401, "invalid_client"),
        (form("scope=unknown"), 400, "invalid_scope"),
        (form("scope=a%22b"), 400, "invalid_scope"),
        (form("scope=orders&scope=stock"), 400, "invalid_request"),
        (form("grant_type=password&username=alice&password=x"), 400, "unsupported_grant_type"),
        (tollgate.call("GET", PATH).basic(SHOP.0, SHOP.1), 405, "invalid_request"),
        (post(&tollgate).basic(SHOP.0, SHOP.1).header("Content-Type", "text/xml").body("<x/>"), 415, "invalid_request"),
    ];
    for (call, status, error) in cases {
        let answer = refuses(call.clone().send().await, status, error).has("content-type", "application/json");
        let description = answer.json()["error_description"].as_str().expect("a description is a text").to_owned();
        let twin = call.header("Accept", "application/xml").send().await.is(status).has("cache-control", "no-store");
        is_xml(&twin);
        assert_eq!(element(&twin, "error"), error);
        assert_eq!(element(&twin, "error_description"), description);
        assert!(!twin.body.contains("access_token"), "{twin:#?}");
    }
}

#[tokio::test]
async fn t7_a_failure_is_401_with_a_basic_challenge() {
    let tollgate = Tollgate::with(FILE).await;
    for accept in ["application/json", "text/xml"] {
        let answer = post(&tollgate).basic("shop", "wrong").header("Accept", accept).send().await.is(401);
        answer.has("x-amzn-remapped-www-authenticate", r#"Basic realm="tollgate", charset="UTF-8""#);
    }
}

#[tokio::test]
async fn t1_get_gives_no_token() {
    let tollgate = Tollgate::with(FILE).await;
    for path in [PATH, ALIAS] {
        let target = format!("{path}?client_id=shop&client_secret={SECRET}&scope=orders");
        refuses(tollgate.call("GET", &target).send().await, 405, "invalid_request").has("allow", "POST");
        let call = tollgate.call("GET", path).basic(SHOP.0, SHOP.1);
        refuses(call.send().await, 405, "invalid_request").has("allow", "POST");
    }
}

#[tokio::test]
async fn t2_refuses_credentials_in_the_query() {
    let tollgate = Tollgate::with(FILE).await;
    let target = format!("{PATH}?client_id=shop&client_secret={SECRET}");
    refuses(tollgate.call("POST", &target).form("scope=orders").send().await, 400, "invalid_request");
    let call = tollgate.call("POST", &target).basic(SHOP.0, SHOP.1).form("scope=orders");
    refuses(call.send().await, 400, "invalid_request");
}

#[tokio::test]
async fn a_json_body_that_is_not_the_products_is_an_invalid_request() {
    let tollgate = Tollgate::with(FILE).await;
    let too_long = format!(r#"{{"client_id":"{}"}}"#, "a".repeat(64 * 1024));
    let bodies = [
        ("", 400),
        ("null", 400),
        ("[]", 400),
        ("{", 400),
        (r#"{"client_id":"shop","client_secret":1}"#, 400),
        (r#"{"client_id":["shop"],"client_secret":"generated-secret-0001"}"#, 400),
        (r#"{"client_id":"shop","client_id":"shop","client_secret":"generated-secret-0001"}"#, 400),
        (r#"{"client_id":"shop","client_secret":"generated-secret-0001"} {}"#, 400),
        (too_long.as_str(), 413),
    ];
    for (body, status) in bodies {
        refuses(post(&tollgate).json(body).send().await, status, "invalid_request");
    }
}

#[tokio::test]
async fn t4_an_empty_json_member_is_an_absent_one_and_an_unknown_one_is_ignored() {
    let tollgate = Tollgate::with(FILE).await;
    for more in [r#""scope":"""#, r#""scope":null"#, r#""foo":{"bar":[1]}"#, r#""grant_type":"""#] {
        let body = format!(r#"{{"client_id":"shop","client_secret":"generated-secret-0001",{more}}}"#);
        post(&tollgate).json(&body).send().await.is(200).says("scope", "orders stock");
    }
}

#[tokio::test]
async fn a_call_of_the_service_gives_a_new_token_each_time_and_keeps_the_earlier() {
    let tollgate = Tollgate::with(FILE).await;
    let ask = async || post(&tollgate).json(&json(SHOP.0, SHOP.1, "orders")).send().await;
    let first = opens(&tollgate, ask().await, &["orders"]).await;
    let second = opens(&tollgate, ask().await, &["orders"]).await;
    assert_ne!(first, second);
    tollgate.call("GET", "/orders/1").bearer(&first).send().await.is(200);
}

const FILE: &str = "
services:
  - spkey: orders-key
    name: orders
    base_path: /orders
    backend: BACKEND/orders
    access_token: { format: hex32 }
    scopes: [{ name: orders.read, default: true }, { name: orders.write }]
  - spkey: stock-key
    name: stock
    base_path: /stock
    backend: BACKEND/stock
    enabled: true
    access_token: { ttl: 600, format: hex32 }
    mediator_default_format: xml
  - { spkey: payroll-key, name: payroll, base_path: /payroll, backend: BACKEND/payroll }
  - spkey: people-key
    name: people
    base_path: /people
    backend: BACKEND/people
    grant_types: [authorization_code]
applications:
  - name: Shop
    clients:
      - { client_id: shop, client_secret: generated-secret-0001, client_secret_generated: true, services: [orders, stock] }
      - { client_id: people, client_secret: generated-secret-0001, client_secret_generated: true, services: [people] }
      - { client_id: public, token_endpoint_auth_method: none, services: [orders] }
      - { client_id: old+shop, client_secret: '100%zz+é', services: [orders] }
      - client_id: limited
        client_secret: generated-secret-0001
        client_secret_generated: true
        scope: orders.read stock
        services: [orders, stock]
      - client_id: codes-only
        client_secret: generated-secret-0001
        client_secret_generated: true
        grant_types: [authorization_code]
        redirect_uris: ['https://client.example.com/cb']
        services: [orders]
";
