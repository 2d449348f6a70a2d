//! What a verdict costs: DynamoDB requests of the real binary, counted on the wire.

use tests::{CountingProxy, Function, Requests, Tollgate};

#[tokio::test]
async fn a_warm_verdict_is_one_read_of_the_grant() {
    let tollgate = Tollgate::demo().await;
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let environment = [("SPKEY", "t4wq8nrb2x6mzc9vkhp3ydsf"), ("DEFINITION_MAX_AGE", "30")];
    let mut function =
        Function::start(env!("CARGO_BIN_EXE_shared-token-authorizer"), proxy.address, &environment).await;
    let event = tests::sample("shared-token-authorizer", "rest_shared_token_allowed");
    assert_eq!(function.answer(&event).await["principalId"], "shop");
    let cold = proxy.take();
    assert_eq!(function.answer(&event).await["principalId"], "shop");
    assert_eq!(proxy.take(), Requests::from([("GetItem".into(), 1)]), "cold, with the start: {cold:?}");
}

#[tokio::test]
async fn what_spkey_shares_from_is_read_with_the_first_client_and_costs_no_round() {
    let tollgate = Tollgate::demo().await;
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let environment = [("SPKEY", "t4wq8nrb2x6mzc9vkhp3ydsf"), ("DEFINITION_MAX_AGE", "30")];
    let mut function =
        Function::start(env!("CARGO_BIN_EXE_shared-token-authorizer"), proxy.address, &environment).await;
    function.ready().await;
    assert_eq!(proxy.take(), Requests::from([("GetItem".into(), 1)]), "the service");
    let event = tests::sample("shared-token-authorizer", "rest_shared_token_allowed");
    assert_eq!(function.answer(&event).await["principalId"], "shop");
    let grant_then_both = Requests::from([("GetItem".into(), 1), ("BatchGetItem".into(), 1)]);
    assert_eq!(proxy.take(), grant_then_both, "the grant, then its client and the service that is shared from");
}
