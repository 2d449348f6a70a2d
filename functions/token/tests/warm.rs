//! What a token costs: DynamoDB requests of the real binary, counted on the wire.

use serde_json::Value;
use shared::env::World;
use tests::{Consent, Counted, KEEPING, Requests, Tollgate, posting, redemption, refresh, requests};

const BINARY: &str = env!("CARGO_BIN_EXE_token");
const SAMPLE: (&str, &str) = ("token", "http2_client_credentials");

#[tokio::test]
async fn a_warm_token_by_client_credentials_is_one_write() {
    let tollgate = Tollgate::demo().await;
    let mut counted = Counted::start(&tollgate, BINARY, &KEEPING).await;
    let event = tests::sample(SAMPLE.0, SAMPLE.1);
    counted.answer(&event, 200).await;
    let cold = counted.proxy.take();
    assert_eq!(counted.cost(&event, 200).await.1, requests([("PutItem", 1)]), "cold, with the start: {cold:?}");
}

/// A function whose definitions are fresh, and what it asks of DynamoDB.
struct Warm {
    counted: Counted,
    tollgate: Tollgate,
}

impl Warm {
    async fn new(members: &str) -> Self {
        Self::with(&CONFIGURATION.replace("MEMBERS", members)).await
    }

    async fn with(configuration: &str) -> Self {
        let tollgate = Tollgate::with(configuration).await;
        let counted = Counted::start(&tollgate, BINARY, &KEEPING).await;
        let mut warm = Self { counted, tollgate };
        warm.redeem().await;
        warm
    }

    async fn redeem(&mut self) -> (Value, Requests) {
        let code = Consent { spkey: "x", scope: "", ..Consent::default() };
        let code = code.code_at(self.tollgate.system.dynamodb, &World::system()).await;
        self.ask(&redemption(&code)).await
    }

    async fn refresh(&mut self, tokens: &Value) -> (Value, Requests) {
        self.ask(&refresh(tokens["refresh_token"].as_str().expect("there is a refresh token"))).await
    }

    /// The answer to a form, and what it cost.
    async fn ask(&mut self, form: &str) -> (Value, Requests) {
        let form = format!("{form}&client_id={}&client_secret={}", tests::CLIENT_ID, tests::CLIENT_SECRET);
        let (answer, cost) = self.counted.cost(&posting(SAMPLE, None, &form), 200).await;
        let body = answer["body"].as_str().expect("a body");
        (serde_json::from_str(body).expect("the body is JSON"), cost)
    }
}

#[tokio::test]
async fn a_warm_redemption_is_two_reads_and_a_write_and_so_is_a_refresh() {
    for members in ["", "refresh_token: { policy: preserve }"] {
        let mut warm = Warm::new(members).await;
        let (tokens, cost) = warm.redeem().await;
        assert_eq!(cost, requests([("GetItem", 2), ("PutItem", 1)]));
        let (_, cost) = warm.refresh(&tokens).await;
        assert_eq!(cost, requests([("GetItem", 2), ("PutItem", 1)]));
    }
}

/// Its place in the owner's list is as long as its token lives, and no longer.
#[tokio::test]
async fn a_warm_redemption_by_a_client_without_refresh_tokens_costs_no_more() {
    let configuration = CONFIGURATION.replace("MEMBERS", "").replace(", refresh_token]", "]");
    let (tokens, cost) = Warm::with(&configuration).await.redeem().await;
    assert_eq!(cost, requests([("GetItem", 2), ("PutItem", 1)]));
    assert!(tokens.get("refresh_token").is_none(), "{tokens}");
}

#[tokio::test]
async fn r6_a_retry_writes_nothing() {
    let mut warm = Warm::new("").await;
    let (tokens, _) = warm.redeem().await;
    let (first, _) = warm.refresh(&tokens).await;
    let (second, cost) = warm.refresh(&tokens).await;
    assert_eq!((cost, first["access_token"] == second["access_token"]), (requests([("GetItem", 2)]), true));
}

#[tokio::test]
async fn a_token_without_room_for_an_id_costs_one_write_more() {
    let mut warm = Warm::new("access_token: { format: hex32 }").await;
    let (_, cost) = warm.redeem().await;
    assert_eq!(cost, requests([("GetItem", 2), ("PutItem", 2)]));
}

const CONFIGURATION: &str = "
services:
  - spkey: x
    name: orders
    base_path: /orders
    backend: BACKEND/orders
    MEMBERS
applications:
  - name: Shop
    clients:
      - client_id: s6BhdRkqt3
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        grant_types: [authorization_code, refresh_token]
        redirect_uris: [https://client.example.org/cb]
        services: [orders]
";
