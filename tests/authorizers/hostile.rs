//! Documents that a hostile provider, or a hostile user of an honest one, may send: each is answered soon, none is a
//! crash, and none makes a header out of what it must not.

use std::time::Duration;

use tests::{Provider, Reply};
use tokio::time::Instant;

use crate::travel::{get, travel};

/// What a call takes at most in this build: the provider's answer is judged in far less than a function's own limit.
const SOON: Duration = Duration::from_secs(5);

/// What reached the backend in `X-User-Id`: `None` where the call was refused, as too large or as no JSON.
async fn injected(content_type: &str, body: &str, expression: &str) -> Option<String> {
    let provider = Provider::always(Reply::of(200, content_type, body)).await;
    let headers = format!("inject_headers: {}", serde_json::json!({ "X-User-Id": expression }));
    let tollgate = travel(&provider, &[headers.as_str()]).await;
    let started = Instant::now();
    let answer = get(&tollgate).await;
    assert!(started.elapsed() < SOON, "{expression}: {:?}", started.elapsed());
    if answer.status == 401 {
        return None;
    }
    answer.is(200).reached("x-user-id")
}

async fn of_json(body: &str, expression: &str) -> Option<String> {
    injected("application/json", body, expression).await
}

async fn of_xml(body: &str, expression: &str) -> Option<String> {
    injected("application/xml", body, expression).await
}

#[tokio::test]
async fn z16_no_entity_is_expanded_and_no_document_type_read() {
    let laughs: String =
        (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    for body in [
        format!("<!DOCTYPE uid [<!ENTITY l0 \"lol\">{laughs}]><uid>&l9;</uid>"),
        "<!DOCTYPE uid [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><uid>&x;</uid>".to_owned(),
        "<!DOCTYPE uid SYSTEM \"http://127.0.0.1:1/evil.dtd\"><uid>u</uid>".to_owned(),
        "<!DOCTYPE uid [<!ENTITY % p SYSTEM \"file:///etc/passwd\">%p;]><uid>u</uid>".to_owned(),
        "<!DOCTYPE uid [<!ATTLIST uid id CDATA \"admin\">]><uid>u</uid>".to_owned(),
        "<uid>&unknown;</uid>".to_owned(),
    ] {
        assert_eq!(of_xml(&body, "//uid").await.as_deref(), Some("-"), "{body}");
    }
}

#[tokio::test]
async fn z16_deep_nesting_finds_nothing() {
    for depth in [1_000, 30_000] {
        let json = format!("{{\"uid\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(of_json(&json, "$.uid").await, None);
        assert_eq!(of_json(&json, "$..uid").await, None);
        let xml = format!("{}<uid>u</uid>{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert_eq!(of_xml(&xml, "//uid").await.as_deref(), Some("-"));
    }
}

#[tokio::test]
async fn z16_a_huge_array_is_searched_in_time_and_refused_as_a_header() {
    let array = format!("{{\"list\":[{}]}}", vec!["{\"uid\":\"u\"}"; 20_000].join(","));
    for expression in ["$.list", "$.list[*].uid", "$..uid", "$..*", "$.list[?(@.uid == 'u')].uid"] {
        let seen = of_json(&array, expression).await;
        assert!(seen.is_none() || seen.as_deref() == Some("-"), "{expression}: {seen:?}");
    }
    assert_eq!(of_json(&array, "$.list[19999].uid").await.as_deref(), Some("u"));
    assert_eq!(of_json(&array, "$.list[?(@.uid == 'v')].uid").await.as_deref(), Some("-"));
}

#[tokio::test]
async fn z16_recursive_descent_over_nested_objects_is_bounded() {
    let nested = format!("{}1{}", "{\"a\":".repeat(100), "}".repeat(100));
    for expression in ["$..a", "$..a.a.a", "$..*", "$..[?(@.a)]"] {
        of_json(&nested, expression).await;
    }
    let wide = format!("{{\"a\":[{}]}}", vec!["{\"a\":[{\"a\":[1,2,3]}]}"; 5_000].join(","));
    for expression in ["$..a", "$..*", "$..a[?(@.a)]", "$..a[*].a[*]"] {
        of_json(&wide, expression).await;
    }
}

#[tokio::test]
async fn z16_an_xpath_over_very_many_nodes_is_bounded() {
    let wide = format!("<list>{}</list>", "<uid>u</uid>".repeat(20_000));
    for expression in ["//uid", "count(//uid)", "//uid[last()]", "//uid[. = 'v']", "//*[uid]", "//uid[//uid = 'v']"] {
        of_xml(&wide, expression).await;
    }
    let many_attributes: String = (0..20_000).map(|n| format!(" a{n}=\"\"")).collect();
    assert_eq!(of_xml(&format!("<uid{many_attributes}>u</uid>"), "//uid").await.as_deref(), Some("-"));
    let many_namespaces: String = (0..5_000).map(|n| format!(" xmlns:n{n}=\"urn:{n}\"")).collect();
    assert_eq!(of_xml(&format!("<uid{many_namespaces}>u</uid>"), "//uid").await.as_deref(), Some("-"));
}

#[tokio::test]
async fn z16_a_regular_expression_of_the_service_meets_any_text_in_time() {
    let body = format!("{{\"list\":[{{\"name\":\"{}!\"}}]}}", "a".repeat(50_000));
    assert_eq!(of_json(&body, "$.list[?(@.name =~ /(a+)+$/)].name").await.as_deref(), Some("-"));
}

#[tokio::test]
async fn z16_what_is_no_utf_8_or_two_documents_finds_nothing() {
    let provider = Provider::always(Reply::json(b"{\"uid\":\"\xff\xfe\"}")).await;
    let tollgate = travel(&provider, &[r#"inject_headers: {"X-User-Id":"$.uid"}"#]).await;
    get(&tollgate).await.is(401).says("error", "TokenValidationFails");
    assert_eq!(of_json(r#"{"uid":"a"}{"uid":"b"}"#, "$.uid").await, None);
    assert_eq!(of_xml("<uid>a</uid><uid>b</uid>", "//uid").await.as_deref(), Some("-"));
    assert_eq!(of_json(r#"{"uid":"\ud800"}"#, "$.uid").await, None);
}

#[tokio::test]
async fn z16_a_comment_does_not_cut_a_value_in_two() {
    assert_eq!(of_xml("<uid>admin<!-- -->.evil</uid>", "//uid").await.as_deref(), Some("admin.evil"));
    assert_eq!(of_xml("<uid>admin<![CDATA[.evil]]></uid>", "//uid").await.as_deref(), Some("admin.evil"));
    assert_eq!(of_xml("<uid>admin<?x?>.evil</uid>", "//uid").await.as_deref(), Some("admin.evil"));
}
