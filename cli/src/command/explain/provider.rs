//! The step "provider": which one was asked, what it was asked, and what it answered.

use serde_json::Value;
use shared::{
    authorizer::{Call, IntrospectionFacts, Trace},
    model::{
        Authorizer, HeaderGroup, IntrospectionPolicy, IntrospectionRoute, Route, ServiceDefinition, ValidationMethod,
        expression::Document,
    },
    upstream::Answer,
};

use super::{super::report::Step, veil::Veil};

/// The call to the provider; that there was none is a fact too.
pub(super) fn step(
    call: &Call,
    called: &ServiceDefinition,
    facts: &IntrospectionFacts,
    (trace, veil): (&Trace, &Veil),
) -> Option<Step> {
    let Authorizer::Introspection(policy) = &called.authorizer else { return None };
    let step = Step::new("provider").fact_if("region", region(call, policy, veil));
    let Some(exchange) = &facts.exchange else { return Some(step.fact("asked", "no: refused before")) };
    let endpoint = match trace.region.as_deref() {
        None | Some(HeaderGroup::DEFAULT) => "defaultURI".to_owned(),
        Some(code) => format!("regionCodeValue {code}"),
    };
    let proxy = policy.proxy.as_ref().map(|proxy| format!("{}:{}", proxy.host, proxy.port));
    let step = step
        .fact("endpoint", endpoint)
        .fact("asked", format_args!("{} {}", exchange.question.method(), exchange.question.uri()))
        .fact("judged by", rule(&policy.method))
        .fact_if("through", proxy)
        .fact(
            "took",
            format_args!("{} ms of {}", trace.provider_time.unwrap_or_default().as_millis(), policy.timeout_ms),
        );
    Some(match &exchange.answer {
        Err(error) => step.fact("answered", format_args!("no: {error}")),
        Ok(answer) => step.fact("answered", answered(answer, veil)).fact("document", document(answer, veil)),
    })
}

/// What the region's header says, and what follows.
fn region(call: &Call, policy: &IntrospectionPolicy, veil: &Veil) -> Option<String> {
    let Route::Configured(IntrospectionRoute { region: Some(region), .. }) = &policy.route else { return None };
    let values: Vec<&str> = call.header(region.header.as_str()).map(str::trim).collect();
    let header = &region.header;
    Some(match values[..] {
        [] => format!("the header {header} is missing: the default counts"),
        [code] if region.endpoints.iter().any(|endpoint| endpoint.code == code) => format!("{code}, by {header}"),
        [code] => {
            format!("{header} says {}, which regionCodeValue does not list: the default counts", veil.over_value(code))
        }
        _ => format!("the header {header} is there more than once"),
    })
}

fn rule(method: &ValidationMethod) -> &'static str {
    match method {
        ValidationMethod::Bearer { judge_active: false } => "the status: 200 is valid",
        ValidationMethod::Bearer { judge_active: true } => {
            "the status: 200 is valid, unless `active` is not true or what announces JSON cannot be read"
        }
        ValidationMethod::Introspection { .. } => "RFC 7662: 200 with `active` true is valid",
    }
}

fn answered(answer: &Answer, veil: &Veil) -> String {
    let content_type = answer.content_type.as_deref().unwrap_or("no content type");
    format!("{}, {}, {} bytes", answer.status.as_u16(), veil.over(content_type), answer.body.len())
}

/// The names in a document, never its values.
fn document(answer: &Answer, veil: &Veil) -> String {
    let names = match Document::parse(answer.content_type.as_deref(), &answer.body) {
        Document::Json(Value::Object(members)) => {
            let members = members.iter().map(|(name, value)| format!("{} ({})", veil.over(name), kind(value)));
            return format!("JSON with {}", bounded(members.collect()));
        }
        Document::Json(value) => return format!("JSON: {}", kind(&value)),
        Document::Xml(document) => document.element_names().iter().map(|name| veil.over(name)).collect(),
        Document::NotJson => return "none: its content type says JSON, and it is not".into(),
        Document::NotXml => return "none: its content type says XML, and it is not, or goes beyond the limits".into(),
        Document::Other => return "none: its content type is neither JSON nor XML".into(),
    };
    format!("XML with {}", bounded(names))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn bounded(names: Vec<String>) -> String {
    let more = names.len().saturating_sub(MOST_NAMES);
    let shown = names.into_iter().take(MOST_NAMES).collect::<Vec<_>>().join(", ");
    match (shown.is_empty(), more) {
        (true, _) => "nothing in it".into(),
        (false, 0) => shown,
        (false, more) => format!("{shown} and {more} more"),
    }
}

/// Names of a document that are shown.
const MOST_NAMES: usize = 40;
