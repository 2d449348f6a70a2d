//! What an answer costs: DynamoDB requests of the real binary, counted on the wire.

use serde_json::Value;
use tests::{CountingProxy, Function, Requests, Tollgate};

const BINARY: &str = env!("CARGO_BIN_EXE_token-status");

/// What the second of two requests asks of DynamoDB, each about a token of its own.
async fn warm(case: &str, credentials: &str) -> Requests {
    let tollgate = Tollgate::with(CONFIGURATION).await;
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let environment = [("ISSUER", "https://id.example.com"), ("DEFINITION_MAX_AGE", "30")];
    let mut function = Function::start(BINARY, proxy.address, &environment).await;
    for _ in 0..2 {
        let token = tollgate.access_token(("shop", "long-secret-of-the-shop"), "").await;
        proxy.take();
        let answer = function.answer(&asking(case, credentials, &token)).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        assert_ne!(answer["body"], r#"{"active":false}"#);
    }
    proxy.take()
}

/// A sample event with other credentials and another token.
fn asking(case: &str, credentials: &str, token: &str) -> Value {
    let mut event = tests::sample("token-status", case);
    event["headers"]["authorization"] = credentials.into();
    event["body"] = format!("token={token}").into();
    event["isBase64Encoded"] = false.into();
    event
}

fn requests<const N: usize>(requests: [(&str, usize); N]) -> Requests {
    requests.map(|(operation, count)| (operation.to_owned(), count)).into()
}

#[tokio::test]
async fn a_clients_own_token_is_introspected_by_one_read() {
    assert_eq!(warm("http2_introspect_active", SHOP).await, requests([("BatchGetItem", 1)]));
}

#[tokio::test]
async fn another_clients_token_is_introspected_by_two_reads() {
    assert_eq!(warm("http2_introspect_active", GUARD).await, requests([("BatchGetItem", 1), ("GetItem", 1)]));
}

#[tokio::test]
async fn a_revocation_is_one_read_and_one_write() {
    assert_eq!(warm("http2_revoke_unknown", SHOP).await, requests([("BatchGetItem", 1), ("PutItem", 1)]));
}

#[tokio::test]
async fn token_information_is_two_reads() {
    let tollgate = Tollgate::demo().await;
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let environment = [("ISSUER", "https://id.example.com"), ("DEFINITION_MAX_AGE", "30")];
    let mut function = Function::start(BINARY, proxy.address, &environment).await;
    let event = tests::sample("token-status", "http2_token_info");
    for _ in 0..2 {
        proxy.take();
        assert_eq!(function.answer(&event).await["statusCode"], 200);
    }
    assert_eq!(proxy.take(), requests([("BatchGetItem", 1), ("GetItem", 1)]));
}

/// `shop:long-secret-of-the-shop` and `guard:long-secret-of-the-guard`.
const SHOP: &str = "Basic c2hvcDpsb25nLXNlY3JldC1vZi10aGUtc2hvcA==";
const GUARD: &str = "Basic Z3VhcmQ6bG9uZy1zZWNyZXQtb2YtdGhlLWd1YXJk";

const CONFIGURATION: &str = r"
services:
  - { name: orders, base_path: /orders, backend: BACKEND/orders }
applications:
  - name: Shop
    clients:
      - client_id: shop
        client_secret: long-secret-of-the-shop
        client_secret_generated: true
        grant_types: [client_credentials]
        services: [orders]
      - client_id: guard
        client_secret: long-secret-of-the-guard
        client_secret_generated: true
        services: [orders]
        introspects: [orders]
";
