//! What an authorization costs: DynamoDB requests of the real binary, counted on the wire.

use tests::{Counted, KEEPING, Requests, Tollgate, requests, sample};

const BINARY: &str = env!("CARGO_BIN_EXE_authorize");

/// The requests that an event takes once the function and the owner's authorization are warm.
async fn warm(case: &str, status: u16) -> Requests {
    let tollgate = Tollgate::demo().await;
    let mut counted = Counted::start(&tollgate, BINARY, &KEEPING).await;
    counted.answer(&sample("authorize", "http2_consent_allow"), 303).await;
    let event = sample("authorize", case);
    counted.answer(&event, status).await;
    counted.cost(&event, status).await.1
}

#[tokio::test]
async fn a_warm_request_of_somebody_who_is_not_known_reads_the_client_alone() {
    assert_eq!(warm("http2_asked", 303).await, requests([("GetItem", 1)]));
}

#[tokio::test]
async fn a_warm_code_is_five_reads_and_two_writes_whether_agreed_to_now_or_before() {
    for case in ["http2_consent_known", "http2_consent_allow"] {
        let expected = requests([("GetItem", 5), ("PutItem", 1), ("UpdateItem", 1)]);
        assert_eq!(warm(case, 303).await, expected, "{case}");
    }
}

#[tokio::test]
async fn head_writes_nothing_where_get_gives_a_code() {
    let tollgate = Tollgate::demo().await;
    let mut counted = Counted::start(&tollgate, BINARY, &[]).await;
    counted.answer(&sample("authorize", "http2_consent_allow"), 303).await;
    let mut event = sample("authorize", "http2_consent_known");
    event["requestContext"]["http"]["method"] = "HEAD".into();
    let (_, cost) = counted.cost(&event, 405).await;
    assert!(cost.keys().all(|operation| operation.ends_with("GetItem")), "{cost:?}");
}

#[tokio::test]
async fn a_warm_pushed_request_is_one_read_and_one_write() {
    assert_eq!(warm("http2_push", 201).await, requests([("GetItem", 1), ("PutItem", 1)]));
}
