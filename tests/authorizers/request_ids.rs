//! A refused caller is told the id by which support finds the line of the log.

use cli::dev::demo::READ_ONLY_TOKEN;
use tests::{Call, Tollgate};

/// A service whose backend is not there.
const GONE: &str = "
services:
  - { spkey: gone1, name: gone, base_path: /gone, backend: 'http://127.0.0.1:1', methods: [GET], authorizer: none }
";

async fn every_answer_names_its_request(calls: impl IntoIterator<Item = (u16, Call)>) {
    for (status, call) in calls {
        let answer = call.send().await.is(status);
        assert!(answer.header("X-Request-Id").is_some_and(|id| id.len() >= 8), "{answer:#?}");
    }
}

#[tokio::test]
async fn every_gateway_response_names_its_request() {
    let tollgate = Tollgate::demo().await;
    let calls = [
        (401, tollgate.call("GET", "/orders/1")),
        (403, tollgate.call("POST", "/orders/1").bearer(READ_ONLY_TOKEN)),
        (401, tollgate.call("GET", "/travel/1")),
        (405, tollgate.call("DELETE", "/orders/1")),
        (405, tollgate.call("DELETE", "/orders/1").header("Content-Type", "text/xml").body("<a/>")),
        (414, tollgate.call("GET", &format!("/orders/{}", "a".repeat(2_000)))),
        (431, tollgate.call("GET", "/orders/1").header("X-Long", &"a".repeat(11_000))),
    ];
    every_answer_names_its_request(calls).await;
}

#[tokio::test]
async fn an_answer_for_a_backend_that_is_down_names_its_request() {
    let tollgate = Tollgate::with(GONE).await;
    every_answer_names_its_request([(504, tollgate.call("GET", "/gone/1"))]).await;
}
