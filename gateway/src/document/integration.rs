//! `x-amazon-apigateway-integration` of an operation.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::{
    document::{
        node::{Findings, Node},
        responses,
    },
    integration::{
        Integration,
        answer_parameters::{AnswerParameter, AnswerParameters},
        http::{HttpIntegration, HttpStyle},
        http_parameters::HttpParameter,
        lambda::{LambdaIntegration, PayloadFormat},
        media_types::MediaTypes,
        mock::{MockIntegration, Passthrough},
        rest_parameters::{RestParameter, Target},
        uri::UriTemplate,
    },
    mapping::Source,
};

/// What an operation of a REST API brings along.
pub(crate) struct RestOperation<'n, 'd> {
    pub(crate) node: &'n Node<'d>,
    /// The request parameters that mappings may read.
    pub(crate) declared: &'n BTreeSet<String>,
    pub(crate) binary: &'n MediaTypes,
}

/// Reads the integration of a REST API's operation.
pub(crate) fn rest(operation: &RestOperation<'_, '_>, findings: &mut Findings<'_>) -> Option<Integration> {
    let node = extension(operation.node, findings)?;
    let limit = time_limit(&node, (REST_LIMIT, u64::MAX), findings);
    let binary = operation.binary.clone();
    match findings.text(&node, "type")? {
        "http_proxy" | "HTTP_PROXY" => {
            let mappings = mappings(&node, operation.declared, findings);
            let filled = filled(&mappings);
            let style = HttpStyle::RestProxy { mappings, binary };
            http_integration(&node, (style, limit), &filled, findings).map(Integration::Http)
        }
        "http" | "HTTP" => {
            if let Some(templates) = node.get("requestTemplates") {
                findings.report(&templates, "request templates of `http` integrations are not modelled");
            }
            let mappings = mappings(&node, operation.declared, findings);
            let filled = filled(&mappings);
            let style =
                HttpStyle::RestMapped { mappings, binary, responses: responses::read(&node, operation.node, findings) };
            http_integration(&node, (style, limit), &filled, findings).map(Integration::Http)
        }
        "aws_proxy" | "AWS_PROXY" => {
            lambda(&node, (PayloadFormat::Rest { binary }, limit), findings).map(Integration::Lambda)
        }
        "mock" | "MOCK" => Some(Integration::Mock(mock(&node, operation.node, findings))),
        other => unknown(&node, other, findings),
    }
}

/// Reads the integration of an HTTP API's operation, which may use the path variables named.
pub(crate) fn http(operation: &Node<'_>, path: &BTreeSet<String>, findings: &mut Findings<'_>) -> Option<Integration> {
    let node = extension(operation, findings)?;
    let limit = time_limit(&node, (HTTP_LIMIT, HTTP_LIMIT), findings);
    match findings.text(&node, "type")? {
        "http_proxy" | "HTTP_PROXY" => {
            let style = HttpStyle::HttpProxy { parameters: http_parameters(&node, findings) };
            http_integration(&node, (style, limit), path, findings).map(Integration::Http)
        }
        "aws_proxy" | "AWS_PROXY" => {
            if let Some(parameters) = node.get("requestParameters") {
                findings.report(&parameters, "a mapping has no effect on a Lambda function's event");
            }
            let format = match findings.text(&node, "payloadFormatVersion")? {
                "1.0" => PayloadFormat::V1,
                "2.0" => PayloadFormat::V2,
                other => {
                    let message = format!("`{other}` is no payload format; it is 1.0 or 2.0");
                    findings.report_at(&node, "payloadFormatVersion", message);
                    return None;
                }
            };
            lambda(&node, (format, limit), findings).map(Integration::Lambda)
        }
        other => unknown(&node, other, findings),
    }
}

/// Reads what becomes of the answers of an HTTP API's integration.
pub(crate) fn answers(operation: &Node<'_>, findings: &mut Findings<'_>) -> AnswerParameters {
    let mut answers = AnswerParameters::default();
    let integration = operation.get(EXTENSION);
    for (status, node) in integration.map(|node| node.members_of("responseParameters")).unwrap_or_default() {
        let Some(status) = status.parse().ok().filter(|status| (200..600).contains(status)) else {
            findings.report(&node, format!("`{status}` is no status from 200 to 599"));
            continue;
        };
        let read = |(key, value): (&str, Node<'_>)| {
            findings.keep(&value, AnswerParameter::parse(key, value.as_str().unwrap_or_default()))
        };
        answers.0.insert(status, node.members().filter_map(read).collect());
    }
    answers
}

fn extension<'d>(operation: &Node<'d>, findings: &mut Findings<'_>) -> Option<Node<'d>> {
    let node = operation.get(EXTENSION);
    if node.is_none() {
        findings.report_at(operation, EXTENSION, "the operation has no integration");
    }
    node
}

fn unknown(node: &Node<'_>, kind: &str, findings: &mut Findings<'_>) -> Option<Integration> {
    findings.report_at(node, "type", format!("the integration type `{kind}` is not modelled for this kind of API"));
    None
}

fn http_integration(
    node: &Node<'_>,
    (style, time_limit): (HttpStyle, Duration),
    filled: &BTreeSet<String>,
    findings: &mut Findings<'_>,
) -> Option<HttpIntegration> {
    let method = findings.text(node, "httpMethod").and_then(|method| match method {
        "ANY" | "any" | "x-amazon-apigateway-any-method" => None,
        named => {
            let parsed = named.to_ascii_uppercase().parse().map_err(|_| format!("`{named}` is no method"));
            findings.keep(node, parsed)
        }
    });
    let text = findings.text(node, "uri")?;
    let uri = UriTemplate::parse(text).map_err(|message| findings.report_at(node, "uri", message)).ok()?;
    for name in uri.path_variables().filter(|name| !filled.contains(*name)) {
        let message = format!("nothing fills `{{{name}}}`; on REST APIs map integration.request.path.{name}");
        findings.report_at(node, "uri", message);
    }
    Some(HttpIntegration { method, uri, style, time_limit })
}

fn lambda(
    node: &Node<'_>,
    (format, time_limit): (PayloadFormat, Duration),
    findings: &mut Findings<'_>,
) -> Option<LambdaIntegration> {
    let method = findings.text(node, "httpMethod");
    if method.is_some_and(|method| method != "POST") {
        findings.report_at(node, "httpMethod", "Lambda functions are invoked with POST");
    }
    Some(LambdaIntegration { function: findings.function(node, "uri")?, format, time_limit })
}

fn mock(node: &Node<'_>, operation: &Node<'_>, findings: &mut Findings<'_>) -> MockIntegration {
    let mut texts = BTreeMap::new();
    for (media_type, template) in node.members_of("requestTemplates") {
        let text = responses::static_text(&template, findings);
        texts.extend(text.map(|text| (media_type.to_ascii_lowercase(), text.to_owned())));
    }
    let behaviour = findings.optional_text(node, "passthroughBehavior").unwrap_or("when_no_match");
    let passthrough = match behaviour.to_ascii_lowercase().as_str() {
        "when_no_match" => Passthrough::WhenNoMatch,
        "when_no_templates" => Passthrough::WhenNoTemplates,
        "never" => Passthrough::Never,
        other => {
            findings.report_at(node, "passthroughBehavior", format!("`{other}` is no passthrough behaviour"));
            Passthrough::default()
        }
    };
    MockIntegration { templates: texts, passthrough, responses: responses::read(node, operation, findings) }
}

fn mappings(node: &Node<'_>, declared: &BTreeSet<String>, findings: &mut Findings<'_>) -> Vec<RestParameter> {
    let mut mappings = Vec::new();
    for (place, value) in node.members_of("requestParameters") {
        let text = value.as_str().unwrap_or_default();
        let target = findings.keep(&value, Target::parse(place));
        let source = findings.keep(&value, Source::rest(text));
        if let Some(part) = text.strip_prefix("method.request.").filter(|part| !declared.contains(*part)) {
            findings.report(&value, format!("the method declares no request parameter `{part}`"));
        }
        mappings.extend(target.zip(source).map(|(target, source)| RestParameter { target, source }));
    }
    mappings
}

fn filled(mappings: &[RestParameter]) -> BTreeSet<String> {
    let name = |mapping: &RestParameter| match &mapping.target {
        Target::PathVariable(name) => Some(name.clone()),
        Target::Header(_) | Target::Query(_) => None,
    };
    mappings.iter().filter_map(name).collect()
}

fn http_parameters(node: &Node<'_>, findings: &mut Findings<'_>) -> Vec<HttpParameter> {
    let read = |(key, value): (&str, Node<'_>)| {
        findings.keep(&value, HttpParameter::parse(key, value.as_str().unwrap_or_default()))
    };
    node.members_of("requestParameters").into_iter().filter_map(read).collect()
}

fn time_limit(node: &Node<'_>, (default, most): (u64, u64), findings: &mut Findings<'_>) -> Duration {
    let limit = findings.number(node, "timeoutInMillis").unwrap_or(default);
    if limit < MIN_LIMIT {
        findings.report_at(node, "timeoutInMillis", format!("{limit} ms is too short; at least {MIN_LIMIT} ms"));
    } else if limit > most {
        findings.report_at(node, "timeoutInMillis", format!("{limit} ms is too long; at most {most} ms"));
    }
    Duration::from_millis(limit)
}

const EXTENSION: &str = "x-amazon-apigateway-integration";
/// In milliseconds, as are the limits below it. AWS raises this one on request, for Regional and private APIs.
const REST_LIMIT: u64 = 29_000;
const HTTP_LIMIT: u64 = 30_000;
const MIN_LIMIT: u64 = 50;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::function::{BoxFuture, Function, FunctionError, Functions};

    const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";

    struct Null;

    impl Function for Null {
        fn invoke(&self, _: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
            Box::pin(std::future::ready(Ok(Value::Null)))
        }
    }

    #[test]
    fn limit_a_rest_integration_has_29_s_and_an_http_apis_30_s_unless_said() {
        let mut integration =
            json!({ "type": "aws_proxy", "httpMethod": "POST", "uri": ARN, "payloadFormatVersion": "2.0" });
        let functions = Functions::from([(ARN.to_owned(), Arc::new(Null) as Arc<dyn Function>)]);
        let limits = |integration: &Value| {
            let operation = json!({ EXTENSION: integration });
            let (node, mut findings) = (Node::root(&operation), Findings::new("a", &functions));
            let (declared, binary) = (BTreeSet::new(), MediaTypes::default());
            let rest = rest(&RestOperation { node: &node, declared: &declared, binary: &binary }, &mut findings);
            [rest, http(&node, &declared, &mut findings)].map(|read| match read {
                Some(Integration::Lambda(lambda)) => lambda.time_limit.as_millis(),
                _ => 0,
            })
        };
        assert_eq!(limits(&integration), [29_000, 30_000]);
        integration["timeoutInMillis"] = json!(5_000);
        assert_eq!(limits(&integration), [5_000, 5_000]);
    }
}
