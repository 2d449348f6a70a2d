//! `x-amazon-apigateway-authorizer` of the security schemes.

use std::{sync::Arc, time::Duration};

use regex_lite::Regex;

use crate::{
    api::ApiKind,
    authorizer::{Authorizer, AuthorizerSettings, Shape},
    document::{
        node::{Findings, Node},
        operation::Authorizers,
    },
    mapping::Source,
};

/// Reads the authorizers of a document.
pub(crate) fn read(kind: ApiKind, root: &Node<'_>, findings: &mut Findings<'_>) -> Authorizers {
    let schemes = root.get("components").map(|components| components.members_of("securitySchemes"));
    let mut authorizers = Authorizers::new();
    for (name, scheme) in schemes.unwrap_or_default() {
        let Some(node) = scheme.get(EXTENSION) else {
            findings.report_at(&scheme, EXTENSION, "a security scheme without a Lambda authorizer is not modelled");
            continue;
        };
        let function = findings.function(&node, "authorizerUri");
        let settings = match kind {
            ApiKind::Rest => rest(&scheme, &node, findings),
            ApiKind::Http => http(&node, findings),
        };
        if let (Some(function), Some(settings)) = (function, settings) {
            authorizers.insert(name.to_owned(), Arc::new(Authorizer::new(function, settings)));
        }
    }
    if authorizers.len() > MAX_AUTHORIZERS {
        findings.report(root, format!("an API has at most {MAX_AUTHORIZERS} authorizers"));
    }
    authorizers
}

fn rest(scheme: &Node<'_>, node: &Node<'_>, findings: &mut Findings<'_>) -> Option<AuthorizerSettings> {
    let ttl = ttl(node, findings).unwrap_or(DEFAULT_TTL);
    let mut identity = identity(node, ApiKind::Rest, findings);
    let (shape, expression) = match findings.text(node, "type")? {
        "request" => {
            if identity.is_empty() && !ttl.is_zero() {
                findings.report_at(node, "identitySource", MISSING_SOURCE);
            }
            (Shape::RestRequest, None)
        }
        "token" => {
            if identity.is_empty() {
                identity.push(Source::Header(findings.text(scheme, "name")?.to_owned()));
            }
            if !matches!(identity[..], [Source::Header(_)]) {
                findings.report_at(node, "identitySource", "a token authorizer has one source, and it is a header");
            }
            (Shape::RestToken, expression(node, findings))
        }
        other => {
            findings.report_at(node, "type", format!("`{other}` is not modelled; it is `request` or `token`"));
            return None;
        }
    };
    Some(AuthorizerSettings { shape, identity, expression, ttl })
}

fn http(node: &Node<'_>, findings: &mut Findings<'_>) -> Option<AuthorizerSettings> {
    let kind = findings.text(node, "type")?;
    if kind != "request" {
        findings.report_at(node, "type", format!("`{kind}` is not modelled; it is `request`"));
        return None;
    }
    let identity = identity(node, ApiKind::Http, findings);
    let default = if identity.is_empty() { Duration::ZERO } else { DEFAULT_TTL };
    let ttl = ttl(node, findings).unwrap_or(default);
    if identity.is_empty() && !ttl.is_zero() {
        findings.report_at(node, "identitySource", MISSING_SOURCE);
    }
    let simple = findings.flag(node, "enableSimpleResponses");
    let shape = match findings.text(node, "authorizerPayloadFormatVersion")? {
        "2.0" => Shape::HttpV2 { simple },
        "1.0" if simple => {
            findings.report_at(node, "enableSimpleResponses", "simple responses need payload format 2.0");
            return None;
        }
        "1.0" => Shape::HttpV1,
        other => {
            let message = format!("`{other}` is no payload format; it is 1.0 or 2.0");
            findings.report_at(node, "authorizerPayloadFormatVersion", message);
            return None;
        }
    };
    Some(AuthorizerSettings { shape, identity, expression: None, ttl })
}

fn ttl(node: &Node<'_>, findings: &mut Findings<'_>) -> Option<Duration> {
    let seconds = findings.number(node, "authorizerResultTtlInSeconds")?;
    if seconds > MAX_TTL {
        let message = format!("{seconds} s is too long; at most {MAX_TTL} s are kept");
        findings.report_at(node, "authorizerResultTtlInSeconds", message);
    }
    Some(Duration::from_secs(seconds))
}

/// The sources, separated by commas; of a request only headers and query count, the path does not.
fn identity(node: &Node<'_>, kind: ApiKind, findings: &mut Findings<'_>) -> Vec<Source> {
    let list = findings.optional_text(node, "identitySource").unwrap_or_default();
    let mut sources = Vec::new();
    for text in list.split(',').map(str::trim).filter(|text| !text.is_empty()) {
        let source = match kind {
            ApiKind::Rest => Source::rest(text),
            ApiKind::Http => Source::http(text),
        };
        match source {
            Ok(Source::Text(_) | Source::PathVariable(_) | Source::Path) => {
                findings.report_at(node, "identitySource", format!("`{text}` can't be a part of an identity"));
            }
            Ok(source) => sources.push(source),
            Err(message) => findings.report_at(node, "identitySource", message),
        }
    }
    sources
}

fn expression(node: &Node<'_>, findings: &mut Findings<'_>) -> Option<Regex> {
    let text = findings.optional_text(node, "identityValidationExpression")?;
    let expression = whole(text);
    if expression.is_none() {
        findings.report_at(node, "identityValidationExpression", format!("`{text}` is no regular expression"));
    }
    expression
}

/// A regular expression that must match the whole of a text.
pub(crate) fn whole(text: &str) -> Option<Regex> {
    Regex::new(&format!("^(?:{text})$")).ok()
}

const EXTENSION: &str = "x-amazon-apigateway-authorizer";
const MISSING_SOURCE: &str = "results are kept under identity sources: name at least one, or set the TTL to 0";
const DEFAULT_TTL: Duration = Duration::from_secs(300);
/// In seconds.
const MAX_TTL: u64 = 3_600;
const MAX_AUTHORIZERS: usize = 10;
