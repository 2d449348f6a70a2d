//! What a verdict costs: DynamoDB requests of the real binary, counted on the wire.

use tests::{Counted, Tollgate, requests, sample};

const SHARING: [(&str, &str); 2] = [("SPKEY", "t4wq8nrb2x6mzc9vkhp3ydsf"), ("DEFINITION_MAX_AGE", "30")];

async fn start(tollgate: &Tollgate) -> Counted {
    Counted::start(tollgate, env!("CARGO_BIN_EXE_shared-token-authorizer"), &SHARING).await
}

#[tokio::test]
async fn a_warm_verdict_is_one_read_of_the_grant() {
    let tollgate = Tollgate::demo().await;
    let mut counted = start(&tollgate).await;
    let event = sample("shared-token-authorizer", "rest_shared_token_allowed");
    assert_eq!(counted.function.answer(&event).await["principalId"], "shop");
    let cold = counted.proxy.take();
    assert_eq!(counted.function.answer(&event).await["principalId"], "shop");
    assert_eq!(counted.proxy.take(), requests([("GetItem", 1)]), "cold, with the start: {cold:?}");
}

#[tokio::test]
async fn what_spkey_shares_from_is_read_with_the_first_client_and_costs_no_round() {
    let tollgate = Tollgate::demo().await;
    let mut counted = start(&tollgate).await;
    counted.function.ready().await;
    assert_eq!(counted.proxy.take(), requests([("GetItem", 1)]), "the service");
    let event = sample("shared-token-authorizer", "rest_shared_token_allowed");
    assert_eq!(counted.function.answer(&event).await["principalId"], "shop");
    let grant_then_both = requests([("GetItem", 1), ("BatchGetItem", 1)]);
    assert_eq!(counted.proxy.take(), grant_then_both, "the grant, then its client and the service that is shared from");
}
