//! What it means that an answer has no decision: no function was asked, or its verdict was kept.

use serde_json::{Map, Value};

/// One sentence, by API Gateway's type of response, else by the status.
pub(super) fn meaning(members: &Map<String, Value>) -> String {
    let text = |name: &str| match members.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let (error, status) = (text("error"), text("status"));
    let known = |words: &[(&str, &'static str)], word: &str| {
        words.iter().find(|(known, _)| *known == word).map(|(_, meaning)| *meaning)
    };
    let meaning = known(&BY_TYPE, &error).or_else(|| known(&BY_STATUS, &status)).unwrap_or(BACKEND);
    format!("none: {meaning}")
}

const BACKEND: &str =
    "the backend answered so, or API Gateway by itself; integration status and latency of the access log tell";

const BY_TYPE: [(&str, &str); 12] = [
    ("ACCESS_DENIED", "API Gateway applied a verdict that it keeps (authorizer_ttl); the call before it has the line"),
    (
        "AUTHORIZER_CONFIGURATION_ERROR",
        "the authorizer could not be called, or its answer not be used: permission, ARN",
    ),
    ("AUTHORIZER_FAILURE", "the authorizer failed before it decided: look at its log group for the time of the call"),
    ("BAD_REQUEST_BODY", "API Gateway refused the body by itself"),
    ("INTEGRATION_FAILURE", "API Gateway could not reach the backend, or use its answer"),
    ("INTEGRATION_TIMEOUT", "the backend took longer than API Gateway waits"),
    ("INVALID_API_KEY", "API Gateway wants an API key of a usage plan"),
    ("MISSING_AUTHENTICATION_TOKEN", "the API has no such path and method"),
    ("QUOTA_EXCEEDED", "the usage plan's quota is used up"),
    ("REQUEST_TOO_LARGE", "API Gateway takes a body of at most 10 MB"),
    ("THROTTLED", "API Gateway's limit of requests, of the stage, the plan or the account"),
    ("UNAUTHORIZED", "an identity source is missing, so API Gateway asked nobody"),
];

const BY_STATUS: [(&str, &str); 4] = [
    ("404", "the API has no such route, or the backend answered so"),
    ("405", "the API serves other methods (`methods` of the service), or the backend answered so"),
    ("413", "API Gateway takes a body of at most 10 MB, or the backend answered so"),
    ("429", "a limit of API Gateway, or the backend answered so"),
];
