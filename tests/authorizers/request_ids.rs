//! A refused caller is told the id by which support finds the line of the log.

use cli::dev::demo::READ_ONLY_TOKEN;
use tests::Tollgate;

#[tokio::test]
async fn every_gateway_response_names_its_request() {
    let tollgate = Tollgate::demo().await;
    let calls = [
        (401, tollgate.call("GET", "/orders/1")),
        (403, tollgate.call("POST", "/orders/1").bearer(READ_ONLY_TOKEN)),
        (401, tollgate.call("GET", "/travel/1")),
    ];
    for (status, call) in calls {
        let answer = call.send().await.is(status);
        assert!(answer.header("X-Request-Id").is_some_and(|id| id.len() >= 8), "{answer:#?}");
    }
}
