//! `x-amazon-apigateway-gateway-responses`: what a caller gets whom API Gateway refuses.
//!
//! The templates escape nothing, so they hold our own texts and the three context entries that the authorizers fill
//! with texts of theirs.

use serde_json::{Map, Value, json};

use super::{cors, is_guarded, mapping, mock};
use crate::{
    model::{Authorizer, HttpUri, Methods, ServiceDefinition},
    protocol::BearerChallenge,
};

/// Every response of the generated document.
pub(super) fn gateway_responses(service: &ServiceDefinition, issuer: Option<&HttpUri>) -> Map<String, Value> {
    let mut responses = refusals(service, issuer);
    if service.methods != Methods::Any {
        responses.push(("UNSUPPORTED_MEDIA_TYPE", method_not_allowed(service)));
    }
    rendered(service, responses)
}

/// Those of any API that the service's authorizer guards.
pub(super) fn authorizer_responses(service: &ServiceDefinition, issuer: Option<&HttpUri>) -> Map<String, Value> {
    rendered(service, refusals(service, issuer))
}

/// A response and the type it is for.
type Typed = (&'static str, GatewayResponse);

fn refusals(service: &ServiceDefinition, issuer: Option<&HttpUri>) -> Vec<Typed> {
    if !is_guarded(service) {
        return Vec::new();
    }
    vec![
        ("UNAUTHORIZED", unauthorized(service, issuer)),
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
fn unauthorized(service: &ServiceDefinition, issuer: Option<&HttpUri>) -> GatewayResponse {
    let realm = service.name.as_str();
    let metadata = issuer.and_then(|issuer| service.resource_metadata_url(issuer));
    let challenge = BearerChallenge { realm, error: None, scope: None, resource_metadata: metadata.as_deref() };
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
    use crate::model::{AbsoluteUri, samples};

    #[test]
    fn z1_the_challenge_without_credentials_names_no_error() {
        let responses = gateway_responses(&samples::orders(), None);
        let headers = &responses["UNAUTHORIZED"]["responseParameters"];
        assert_eq!(headers["gatewayresponse.header.WWW-Authenticate"], r#"'Bearer realm="orders"'"#);
    }

    #[test]
    fn z5_the_challenge_names_the_metadata_of_a_resource_that_has_some() {
        let issuer = HttpUri::parse("https://id.example.com").unwrap();
        let named = |service: &ServiceDefinition| {
            let responses = gateway_responses(service, Some(&issuer));
            responses["UNAUTHORIZED"]["responseParameters"]["gatewayresponse.header.WWW-Authenticate"].clone()
        };
        let resource = AbsoluteUri::parse("https://api.example.com/orders").ok();
        let orders = ServiceDefinition { resource, ..samples::orders() };
        let url = format!("https://id.example.com/.well-known/oauth-protected-resource/{}", orders.spkey);
        assert_eq!(named(&orders), format!(r#"'Bearer realm="orders", resource_metadata="{url}"'"#));
        let urn = AbsoluteUri::parse("urn:example:orders").ok();
        assert_eq!(named(&ServiceDefinition { resource: urn, ..orders }), r#"'Bearer realm="orders"'"#);
    }

    #[test]
    fn z3_a_missing_scope_is_403_and_a_refusal_of_the_connector_401() {
        let status = |service| gateway_responses(&service, None)["ACCESS_DENIED"]["statusCode"].clone();
        assert_eq!(status(samples::orders()), 403);
        assert_eq!(status(samples::travel()), 401);
    }

    #[test]
    fn z11_an_authorizer_that_fails_is_503_whichever_type_api_gateway_picks() {
        let responses = gateway_responses(&samples::travel(), None);
        assert_eq!(responses["AUTHORIZER_FAILURE"], responses["AUTHORIZER_CONFIGURATION_ERROR"]);
        assert_eq!(responses["AUTHORIZER_FAILURE"]["statusCode"], 503);
    }

    #[test]
    fn every_body_is_json() {
        for (name, response) in gateway_responses(&samples::orders(), None) {
            let template = response.get("responseTemplates").map(|templates| &templates["application/json"]);
            let is_json = template.is_none_or(|body| serde_json::from_str::<Value>(body.as_str().unwrap()).is_ok());
            assert!(is_json, "{name}");
        }
    }

    #[test]
    fn a_page_can_read_every_refusal() {
        let service = ServiceDefinition { cors_origins: vec!["https://app.example".into()], ..samples::orders() };
        for (name, response) in gateway_responses(&service, None) {
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
            for responses in [gateway_responses(&service, None), authorizer_responses(&service, None)] {
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
        let responses = gateway_responses(&samples::weather(), None);
        for name in ["DEFAULT_4XX", "DEFAULT_5XX"] {
            let members: Vec<&String> = responses[name].as_object().unwrap().keys().collect();
            assert_eq!(members, ["responseParameters"], "{name}");
        }
    }
}
