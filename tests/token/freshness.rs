//! What a client that is kept in memory changes, and what it must not.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    endpoint::rotate_secret,
    protocol::ClientId,
    store::{Reader, Tables, Writer},
};
use tests::{CountingProxy, ManualClock, Tollgate};

use crate::{
    endpoint::{ask, endpoint_at, endpoint_by},
    shop::{SHOP, shop},
};

/// Rule T8 in the time it takes: whether a client exists must not show in the number of reads either.
#[tokio::test]
async fn t8_a_refusal_costs_one_read_whether_the_client_is_kept_read_or_unknown() {
    let tollgate = shop().await;
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let endpoint = endpoint_by(proxy.address, 30);
    let mut costs = Vec::new();
    for client in [(SHOP.0, "wrong"), (SHOP.0, "wrong"), ("nobody", "wrong"), ("nobody", "wrong")] {
        assert_eq!(ask(&endpoint, client).await.0, 401);
        costs.push(proxy.take());
    }
    assert!(costs.iter().all(|cost| *cost == costs[0] && cost.values().sum::<usize>() == 1), "{costs:?}");
}

#[tokio::test]
async fn a_secret_just_added_counts_at_once_although_the_client_is_kept() {
    let tollgate = shop().await;
    let endpoint = endpoint_by(tollgate.system.dynamodb, 3_600);
    assert_eq!(ask(&endpoint, SHOP).await.0, 200);
    replace_secret(&tollgate, "another secret").await;
    assert_eq!(ask(&endpoint, (SHOP.0, "another secret")).await.0, 200);
}

/// A removed secret counts no longer than definitions are kept, however it was removed and whatever was proven.
#[tokio::test]
async fn a_removed_secret_stops_counting_although_it_was_proven() {
    let tollgate = Tollgate::with(PICKED).await;
    let clock = ManualClock::new();
    let endpoint = endpoint_at(tollgate.system.dynamodb, 30, &clock);
    assert_eq!(ask(&endpoint, ("picked", "correct horse")).await.0, 200);
    let none = AttributeValue::L(Vec::new());
    let item = tests::dynamodb(tollgate.system.dynamodb).update_item().table_name("tollgate-clients");
    let item = item.key("id", AttributeValue::S("client#picked".into())).update_expression("SET secrets = :none");
    item.expression_attribute_values(":none", none).send().await.expect("the client is there");
    assert_eq!(ask(&endpoint, ("picked", "correct horse")).await.0, 200, "still fresh");
    clock.advance(30);
    assert_eq!(ask(&endpoint, ("picked", "correct horse")).await.0, 401);
}

/// Argon2id runs once: a proven secret costs neither a guess nor a read while the client is fresh.
#[tokio::test]
async fn t9_a_proven_secret_costs_one_write_and_no_guess() {
    let tollgate = Tollgate::with(PICKED).await;
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let endpoint = endpoint_by(proxy.address, 30);
    assert_eq!(ask(&endpoint, ("picked", "correct horse")).await.0, 200);
    proxy.take();
    assert_eq!(ask(&endpoint, ("picked", "correct horse")).await.0, 200);
    assert_eq!(proxy.take(), [("PutItem".to_owned(), 1)].into());
}

/// Guesses at the hand-picked secret that is to end say nothing of the generated one that takes its place.
#[tokio::test]
async fn t9_a_generated_secret_beside_a_hand_picked_one_costs_no_guess_and_waits_for_none() {
    let tollgate = Tollgate::with(PICKED).await;
    let world = tollgate.clock.world();
    let reader = Reader::new(tests::dynamodb(tollgate.system.dynamodb), Tables::default(), world.clone(), 0);
    let picked = ClientId::parse("picked").expect("an id");
    let rotated = rotate_secret(&picked, 600, &Writer::new(reader), &world).await.expect("nobody else writes");
    let generated = rotated.drawn.secret.expose();
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let endpoint = endpoint_by(proxy.address, 30);
    for _ in 0..10 {
        assert_eq!(ask(&endpoint, ("picked", "wrong")).await.0, 401);
    }
    assert_eq!(ask(&endpoint, ("picked", "correct horse")).await.0, 429);
    for definitions in [Some(("BatchGetItem".to_owned(), 1)), None] {
        proxy.take();
        assert_eq!(ask(&endpoint, ("picked", generated)).await.0, 200);
        assert_eq!(proxy.take(), definitions.into_iter().chain([("PutItem".to_owned(), 1)]).collect());
    }
}

async fn replace_secret(tollgate: &Tollgate, secret: &str) {
    let digest = shared::protocol::Digest::of(secret.as_bytes()).to_key();
    let kept = AttributeValue::M([("sha256".to_owned(), AttributeValue::S(digest))].into());
    let secret =
        AttributeValue::M([("digest".to_owned(), kept), ("expires_at".to_owned(), AttributeValue::Null(true))].into());
    let key = AttributeValue::S(format!("client#{}", SHOP.0));
    let item = tests::dynamodb(tollgate.system.dynamodb).update_item().table_name("tollgate-clients").key("id", key);
    let item = item.update_expression("SET secrets = :secrets");
    let secrets = AttributeValue::L(vec![secret]);
    item.expression_attribute_values(":secrets", secrets).send().await.expect("the client is there");
}

const PICKED: &str = "
services:
  - { name: orders, base_path: /orders, backend: BACKEND/orders }
applications:
  - name: Shop
    clients:
      - { client_id: picked, client_secret: correct horse, grant_types: [client_credentials], services: [orders] }
";
