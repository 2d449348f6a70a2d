//! The settings of a service's authorizer.

use serde_json::{Value, json};

use super::members::{Members, word};
use crate::model::{
    ApiKeyLocation, Authorization, Authorizer, HeaderGroup, IntrospectionPolicy, IntrospectionRoute, Route,
    SharedToken, SharedTokenPolicy, ValidationMethod,
    configuration::{
        introspection::ENCODINGS,
        validation::{OUTAGE, Validation},
    },
    expression::HeaderEncoding,
};

/// Puts an authorizer's members.
pub(super) fn put(members: &mut Members, authorizer: &Authorizer) {
    match authorizer {
        Authorizer::SharedToken(policy) => shared_token(members, policy),
        Authorizer::Introspection(policy) => introspection(members, policy),
        Authorizer::None => members.put("authorizer", "none"),
    }
}

fn shared_token(members: &mut Members, policy: &SharedTokenPolicy) {
    if let SharedToken::IssuedBy { spkey, accept_own_tokens } = &policy.tokens {
        members.put("shared_token_spkey", spkey.as_str());
        members.unless("accept_own_tokens", *accept_own_tokens, false);
    }
    members.unless("require_client_on_service", policy.require_client_on_service, false);
    members.list("forwarded_headers", policy.forwarded_headers.iter().map(|header| header.as_str().into()).collect());
    members.unless("mashery_header_names", policy.mashery_header_names, false);
    members.unless("forward_authorization", policy.forward_authorization, false);
}

fn introspection(members: &mut Members, policy: &IntrospectionPolicy) {
    members.put("authorizer", "introspection");
    match &policy.api_key {
        None => members.put("api_key", Value::Null),
        Some(location) if *location == ApiKeyLocation::default() => {}
        Some(ApiKeyLocation::Query(name)) => members.put("api_key", json!({ "name": name })),
        Some(ApiKeyLocation::Header(name)) => members.put("api_key", json!({ "in": "header", "name": name })),
    }
    members.mapping("validation", validation(policy));
    if let Route::Configured(configured) = &policy.route {
        route(members, configured);
    }
    if !policy.inject_headers.is_empty() {
        members.put("inject_headers", Value::Object(policy.inject_headers.iter().map(group).collect()));
    }
    members.unless(
        "header_encoding",
        word(&ENCODINGS, &policy.header_encoding),
        word(&ENCODINGS, &HeaderEncoding::Percent),
    );
    members.unless("unset_header_value", policy.unset_header_value.as_deref(), Some("-"));
    members.unless("block_authorization_header", policy.authorization == Authorization::Strip, false);
    if let Some(proxy) = &policy.proxy {
        members.put("http_proxy_server", proxy.host.as_str());
        members.put("http_proxy_port", proxy.port);
    }
}

fn validation(policy: &IntrospectionPolicy) -> Members {
    let default = Validation::default();
    let mut members = Members::default();
    match &policy.method {
        ValidationMethod::Bearer { judge_active } => members.unless("judge_active", *judge_active, true),
        ValidationMethod::Introspection { client_id, .. } => {
            members.put("method", "introspection");
            members.put("client_id", client_id.as_str());
        }
    }
    members.unless("timeout_ms", policy.timeout_ms, default.timeout_ms);
    if policy.outage_status != default.outage_status {
        members.put("outage_status", word(&OUTAGE, &policy.outage_status));
    }
    members.unless("any_scheme", policy.any_scheme, default.any_scheme);
    if let Some(pem) = &policy.ca_bundle {
        members.put("ca_bundle", pem.as_str());
    }
    members
}

fn route(members: &mut Members, route: &IntrospectionRoute) {
    let mut uri = Members::default();
    if let Some(region) = &route.region {
        uri.put("regionCodeHeader", region.header.as_str());
        let endpoints = region.endpoints.iter().map(|endpoint| (endpoint.code.clone(), endpoint.uri.as_str().into()));
        uri.put("regionCodeValue", Value::Object(endpoints.collect()));
        members.unless("region_required", region.required, false);
    }
    if let Some(default) = &route.default_uri {
        uri.put("defaultURI", default.as_str());
    }
    members.mapping("token_validation_uri", uri);
}

fn group(group: &HeaderGroup) -> (String, Value) {
    let rules = group.rules.iter().map(|rule| (rule.header.as_str().to_owned(), rule.expression.as_str().into()));
    (group.region.clone(), Value::Object(rules.collect()))
}
