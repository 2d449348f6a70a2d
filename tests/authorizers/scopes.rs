//! Scope rules: which token opens which call, also out of a verdict that API Gateway has kept.

use std::time::Duration;

use tests::{Answer, Tollgate};

use crate::{
    database::Database,
    shop::{CLIENT, client_of},
};

const FILE: &str = concat!(
    r#"
services:
  - spkey: x
    name: orders
    base_path: /x
    backend: BACKEND/x
    scopes: [{ name: read }, { name: write }, { name: admin }]
    required_scopes:
      - { methods: [GET], path: "/**", all: [read] }
      - { methods: [POST, PUT], path: "/**", any: [write, admin] }
      - { path: "/reports/**", all: [read, admin] }
  - { spkey: "y", name: invoices, base_path: /y, backend: BACKEND/y, shared_token_spkey: x,
      required_scopes: [{ path: "/items", all: [write] }] }
"#,
    client_of!("orders")
);

const UNKNOWN_METHODS: [&str; 7] = ["post", "Post", "get", "PATCHX", "XGET", "TRACE", "CONNECT"];

async fn call(tollgate: &Tollgate, method: &str, path: &str, token: &str) -> Answer {
    tollgate.call(method, path).bearer(token).send().await
}

async fn token(tollgate: &Tollgate, scope: &str) -> String {
    tollgate.access_token(CLIENT, &format!("resource=urn:tollgate:service:x&scope={scope}")).await
}

#[tokio::test]
async fn z3_each_call_needs_the_scopes_of_every_rule_that_matches_it() {
    let tollgate = Tollgate::with(FILE).await;
    for (scope, method, path, status) in [
        ("read", "GET", "/x", 200),
        ("read", "GET", "/x/1/lines", 200),
        ("read", "POST", "/x/1", 403),
        ("read", "DELETE", "/x/1", 200),
        ("write", "GET", "/x/1", 403),
        ("write", "POST", "/x/1", 200),
        ("admin", "PUT", "/x/1", 200),
        ("read", "GET", "/x/reports", 403),
        ("admin", "GET", "/x/reports/1", 403),
        ("read+admin", "GET", "/x/reports/1", 200),
        ("read+admin", "POST", "/x/reports/1", 200),
        ("read+write", "POST", "/x/reports/1", 403),
        ("read", "GET", "/x/reportsx", 200),
        ("read", "GET", "/x/Reports/1", 200),
    ] {
        let token = token(&tollgate, scope).await;
        let answer = call(&tollgate, method, path, &token).await;
        assert_eq!(answer.status, status, "{scope} {method} {path}: {answer:#?}");
    }
}

#[tokio::test]
async fn z3_a_missing_scope_is_403_with_a_challenge_that_names_it() {
    let tollgate = Tollgate::with(FILE).await;
    let token = token(&tollgate, "read").await;
    let answer = call(&tollgate, "POST", "/x/1", &token).await.is(403).says("error", "insufficient_scope");
    answer.has("WWW-Authenticate", r#"Bearer realm="orders", error="insufficient_scope", scope="write admin""#);
    let answer = call(&tollgate, "GET", "/x/reports", &token).await.is(403);
    answer.has("WWW-Authenticate", r#"Bearer realm="orders", error="insufficient_scope", scope="read admin""#);
}

#[tokio::test]
async fn the_name_of_the_service_is_a_scope_that_meets_all_its_rules() {
    let tollgate = Tollgate::with(FILE).await;
    let token = token(&tollgate, "orders").await;
    for (method, path) in [("GET", "/x/1"), ("POST", "/x/1"), ("PUT", "/x/reports/1")] {
        call(&tollgate, method, path, &token).await.is(200);
    }
    call(&tollgate, "GET", "/y/items", &token).await.is(403);
}

#[tokio::test]
async fn z12_under_a_shared_token_y_compares_the_scopes_of_x_as_texts() {
    let tollgate = Tollgate::with(FILE).await;
    let (reads, writes) = (token(&tollgate, "read").await, token(&tollgate, "write").await);
    call(&tollgate, "GET", "/y/items", &reads).await.is(403);
    call(&tollgate, "GET", "/y/items", &writes).await.is(200);
    call(&tollgate, "GET", "/y/items/", &reads).await.is(403);
    call(&tollgate, "GET", "/y/items/1", &reads).await.is(200);
}

#[tokio::test]
async fn a_star_is_one_whole_segment() {
    let rule = r#"      - { path: "/items/*/lines", all: [admin] }"#;
    let tollgate = Tollgate::with(&FILE.replace(r#"      - { path: "/reports/**", all: [read, admin] }"#, rule)).await;
    let token = token(&tollgate, "read").await;
    for (path, status) in [
        ("/x/items/1/lines", 403),
        ("/x/items/1/lines/", 403),
        ("/x/items/1", 200),
        ("/x/items/1/lines/2", 200),
        ("/x/items/1/2/lines", 200),
        ("/x/1", 200),
    ] {
        call(&tollgate, "GET", path, &token).await.is(status);
    }
    let answer = call(&tollgate, "GET", "/x/items/1/lines", &token).await.says("error", "insufficient_scope");
    answer.has("WWW-Authenticate", r#"Bearer realm="orders", error="insufficient_scope", scope="admin""#);
}

#[tokio::test]
async fn a_path_that_could_be_read_in_two_ways_is_an_invalid_request() {
    let tollgate = Tollgate::with(FILE).await;
    let token = token(&tollgate, "orders").await;
    for path in [
        "/x//reports",
        "/x/a/../reports",
        "/x/./reports",
        "/x/a/..",
        "/x/reports;a=b",
        "/x/%2e%2e/reports",
        "/x/a%2Freports",
        "/x/a%2freports",
        "/x/a%5Creports",
        "/x/%2E/reports",
        "/x/%72eports",
        "/x/%52eports",
        "/x/report%73/1",
        "/x/v%31/reports",
        "/x/%2dreports",
        "/x/%5Freports",
        "/x/%7ereports",
    ] {
        let answer = call(&tollgate, "GET", path, &token).await;
        assert_eq!(answer.status, 403, "{path}: {answer:#?}");
        answer.says("error", "invalid_request");
    }
    call(&tollgate, "GET", "/x/a%20b/...", &token).await.is(200);
    call(&tollgate, "GET", "/x/%C3%A4@b:c", &token).await.is(200);
}

#[tokio::test]
async fn a_method_that_api_gateway_does_not_know_is_an_invalid_request() {
    let tollgate = Tollgate::with(FILE).await;
    for scope in ["read", "orders"] {
        let token = token(&tollgate, scope).await;
        for method in UNKNOWN_METHODS {
            let answer = call(&tollgate, method, "/x/1", &token).await;
            assert_eq!(answer.status, 403, "{scope} {method}: {answer:#?}");
            answer.says("error", "invalid_request");
        }
    }
}

#[tokio::test]
async fn z6_a_kept_verdict_does_not_open_a_method_that_api_gateway_does_not_know() {
    let tollgate = keeping(60).await;
    let token = token(&tollgate, "orders").await;
    call(&tollgate, "GET", "/x/1", &token).await.is(200);
    Database::of(&tollgate).revoke(&token).await;
    for method in UNKNOWN_METHODS {
        call(&tollgate, method, "/x/1", &token).await.is(403).says("error", "invalid_request");
    }
    call(&tollgate, "POST", "/x/1", &token).await.is(200);
}

#[tokio::test]
async fn z6_a_method_that_is_refused_does_not_shut_the_others() {
    let tollgate = keeping(60).await;
    let token = token(&tollgate, "orders").await;
    call(&tollgate, "post", "/x/1", &token).await.is(403);
    call(&tollgate, "POST", "/x/1", &token).await.is(200);
}

#[tokio::test]
async fn a_service_without_scope_rules_judges_no_methods_and_no_paths() {
    let file = FILE.replace("required_scopes: [{ path: \"/items\", all: [write] }]", "enabled: true");
    let tollgate = Tollgate::with(&file).await;
    let token = token(&tollgate, "read").await;
    call(&tollgate, "GET", "/y/a;b", &token).await.is(200);
    call(&tollgate, "GET", "/y/a//b", &token).await.is(200);
    call(&tollgate, "post", "/y/a", &token).await.is(200);
}

#[tokio::test]
async fn z6_a_kept_verdict_does_not_open_a_call_that_the_scope_does_not() {
    let tollgate = keeping(60).await;
    let token = token(&tollgate, "read").await;
    call(&tollgate, "GET", "/x/1", &token).await.is(200);
    Database::of(&tollgate).revoke(&token).await;
    call(&tollgate, "GET", "/x/1", &token).await.is(200);
    let answer = call(&tollgate, "POST", "/x/1", &token).await.is(403).says("error", "insufficient_scope");
    answer.has("WWW-Authenticate", r#"Bearer realm="orders", error="insufficient_scope", scope="write admin read""#);
    call(&tollgate, "GET", "/x/reports/1", &token).await.is(403);
    call(&tollgate, "GET", "/x//reports/1", &token).await.is(403);
    call(&tollgate, "GET", "/x/%2e%2e/reports/1", &token).await.is(403);
    call(&tollgate, "GET", "/x/%72eports/1", &token).await.is(403);
}

#[tokio::test]
async fn z6_the_verdict_about_a_call_that_is_refused_does_not_depend_on_who_comes_first() {
    let tollgate = keeping(60).await;
    let token = token(&tollgate, "read").await;
    call(&tollgate, "POST", "/x/1", &token).await.is(403);
    call(&tollgate, "GET", "/x/1", &token).await.is(200);
    call(&tollgate, "GET", "/x/reports", &token).await.is(403);
}

#[tokio::test]
async fn z6_a_path_that_is_refused_does_not_shut_the_others() {
    let tollgate = keeping(60).await;
    let token = token(&tollgate, "read").await;
    call(&tollgate, "GET", "/x//1", &token).await.is(403);
    call(&tollgate, "GET", "/x/1", &token).await.is(200);
}

#[tokio::test]
async fn z7_a_kept_verdict_opens_every_call_that_the_scope_does() {
    let tollgate = keeping(60).await;
    let token = token(&tollgate, "read+write").await;
    call(&tollgate, "GET", "/x/1", &token).await.is(200);
    Database::of(&tollgate).revoke(&token).await;
    call(&tollgate, "POST", "/x/2", &token).await.is(200);
    call(&tollgate, "GET", "/x", &token).await.is(200);
}

#[tokio::test]
async fn z8_a_kept_verdict_outlives_a_revocation_by_the_ttl_at_most() {
    let tollgate = keeping(1).await;
    let token = token(&tollgate, "read").await;
    call(&tollgate, "GET", "/x/1", &token).await.is(200);
    Database::of(&tollgate).revoke(&token).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    call(&tollgate, "GET", "/x/1", &token).await.is(401);
}

#[tokio::test]
async fn a_refusal_for_lack_of_a_valid_token_is_never_kept() {
    let tollgate = keeping(60).await;
    call(&tollgate, "GET", "/x/1", "tokenissuedlater").await.is(401);
    Database::of(&tollgate).issue("tokenissuedlater", "x", "alice", "read").await;
    call(&tollgate, "GET", "/x/1", "tokenissuedlater").await.is(200);
}

/// Verdicts about X are kept that many seconds.
async fn keeping(seconds: u32) -> Tollgate {
    let ttl = format!("    base_path: /x\n    forward_authorization: true\n    authorizer_ttl: {seconds}\n");
    Tollgate::with(&FILE.replace("    base_path: /x\n", &ttl)).await
}
