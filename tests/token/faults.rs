//! When the store does not answer, or answers with damage: the caller hears that and nothing else.

use base64::{Engine, engine::general_purpose::STANDARD};
use shared::store::Table;
use tests::{Answer, Fault, Faults, Tollgate, dynamodb};

use crate::{
    endpoint::{ask, endpoint_by, request},
    shop::{GRANT, SHOP, refuses, shop},
};

const MEDIATOR: &str = "/rest/pub.mediator.oauth2.getOAuth2AccessToken";

/// What no answer may tell: the store's names and the caller's secret.
const INNER: [&str; 9] =
    ["dynamo", "tollgate-", "getitem", "putitem", "exception", "127.0.0.1", "client#", "argon2", "gx1fbat3bv"];

#[track_caller]
fn tells_nothing(body: &str) {
    let body = body.to_ascii_lowercase();
    for inner in INNER {
        assert!(!body.contains(inner), "{inner}: {body}");
    }
}

/// Expects the refusal of a server whose store is away.
#[track_caller]
fn unavailable(answer: Answer) {
    tells_nothing(&answer.body);
    refuses(answer, 503, "temporarily_unavailable").has("retry-after", "1");
}

async fn lose(tollgate: &Tollgate, table: Table) {
    let answer = dynamodb(tollgate.system.dynamodb).delete_table().table_name(table.default_name()).send().await;
    answer.expect("the table was there");
}

#[tokio::test]
async fn without_the_store_the_answer_is_503_and_tells_nothing() {
    for table in [Table::Clients, Table::Services, Table::Tokens] {
        let tollgate = shop().await;
        tollgate.token(SHOP, GRANT).await.is(200);
        lose(&tollgate, table).await;
        unavailable(tollgate.token(SHOP, GRANT).await);
        unavailable(tollgate.call("POST", MEDIATOR).basic(SHOP.0, SHOP.1).send().await);
    }
}

#[tokio::test]
async fn without_the_store_the_mediator_says_so_in_xml_too() {
    let tollgate = shop().await;
    lose(&tollgate, Table::Clients).await;
    let call = tollgate.call("POST", MEDIATOR).basic(SHOP.0, SHOP.1).header("Accept", "text/xml");
    let answer = call.send().await.is(503).has("content-type", "text/xml; charset=utf-8").has("retry-after", "1");
    assert!(answer.body.contains("<error>temporarily_unavailable</error>"), "{answer:#?}");
    let error = answer.body.split_once("<error>").expect("the error is there").1;
    tells_nothing(error);
}

#[tokio::test]
async fn a_request_that_needs_no_store_is_answered_without_it() {
    let tollgate = shop().await;
    lose(&tollgate, Table::Clients).await;
    refuses(tollgate.token(SHOP, "grant_type=nonsense").await, 400, "unsupported_grant_type");
    refuses(tollgate.call("GET", "/oauth2/token").send().await, 405, "invalid_request");
}

#[tokio::test]
async fn t9_without_the_counter_no_hand_picked_secret_is_tried() {
    let tollgate = Tollgate::with(HAND_PICKED).await;
    lose(&tollgate, Table::Tokens).await;
    for secret in ["hand-picked", "wrong"] {
        unavailable(tollgate.token(("picked", secret), GRANT).await);
    }
}

/// Else the answer would tell a right secret from a wrong one as often as somebody asks.
#[tokio::test]
async fn t9_a_wrong_guess_counts_although_the_store_fails_after_it() {
    let tollgate = Tollgate::with(HAND_PICKED).await;
    let faults = Faults::before(tollgate.system.dynamodb).await;
    let endpoint = endpoint_by(faults.address, 30);
    assert_eq!(ask(&endpoint, ("picked", "wrong")).await.0, 401);
    for _ in 1..10 {
        // The client is kept, and is read anew before its secret is called wrong.
        faults.befall_for_good("GetItem", Fault::LoseRequest);
        let (status, body) = ask(&endpoint, ("picked", "wrong")).await;
        assert_eq!((status, faults.left()), (503, 0), "{body}");
    }
    let (status, body) = ask(&endpoint, ("picked", "hand-picked")).await;
    assert_eq!(status, 429, "{body}");
}

#[tokio::test]
async fn t9_a_wrong_guess_counts_although_the_store_fails_at_the_other_reading_of_its_header() {
    let tollgate = Tollgate::with(HAND_PICKED).await;
    let faults = Faults::before(tollgate.system.dynamodb).await;
    let endpoint = endpoint_by(faults.address, 0);
    let guess = async |pair: &str| {
        let mut request = request(MEDIATOR, ("", ""));
        let basic = format!("Basic {}", STANDARD.encode(pair)).parse().expect("a header value");
        request.headers.insert("authorization", basic);
        request.body.clear();
        endpoint.serve(&request).await.response.status.as_u16()
    };
    assert_eq!(guess("pick%65d:wrong").await, 401);
    for _ in 1..10 {
        // The guess at `picked` is counted, that at `pick%65d` cannot be.
        faults.befall("UpdateItem", Fault::Pass);
        faults.befall_for_good("UpdateItem", Fault::LoseRequest);
        assert_eq!((guess("pick%65d:wrong").await, faults.left()), (503, 0));
    }
    assert_eq!(ask(&endpoint, ("picked", "hand-picked")).await.0, 429);
}

#[tokio::test]
async fn a_damaged_item_is_a_server_error_that_tells_nothing() {
    let tollgate = shop().await;
    let damage = dynamodb(tollgate.system.dynamodb)
        .update_item()
        .table_name(Table::Clients.default_name())
        .key("id", aws_sdk_dynamodb::types::AttributeValue::S(format!("client#{}", SHOP.0)))
        .update_expression("SET secrets = :damage")
        .expression_attribute_values(":damage", aws_sdk_dynamodb::types::AttributeValue::S("damage".into()));
    damage.send().await.expect("the client was there");
    let answer = tollgate.token(SHOP, GRANT).await;
    tells_nothing(&answer.body);
    refuses(answer, 500, "server_error");
}

#[tokio::test]
async fn a_store_that_breaks_every_connection_is_temporarily_unavailable() {
    let tollgate = shop().await;
    let faults = Faults::before(tollgate.system.dynamodb).await;
    let endpoint = endpoint_by(faults.address, 0);
    assert_eq!(ask(&endpoint, SHOP).await.0, 200);
    for operation in ["GetItem", "PutItem"] {
        (0..10).for_each(|_| faults.befall(operation, Fault::LoseRequest));
        let (status, body) = ask(&endpoint, SHOP).await;
        assert_eq!(status, 503, "{operation}: {body}");
        assert!(body.contains("temporarily_unavailable") && !body.contains("access_token"), "{body}");
        tells_nothing(&body);
    }
}

#[tokio::test]
async fn a_store_that_is_throttled_or_stumbles_once_is_asked_again() {
    let tollgate = shop().await;
    let faults = Faults::before(tollgate.system.dynamodb).await;
    let endpoint = endpoint_by(faults.address, 0);
    for operation in ["GetItem", "PutItem"] {
        for fault in [Fault::Throttle, Fault::LoseRequest, Fault::LoseAnswer] {
            faults.befall(operation, fault);
            let (status, body) = ask(&endpoint, SHOP).await;
            assert_eq!((status, faults.left()), (200, 0), "{operation} {fault:?}: {body}");
        }
    }
}

#[tokio::test]
async fn a_token_whose_writing_was_not_answered_opens_the_service_all_the_same() {
    let tollgate = shop().await;
    let faults = Faults::before(tollgate.system.dynamodb).await;
    let endpoint = endpoint_by(faults.address, 0);
    faults.befall("PutItem", Fault::LoseAnswer);
    let (_, body) = ask(&endpoint, SHOP).await;
    let answer: serde_json::Value = serde_json::from_str(&body).expect("the answer is JSON");
    let token = answer["access_token"].as_str().expect("a token is a text");
    tollgate.call("GET", "/orders/1").bearer(token).send().await.is(200);
}

const HAND_PICKED: &str = "
services:
  - { spkey: x, name: orders, base_path: /orders, backend: BACKEND/orders }
applications:
  - name: Shop
    clients:
      - { client_id: picked, client_secret: hand-picked, services: [orders] }
      - { client_id: pick%65d, client_secret: hand-picked, services: [orders] }
";
