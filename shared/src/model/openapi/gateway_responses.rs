//! `x-amazon-apigateway-gateway-responses`: what a caller gets whom API Gateway refuses.
//!
//! The templates escape nothing, so they hold our own texts and the three context entries that the authorizers fill
//! with texts of theirs.

use serde_json::{Map, Value, json};

use super::{cors, is_guarded, mapping, mock};
use crate::{
    model::{Authorizer, Methods, ServiceDefinition},
    protocol::BearerChallenge,
};

/// Every response of the generated document.
pub(super) fn gateway_responses(service: &ServiceDefinition) -> Map<String, Value> {
    let mut responses = refusals(service);
    if service.methods != Methods::Any {
        responses.push(("UNSUPPORTED_MEDIA_TYPE", method_not_allowed(service)));
    }
    rendered(service, responses)
}

/// Those of any API that the service's authorizer guards.
pub(super) fn authorizer_responses(service: &ServiceDefinition) -> Map<String, Value> {
    rendered(service, refusals(service))
}

/// A response and the type it is for.
type Typed = (&'static str, GatewayResponse);

fn refusals(service: &ServiceDefinition) -> Vec<Typed> {
    if !is_guarded(service) {
        return Vec::new();
    }
    vec![
        ("UNAUTHORIZED", unauthorized(service)),
        ("ACCESS_DENIED", access_denied(service)),
        ("AUTHORIZER_FAILURE", unavailable()),
        ("AUTHORIZER_CONFIGURATION_ERROR", unavailable()),
    ]
}

/// All of them, with what each carries: the id by which support finds the line of the log, and what pages need.
fn rendered(service: &ServiceDefinition, responses: Vec<Typed>) -> Map<String, Value> {
    let mut everywhere = cors::response_headers(service);
    everywhere.push(mapping::request_id());
    let defaults = ["DEFAULT_4XX", "DEFAULT_5XX"].map(|name| (name, GatewayResponse::default()));
    responses
        .into_iter()
        .chain(defaults)
        .map(|(name, response)| (name.to_owned(), response.with_headers(&everywhere).render()))
        .collect()
}

/// One response; what is missing is as API Gateway has it.
#[derive(Default)]
struct GatewayResponse {
    status: Option<u16>,
    headers: Vec<(&'static str, String)>,
    body: Option<&'static str>,
}

/// No or bad credentials alike: the refusal carries no context, so the challenge names no error (RFC 6750 section 3.1).
fn unauthorized(service: &ServiceDefinition) -> GatewayResponse {
    let realm = service.name.as_str();
    let challenge = BearerChallenge { realm, error: None, scope: None };
    GatewayResponse {
        status: Some(401),
        headers: vec![("WWW-Authenticate", mapping::fixed(&challenge.text()))],
        body: Some(r#"{"message":"Unauthorized"}"#),
    }
}

/// The authorizer tells the reason in its context. Of another server's tokens every refusal is a 401, as the connector
/// documents it; of Tollgate's own it is the missing scope.
fn access_denied(service: &ServiceDefinition) -> GatewayResponse {
    let status = if matches!(service.authorizer, Authorizer::Introspection(_)) { 401 } else { 403 };
    GatewayResponse {
        status: Some(status),
        headers: vec![("WWW-Authenticate", mapping::authorizer_context("tg_challenge"))],
        body: Some(
            r#"{"error":"$context.authorizer.tg_error","error_description":"$context.authorizer.tg_description"}"#,
        ),
    }
}

/// The authorizer could not decide: never the caller's fault.
fn unavailable() -> GatewayResponse {
    GatewayResponse {
        status: Some(503),
        headers: vec![("Retry-After", mapping::fixed(RETRY_AFTER))],
        body: Some(
            r#"{"error":"temporarily_unavailable","error_description":"The credentials could not be verified"}"#,
        ),
    }
}

/// In this document only the mock of unserved methods refuses a media type, so the method is what is wrong.
fn method_not_allowed(service: &ServiceDefinition) -> GatewayResponse {
    GatewayResponse { status: Some(405), headers: vec![mock::allow(service)], body: Some(mock::METHOD_NOT_ALLOWED) }
}

impl GatewayResponse {
    fn with_headers(mut self, headers: &[(&'static str, String)]) -> Self {
        self.headers.extend_from_slice(headers);
        self
    }

    fn render(self) -> Value {
        let mut response = Map::new();
        if let Some(status) = self.status {
            response.insert("statusCode".into(), json!(status));
        }
        let headers = self.headers.into_iter();
        let parameters: Map<_, _> =
            headers.map(|(name, value)| (format!("gatewayresponse.header.{name}"), json!(value))).collect();
        response.insert("responseParameters".into(), Value::Object(parameters));
        if let Some(body) = self.body {
            response.insert("responseTemplates".into(), json!({ "application/json": body }));
        }
        Value::Object(response)
    }
}

/// Seconds until another attempt makes sense.
const RETRY_AFTER: &str = "5";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples;

    #[test]
    fn z1_the_challenge_without_credentials_names_no_error() {
        let responses = gateway_responses(&samples::orders());
        let headers = &responses["UNAUTHORIZED"]["responseParameters"];
        assert_eq!(headers["gatewayresponse.header.WWW-Authenticate"], r#"'Bearer realm="orders"'"#);
    }

    #[test]
    fn z3_a_missing_scope_is_403_and_a_refusal_of_the_connector_401() {
        let status = |service| gateway_responses(&service)["ACCESS_DENIED"]["statusCode"].clone();
        assert_eq!(status(samples::orders()), 403);
        assert_eq!(status(samples::travel()), 401);
    }

    #[test]
    fn z11_an_authorizer_that_fails_is_503_whichever_type_api_gateway_picks() {
        let responses = gateway_responses(&samples::travel());
        assert_eq!(responses["AUTHORIZER_FAILURE"], responses["AUTHORIZER_CONFIGURATION_ERROR"]);
        assert_eq!(responses["AUTHORIZER_FAILURE"]["statusCode"], 503);
    }

    #[test]
    fn every_body_is_json() {
        for (name, response) in gateway_responses(&samples::orders()) {
            let template = response.get("responseTemplates").map(|templates| &templates["application/json"]);
            let is_json = template.is_none_or(|body| serde_json::from_str::<Value>(body.as_str().unwrap()).is_ok());
            assert!(is_json, "{name}");
        }
    }

    #[test]
    fn a_page_can_read_every_refusal() {
        let service = ServiceDefinition { cors_origins: vec!["https://app.example".into()], ..samples::orders() };
        for (name, response) in gateway_responses(&service) {
            let headers = &response["responseParameters"];
            assert_eq!(
                headers["gatewayresponse.header.Access-Control-Allow-Origin"], "'https://app.example'",
                "{name}"
            );
        }
    }

    #[test]
    fn every_refusal_names_its_request() {
        for service in [samples::orders(), samples::travel(), samples::weather()] {
            for responses in [gateway_responses(&service), authorizer_responses(&service)] {
                assert!(responses.contains_key("DEFAULT_4XX") && responses.contains_key("DEFAULT_5XX"));
                for (name, response) in responses {
                    let id = &response["responseParameters"]["gatewayresponse.header.X-Request-Id"];
                    assert_eq!(id, "context.requestId", "{name}");
                }
            }
        }
    }

    #[test]
    fn the_defaults_keep_the_statuses_and_bodies_of_api_gateway() {
        let responses = gateway_responses(&samples::weather());
        for name in ["DEFAULT_4XX", "DEFAULT_5XX"] {
            let members: Vec<&String> = responses[name].as_object().unwrap().keys().collect();
            assert_eq!(members, ["responseParameters"], "{name}");
        }
    }
}
