//! Operations that API Gateway answers by itself.

use serde_json::{Map, Value, json};

use super::{cors, mapping, paths};
use crate::model::ServiceDefinition;

/// What a method gets that the service does not serve (RFC 9110 section 15.5.6).
pub(super) fn method_not_allowed(service: &ServiceDefinition) -> Value {
    let mut headers = vec![allow(service), mapping::request_id()];
    headers.extend(cors::response_headers(service));
    let mut operation = operation(405, "The service does not serve this method", &headers);
    operation["x-amazon-apigateway-integration"]["responses"]["default"]["responseTemplates"] =
        json!({ "application/json": METHOD_NOT_ALLOWED });
    operation
}

/// The header that a 405 must have.
pub(super) fn allow(service: &ServiceDefinition) -> (&'static str, String) {
    ("Allow", mapping::fixed(&paths::served_methods(service)))
}

/// The body of a 405.
pub(super) const METHOD_NOT_ALLOWED: &str = r#"{"message":"Method Not Allowed"}"#;

/// An operation without authorizer that answers this status and these headers, each with its mapping expression.
///
/// With the binary media type `*/*` a mock fails unless both its sides are converted to text. A request body that has
/// no template is refused (`never`), since passed through it would have to name the status.
pub(super) fn operation(status: u16, description: &str, headers: &[(&str, String)]) -> Value {
    let declared: Map<_, _> =
        headers.iter().map(|(name, _)| ((*name).to_owned(), json!({ "schema": { "type": "string" } }))).collect();
    let mapped: Map<_, _> =
        headers.iter().map(|(name, value)| (format!("method.response.header.{name}"), json!(value))).collect();
    json!({
        "responses": { status.to_string(): { "description": description, "headers": declared } },
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "contentHandling": "CONVERT_TO_TEXT",
            "passthroughBehavior": "never",
            "requestTemplates": { "application/json": format!(r#"{{"statusCode": {status}}}"#) },
            "responses": { "default": {
                "statusCode": status.to_string(),
                "contentHandling": "CONVERT_TO_TEXT",
                "responseParameters": mapped,
            } },
        },
    })
}
