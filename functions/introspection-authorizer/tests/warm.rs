//! What a verdict costs: requests of the real binary to DynamoDB and to the provider, counted on the wire.

use tests::{Counted, Provider, Reply, Requests, Tollgate};

#[tokio::test]
async fn a_warm_verdict_is_one_call_to_the_provider_on_the_connection_that_is_there() {
    let provider = Provider::always(Reply::json(r#"{"uid":"u-1001"}"#)).await;
    let tollgate = Tollgate::with(&CONFIGURATION.replace("ADDRESS", &provider.address.to_string())).await;
    let environment = [("SPKEY", "tpx1"), ("DEFINITION_MAX_AGE", "30")];
    let mut counted = Counted::start(&tollgate, env!("CARGO_BIN_EXE_introspection-authorizer"), &environment).await;
    let event = tests::sample("introspection-authorizer", "rest_allowed");
    assert_eq!(counted.function.answer(&event).await["principalId"], "Shop");
    let cold = counted.proxy.take();
    assert_eq!(counted.function.answer(&event).await["principalId"], "Shop");
    assert_eq!(counted.proxy.take(), Requests::new(), "cold, with the start: {cold:?}");
    assert_eq!((provider.questions().len(), provider.connections()), (2, 1));
}

const CONFIGURATION: &str = r#"
services:
  - spkey: tpx1
    name: travel
    base_path: /travel
    backend: BACKEND/travel
    authorizer: introspection
    pre_inputs: |
      token_validation_uri: { defaultURI: http://ADDRESS/validate }
      inject_headers: {"default":{"X-User-Id":"$.uid"}}
applications:
  - name: Shop
    api_keys: [ { name: web, key: demo-key-of-the-shop-web-app, services: [travel] } ]
"#;
