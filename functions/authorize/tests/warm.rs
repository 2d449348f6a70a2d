//! What an authorization costs: DynamoDB requests of the real binary, counted on the wire.

use serde_json::Value;
use tests::{CountingProxy, Function, Requests, Tollgate};

const BINARY: &str = env!("CARGO_BIN_EXE_authorize");

/// The requests that an event takes once the function and the owner's authorization are warm.
async fn requests(case: &str, status: u16) -> Requests {
    let tollgate = Tollgate::demo().await;
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let environment = [("ISSUER", "https://id.example.com"), ("DEFINITION_MAX_AGE", "30")];
    let mut function = Function::start(BINARY, proxy.address, &environment).await;
    let event: Value = tests::sample("authorize", case);
    assert_eq!(function.answer(&tests::sample("authorize", "http2_consent_allow")).await["statusCode"], 303);
    assert_eq!(function.answer(&event).await["statusCode"], status);
    proxy.take();
    assert_eq!(function.answer(&event).await["statusCode"], status);
    proxy.take()
}

#[tokio::test]
async fn a_warm_request_of_somebody_who_is_not_known_reads_the_client_alone() {
    assert_eq!(requests("http2_asked", 303).await, Requests::from([("GetItem".into(), 1)]));
}

#[tokio::test]
async fn a_warm_code_is_five_reads_and_two_writes_whether_agreed_to_now_or_before() {
    for case in ["http2_consent_known", "http2_consent_allow"] {
        let expected = [("GetItem".into(), 5), ("PutItem".into(), 1), ("UpdateItem".into(), 1)];
        assert_eq!(requests(case, 303).await, Requests::from(expected), "{case}");
    }
}

#[tokio::test]
async fn a_warm_pushed_request_is_one_read_and_one_write() {
    assert_eq!(requests("http2_push", 201).await, Requests::from([("GetItem".into(), 1), ("PutItem".into(), 1)]));
}
