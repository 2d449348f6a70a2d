//! What a token costs: DynamoDB requests of the real binary, counted on the wire.

use serde_json::Value;
use shared::env::World;
use tests::{Consent, CountingProxy, Function, Requests, Tollgate, redemption, refresh};

const BINARY: &str = env!("CARGO_BIN_EXE_token");
const ENVIRONMENT: [(&str, &str); 2] = [("ISSUER", "https://id.example.com"), ("DEFINITION_MAX_AGE", "30")];

#[tokio::test]
async fn a_warm_token_by_client_credentials_is_one_write() {
    let tollgate = Tollgate::demo().await;
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let mut function = Function::start(BINARY, proxy.address, &ENVIRONMENT).await;
    let event = tests::sample("token", "http2_client_credentials");
    assert_eq!(function.answer(&event).await["statusCode"], 200);
    let cold = proxy.take();
    assert_eq!(function.answer(&event).await["statusCode"], 200);
    assert_eq!(proxy.take(), Requests::from([("PutItem".into(), 1)]), "cold, with the start: {cold:?}");
}

/// A function whose definitions are fresh, and what it asks of DynamoDB.
struct Warm {
    function: Function,
    proxy: CountingProxy,
    tollgate: Tollgate,
}

impl Warm {
    async fn new(members: &str) -> Self {
        Self::with(&CONFIGURATION.replace("MEMBERS", members)).await
    }

    async fn with(configuration: &str) -> Self {
        let tollgate = Tollgate::with(configuration).await;
        let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
        let function = Function::start(BINARY, proxy.address, &ENVIRONMENT).await;
        let mut warm = Self { function, proxy, tollgate };
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
        let mut event = tests::sample("token", "http2_client_credentials");
        event["headers"].as_object_mut().expect("headers are an object").remove("authorization");
        event["body"] = format!("{form}&client_id={}&client_secret={}", tests::CLIENT_ID, tests::CLIENT_SECRET).into();
        event["isBase64Encoded"] = false.into();
        self.proxy.take();
        let answer = self.function.answer(&event).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let body = answer["body"].as_str().expect("a body");
        (serde_json::from_str(body).expect("the body is JSON"), self.proxy.take())
    }
}

fn requests<const N: usize>(requests: [(&str, usize); N]) -> Requests {
    requests.map(|(operation, count)| (operation.to_owned(), count)).into()
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
