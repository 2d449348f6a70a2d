//! DynamoDB does not answer: nobody gets in, nobody is told that a token is bad, and nothing of it is kept.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use gateway::ApiKind;
use lambda_runtime::{Context, LambdaEvent};
use shared::{
    authorizer::IntrospectionAuthorizer,
    lambda::{AuthorizerError, IntrospectionFunction, Log},
    model::openapi::{self, Placement},
    protocol::Spkey,
    store::{DataKeys, Reader, Tables},
};
use tests::{Answer, ManualClock, Tollgate};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    time::Instant,
};

use crate::{
    database::client,
    deployed::{ARN, Deployed},
    shop::{CLIENT, client_of},
};

const FILE: &str = concat!(
    r#"
services:
  - { spkey: x, name: orders, base_path: /x, backend: BACKEND/x, forward_authorization: true, authorizer_ttl: 60 }
"#,
    client_of!("orders")
);

/// How the way to the store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Open,
    /// Every connection breaks.
    Broken,
    /// Connections are accepted, and nothing passes.
    Silent,
}

/// The generated API of a service, and the way from its authorizer to the store.
struct Outage {
    deployed: Deployed,
    way: watch::Sender<Way>,
    token: String,
}

impl Outage {
    async fn new() -> Self {
        let tollgate = Tollgate::with(FILE).await;
        let token = tollgate.access_token(CLIENT, "").await;
        let direct = Reader::new(client(&tollgate), Tables::default(), tollgate.clock.world(), 0);
        let service = direct.service(&Spkey::parse("x").unwrap()).await.unwrap().unwrap();
        let document = openapi::rest_document(&service, &Placement::of(gateway::REGION, ARN));
        let (way, watched) = watch::channel(Way::Open);
        let store = tests::dynamodb(road(tollgate.system.dynamodb, watched).await);
        let reader = Reader::new(store, Tables::default(), tollgate.clock.world(), 0);
        Self { deployed: Deployed::new(&tollgate, reader, ApiKind::Rest, document).await, way, token }
    }

    async fn get(&self, token: &str) -> Answer {
        self.deployed.call("GET", "/1").bearer(token).send().await
    }
}

/// A way to DynamoDB that can be broken, also under connections that are open.
async fn road(dynamodb: SocketAddr, way: watch::Receiver<Way>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(travel(stream, dynamodb, way.clone()));
        }
    });
    address
}

async fn travel(mut client: TcpStream, dynamodb: SocketAddr, mut way: watch::Receiver<Way>) {
    let now = *way.borrow_and_update();
    match now {
        Way::Open => {
            let mut server = TcpStream::connect(dynamodb).await.unwrap();
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut server) => {}
                _ = way.changed() => {}
            }
        }
        Way::Broken => {}
        Way::Silent => drop(way.changed().await),
    }
}

#[tokio::test]
async fn z11_a_store_that_does_not_answer_is_503_for_good_and_bad_tokens_alike_and_is_not_kept() {
    for way in [Way::Broken, Way::Silent] {
        let outage = Outage::new().await;
        outage.way.send(way).unwrap();
        for token in [outage.token.as_str(), "unknown"] {
            let started = Instant::now();
            let answer = outage.get(token).await.is(503).says("error", "temporarily_unavailable");
            answer.has("Retry-After", "5").has("Content-Type", "application/json");
            assert!(started.elapsed() < Duration::from_secs(9), "an authorizer of an HTTP API has 10 s");
        }
        assert_eq!(outage.deployed.invocations(), 2);
        outage.way.send(Way::Open).unwrap();
        outage.get(&outage.token).await.is(200);
        outage.get("unknown").await.is(401);
        assert_eq!(outage.deployed.invocations(), 4, "{way:?}: no failure was kept");
    }
}

#[tokio::test]
async fn z11_the_introspection_authorizer_does_not_answer_without_the_store_either() {
    let way = watch::channel(Way::Broken).1;
    let store = tests::dynamodb(road(SocketAddr::from(([127, 0, 0, 1], 1)), way).await);
    let function = IntrospectionFunction {
        authorizer: IntrospectionAuthorizer::new(None, DataKeys::default()),
        reader: Reader::new(store, Tables::default(), ManualClock::new().world(), 0),
        simple_responses: false,
        log: Log::new("introspection-authorizer", ManualClock::new().world(), Arc::new(())),
    };
    let event = serde_json::json!({
        "type": "REQUEST", "methodArn": "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/live/GET/",
        "headers": { "Authorization": "Bearer t" }, "stageVariables": { "spkey": "tpx1" },
    });
    let event = LambdaEvent::new(serde_json::from_value(event).unwrap(), Context::default());
    assert_eq!(function.answer(event).await.unwrap_err(), AuthorizerError::Failed);
}

#[tokio::test]
async fn a_verdict_that_was_kept_before_the_outage_holds_during_it() {
    let outage = Outage::new().await;
    outage.get(&outage.token).await.is(200);
    outage.way.send(Way::Broken).unwrap();
    outage.get(&outage.token).await.is(200);
    outage.get("unknown").await.is(503);
    assert_eq!(outage.deployed.invocations(), 2);
}

#[tokio::test]
async fn a_connection_that_broke_between_two_calls_costs_no_call() {
    let outage = Outage::new().await;
    for number in 0..3 {
        outage.get(&format!("unknown{number}")).await.is(401);
        outage.way.send(Way::Broken).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        outage.way.send(Way::Open).unwrap();
    }
    outage.get(&outage.token).await.is(200);
}
