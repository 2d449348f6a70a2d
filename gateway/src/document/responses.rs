//! `responses` of an integration that is no proxy.

use crate::{
    document::{
        authorizer::whole,
        node::{Findings, Node},
    },
    integration::responses::{IntegrationResponse, IntegrationResponses, ResponseSource},
};

/// Reads them, and holds their headers against what the operation declares.
pub(crate) fn read(integration: &Node<'_>, operation: &Node<'_>, findings: &mut Findings<'_>) -> IntegrationResponses {
    let Some(responses) = integration.get("responses") else {
        findings.report_at(integration, "responses", "an integration that is no proxy needs `responses`");
        return IntegrationResponses::default();
    };
    let read = |(pattern, node): (&str, Node<'_>)| response(pattern, &node, operation, findings);
    IntegrationResponses(responses.members().filter_map(read).collect())
}

fn response(
    pattern: &str,
    node: &Node<'_>,
    operation: &Node<'_>,
    findings: &mut Findings<'_>,
) -> Option<IntegrationResponse> {
    let expression = if pattern == "default" { None } else { whole(pattern) };
    if pattern != "default" && expression.is_none() {
        findings.report(node, format!("`{pattern}` is neither `default` nor a regular expression"));
    }
    if node.get("statusCode").is_none() {
        findings.report_at(node, "statusCode", "`statusCode` is missing");
    }
    let status = findings.status(node, "statusCode")?;
    let declared = operation.get("responses").and_then(|responses| responses.get(&status.to_string()));
    if declared.is_none() {
        findings.report(node, format!("the operation declares no response {status}"));
    }
    let headers = headers(node, declared.as_ref(), findings);
    Some(IntegrationResponse { pattern: expression, status, headers, template: template(node, findings) })
}

fn headers(node: &Node<'_>, declared: Option<&Node<'_>>, findings: &mut Findings<'_>) -> Vec<(String, ResponseSource)> {
    let declared = declared.and_then(|response| response.get("headers"));
    let mut headers = Vec::new();
    for (place, value) in node.members_of("responseParameters") {
        let Some(name) = place.strip_prefix("method.response.header.") else {
            findings.report(&value, format!("`{place}` is no place; write method.response.header.NAME"));
            continue;
        };
        if declared.as_ref().is_none_or(|declared| declared.get(name).is_none()) {
            findings.report(&value, format!("the operation's response declares no header `{name}`"));
        }
        let source = ResponseSource::parse(value.as_str().unwrap_or_default());
        headers.extend(findings.keep(&value, source).map(|source| (name.to_owned(), source)));
    }
    headers
}

/// The JSON template, else the first one.
fn template(node: &Node<'_>, findings: &mut Findings<'_>) -> Option<(String, String)> {
    let templates = node.get("responseTemplates")?;
    let all: Vec<_> = templates.members().collect();
    let (media_type, node) = all.iter().find(|(name, _)| *name == "application/json").or(all.first())?;
    let text = static_text(node, findings)?;
    Some(((*media_type).to_owned(), text.to_owned()))
}

/// A template without VTL, of which nothing but `$context.…` and `$stageVariables.…` is modelled.
pub(crate) fn static_text<'d>(node: &Node<'d>, findings: &mut Findings<'_>) -> Option<&'d str> {
    let Some(text) = node.as_str() else {
        findings.report(node, "a template is a text");
        return None;
    };
    let modelled = ["$context.", "$stageVariables."];
    let variable = |at: usize| modelled.iter().any(|prefix| text[at..].starts_with(prefix));
    let velocity = ["#set", "#if", "#foreach", "##"].iter().any(|directive| text.contains(directive));
    if text.contains("requestOverride") {
        findings.report(node, "requestOverride is not modelled; use requestParameters");
    } else if velocity || text.match_indices('$').any(|(at, _)| !variable(at)) {
        findings.report(node, "VTL is not modelled; a template is text with $context.… and $stageVariables.…");
    }
    Some(text)
}
