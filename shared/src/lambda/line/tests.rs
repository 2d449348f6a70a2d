//! Lines as they are written.

use serde_json::{Value, json};

use super::*;
use crate::{
    authorizer::{Allow, Context, Reason, Trace},
    endpoint::{Asker, Served},
    lambda::event::{self, Event},
    model::TokenFault,
    protocol::{ErrorCode, OAuthError, Request, Response},
};

const NOW: Moment = Moment::from_millis(1_800_000_000_042);
const STORE: Tally = Tally { hits: 2, misses: 0, requests: 1, sends: 2 };
const EFFORT: Effort = Effort { took: Duration::from_micros(1_250), store: STORE };

fn call() -> Call {
    let event: Event = serde_json::from_value(json!({
        "type": "REQUEST", "requestContext": {"requestId": "r-1"},
        "methodArn": "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/items/a\nb",
        "headers": {"Authorization": "Bearer hunter2"}, "queryStringParameters": {"api_key": "hunter2"},
    }))
    .unwrap();
    let xray_trace_id = Some("Root=1-69c2e4ae-3a5f1c0e7d9b2f4a6c8e0d1b;Parent=7d9b;Sampled=1".into());
    Call { xray_trace_id, ..event::parse(event).unwrap() }
}

fn allowed() -> Decision {
    let context = Context::default().with("h_x_a", "hunter2");
    Decision::Allow(Allow { principal: "p".into(), context, opening: Opening::EVERY_CALL, usage_key: None })
}

fn read(line: &Line<'_>) -> (String, Value) {
    let text = String::from_utf8(line.json("authorizer", NOW)).unwrap();
    let value = serde_json::from_str(&text).unwrap();
    (text, value)
}

#[test]
fn m21_a_line_is_one_json_object_with_its_metrics_and_no_secret() {
    let headers = vec![
        HeaderOutcome { header: "X-A".into(), outcome: "injected", bytes: Some(7) },
        HeaderOutcome { header: "X-B".into(), outcome: "null", bytes: None },
    ];
    let trace = Trace {
        spkey: Some("tpx1".into()),
        region: Some("FR".into()),
        provider: Some("id.example".into()),
        provider_status: Some(200),
        provider_time: Some(Duration::from_micros(900)),
        headers,
        ..Trace::default()
    };
    let outcome = Outcome { decision: allowed(), reason: Reason::ValidToken, trace };
    let call = call();
    let (text, line) = read(&Line::of_call(&call, &outcome, EFFORT));
    assert!(text.ends_with("}\n") && text.lines().count() == 1 && !text.contains("hunter2"), "{text}");
    let directive = |dimensions: Value, metrics: Value| json!({"Namespace": "Tollgate", "Dimensions": [dimensions], "Metrics": metrics});
    let all = json!([
        {"Name": "allowed", "Unit": "Count"}, {"Name": "latency", "Unit": "Milliseconds"},
        {"Name": "cache_hits", "Unit": "Count"}, {"Name": "store_retries", "Unit": "Count"},
        {"Name": "validation_latency", "Unit": "Milliseconds"},
    ]);
    let provider = json!([{"Name": "validation_latency", "Unit": "Milliseconds"}]);
    let expected = json!({
        "timestamp": "2027-01-15T08:00:00.042Z", "level": "INFO", "function": "authorizer", "decision": "allowed",
        "reason": "valid_token", "message": "valid token", "request_id": "r-1",
        "xray_trace_id": "1-69c2e4ae-3a5f1c0e7d9b2f4a6c8e0d1b", "method": "GET", "path": "/items/a\nb",
        "spkey": "tpx1", "provider": "id.example", "region": "FR", "provider_status": 200,
        "headers": "X-A injected (7 bytes), X-B null",
        "allowed": 1, "latency": 1.25, "cache_hits": 2, "store_retries": 1, "validation_latency": 0.9,
        "_aws": {
            "Timestamp": 1_800_000_000_042_u64,
            "CloudWatchMetrics": [
                directive(json!(["function"]), all),
                directive(json!(["function", "provider", "region"]), provider),
            ],
        },
    });
    assert_eq!(line, expected);
}

#[test]
fn a_refusal_is_told_by_its_reason_and_is_no_error() {
    let (decision, reason) = (Decision::Unauthenticated, TokenFault::Expired { at: NOW.timestamp() }.into());
    let outcome = Outcome { decision, reason, trace: Trace::default() };
    let (_, line) = read(&Line::of_call(&call(), &outcome, EFFORT));
    assert_eq!((&line["level"], &line["decision"], &line["refused"]), (&"INFO".into(), &"refused".into(), &1.into()));
    assert_eq!((&line["reason"], &line["error"]), (&"token_expired".into(), &"Unauthorized".into()));
    assert_eq!(line["message"], "the token expired at 2027-01-15T08:00:00Z");
    assert_eq!(line["_aws"]["CloudWatchMetrics"][1]["Dimensions"], json!([["function", "reason"]]));
}

#[test]
fn a_failure_is_an_error_and_no_refusal() {
    let reason = Reason::StoreFailure("DynamoDB GetItem failed".into());
    let outcome = Outcome { decision: Decision::Failed, reason, trace: Trace::default() };
    let (_, line) = read(&Line::of_call(&call(), &outcome, EFFORT));
    assert_eq!((&line["level"], &line["store_failure"]), (&"ERROR".into(), &1.into()));
    assert!(line.get("refused").is_none() && line["decision"] == "failed", "{line}");
}

#[test]
fn an_event_that_is_no_call_is_told_with_the_ids_that_it_has() {
    let event = |id: Value| serde_json::from_value(json!({"methodArn": "arn:aws:s3:::x", "requestContext": id}));
    let told = |id| {
        let error = event::parse(event(id).unwrap()).unwrap_err();
        read(&Line::of_unreadable(&error, Some("Root=1-69c2e4ae-7d9b;Sampled=1"), EFFORT)).1
    };
    let line = told(json!({"requestId": "r-3"}));
    assert_eq!((&line["request_id"], &line["config_failure"]), (&"r-3".into(), &1.into()));
    let line = told(json!({}));
    assert_eq!((line.get("request_id"), &line["xray_trace_id"]), (None, &"1-69c2e4ae-7d9b".into()));
}

#[test]
fn m21_a_token_request_is_told_without_its_credentials() {
    let request = Request {
        method: http::Method::POST,
        path: "/oauth2/token".into(),
        query: Some("client_secret=hunter2".into()),
        headers: [(http::header::AUTHORIZATION, "hunter2".parse().unwrap())].into_iter().collect(),
        body: b"client_secret=hunter2".to_vec(),
        source: "192.0.2.1".into(),
        request_id: "r-2".into(),
    };
    let told = |error: OAuthError| {
        let response = error.response(Response::json(&error.body()));
        let served = Served { response, client: Asker::default(), grant_type: None, result: Err(error) };
        let (text, line) = read(&Line::of_request(&request, &served, None, EFFORT));
        assert!(!text.contains("hunter2"), "{text}");
        line
    };
    let line = told(ErrorCode::InvalidClient.because("client authentication failed").logged_as("wrong secret"));
    assert_eq!((&line["reason"], &line["message"]), (&"invalid_client".into(), &"wrong secret".into()));
    assert_eq!((&line["status"], &line["request_id"]), (&401.into(), &"r-2".into()));
    let line = told(ErrorCode::TemporarilyUnavailable.because("try again"));
    assert_eq!((&line["decision"], &line["store_failure"]), (&"failed".into(), &1.into()));
}
