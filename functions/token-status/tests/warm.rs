//! What an answer costs: DynamoDB requests of the real binary, counted on the wire.

use tests::{Counted, KEEPING, Requests, Tollgate, posting, requests};

const BINARY: &str = env!("CARGO_BIN_EXE_token-status");

/// What the second of two requests asks of DynamoDB, each about a token of its own.
async fn warm(case: &str, credentials: &str) -> Requests {
    let tollgate = Tollgate::with(CONFIGURATION).await;
    let mut counted = Counted::start(&tollgate, BINARY, &KEEPING).await;
    let mut cost = Requests::new();
    for _ in 0..2 {
        let token = tollgate.access_token(("shop", "long-secret-of-the-shop"), "").await;
        let event = posting(("token-status", case), Some(credentials), &format!("token={token}"));
        let answer = counted.cost(&event, 200).await;
        assert_ne!(answer.0["body"], r#"{"active":false}"#);
        cost = answer.1;
    }
    cost
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
    let mut counted = Counted::start(&tollgate, BINARY, &KEEPING).await;
    let event = tests::sample("token-status", "http2_token_info");
    counted.answer(&event, 200).await;
    assert_eq!(counted.cost(&event, 200).await.1, requests([("BatchGetItem", 1), ("GetItem", 1)]));
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
