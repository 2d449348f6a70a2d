//! `x-amazon-apigateway-gateway-responses` of a REST API's document.

use crate::{
    document::node::{Findings, Node},
    gateway_response::{GatewayResponse, GatewayResponses},
    mapping::Source,
    response_type::CONFIGURABLE,
};

pub(crate) fn read(root: &Node<'_>, findings: &mut Findings<'_>) -> GatewayResponses {
    let mut responses = GatewayResponses::default();
    let Some(node) = root.get("x-amazon-apigateway-gateway-responses") else { return responses };
    for (name, node) in node.members() {
        if !CONFIGURABLE.contains(&name) {
            findings.report(&node, format!("`{name}` is no gateway response type"));
        }
        responses.0.insert(name.to_owned(), response(&node, findings));
    }
    responses
}

fn response(node: &Node<'_>, findings: &mut Findings<'_>) -> GatewayResponse {
    let status = findings.status(node, "statusCode");
    let mut headers = Vec::new();
    for (place, value) in node.members_of("responseParameters") {
        let name = place.strip_prefix("gatewayresponse.header.");
        let Some(name) = name.filter(|name| http::HeaderName::from_bytes(name.as_bytes()).is_ok()) else {
            findings.report(&value, format!("`{place}` is no place; write gatewayresponse.header.NAME"));
            continue;
        };
        let source = Source::rest(value.as_str().unwrap_or_default());
        headers.extend(findings.keep(&value, source).map(|source| (name.to_owned(), source)));
    }
    let template = node.get("responseTemplates").and_then(|templates| {
        for (media_type, template) in templates.members().filter(|(media_type, _)| *media_type != JSON) {
            findings.report(&template, format!("a gateway response for `{media_type}` is not modelled; use {JSON}"));
        }
        findings.optional_text(&templates, JSON).map(str::to_owned)
    });
    GatewayResponse { status, headers, template }
}

const JSON: &str = "application/json";
