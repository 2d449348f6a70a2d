//! What a token costs: DynamoDB requests of the real binary, counted on the wire.

use tests::{CountingProxy, Function, Requests, Tollgate};

#[tokio::test]
async fn a_warm_token_by_client_credentials_is_one_write() {
    let tollgate = Tollgate::demo().await;
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let environment = [("ISSUER", "https://id.example.com"), ("DEFINITION_MAX_AGE", "30")];
    let mut function = Function::start(env!("CARGO_BIN_EXE_token"), proxy.address, &environment).await;
    let event = tests::sample("token", "http2_client_credentials");
    assert_eq!(function.answer(&event).await["statusCode"], 200);
    let cold = proxy.take();
    assert_eq!(function.answer(&event).await["statusCode"], 200);
    assert_eq!(proxy.take(), Requests::from([("PutItem".into(), 1)]), "cold, with the start: {cold:?}");
}
