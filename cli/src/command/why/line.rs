//! A decision line of the log, read again.

use serde_json::{Map, Value};
use shared::protocol::ReasonCode;

use super::{
    super::{advice::next_step, report::Step},
    RequestId,
};

/// One decision line.
#[derive(Debug, PartialEq)]
pub(super) struct Line(Map<String, Value>);

impl Line {
    /// The line in a text, where it is about this request.
    pub(super) fn about(id: &RequestId, text: &str) -> Option<Self> {
        let start = text.find('{')?;
        let members: Map<String, Value> = serde_json::from_str(text[start..].trim_end()).ok()?;
        let is_asked = members.get("request_id").and_then(Value::as_str) == Some(id.as_str());
        (is_asked && members.contains_key("decision")).then_some(Self(members))
    }

    /// What it says, and what to do next.
    pub(super) fn step(&self) -> Step {
        let shown = |name: &str| {
            let text = match self.0.get(name)? {
                Value::String(text) => text.clone(),
                Value::Null => return None,
                other => other.to_string(),
            };
            (!text.is_empty()).then(|| (name.replace('_', " "), text))
        };
        let code = self.0.get("reason").and_then(Value::as_str);
        let code = code.and_then(|word| ReasonCode::ALL.iter().find(|code| code.as_str() == word));
        Step::new("decision")
            .facts(FIELDS.iter().filter_map(|name| shown(name)))
            .fact_if("what to do", code.and_then(|code| next_step(*code)))
    }
}

/// The members that are shown, in this order; metrics are not among them.
const FIELDS: [&str; 24] = [
    "timestamp",
    "function",
    "decision",
    "reason",
    "message",
    "error",
    "status",
    "request_id",
    "xray_trace_id",
    "method",
    "path",
    "source",
    "grant_type",
    "spkey",
    "token_spkey",
    "client_id",
    "application",
    "sub",
    "scope",
    "provider",
    "region",
    "header_group",
    "provider_status",
    "headers",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn about(id: &str, text: &str) -> Option<String> {
        let id = id.parse().unwrap();
        Some(super::super::super::report::Report::new(vec![Line::about(&id, text)?.step()], str::to_owned).to_string())
    }

    #[test]
    fn a_line_is_told_with_what_to_do() {
        let line = r#"{"_aws":{},"refused":1,"decision":"refused","message":"the token expired at 5","reason":"token_expired","request_id":"a-1=","sub":""}"#;
        let told = about("a-1=", line).unwrap();
        assert!(
            told.starts_with(
                "decision\n  decision    refused\n  reason      token_expired\n  message     the token expired at 5\n"
            ),
            "{told}"
        );
        assert!(told.contains("what to do  the caller gets a new token"), "{told}");
        assert!(!told.contains("_aws") && !told.contains("sub"), "{told}");
    }

    #[test]
    fn other_lines_are_passed_over() {
        let line = r#"{"decision":"allowed","request_id":"a"}"#;
        assert_eq!(about("b", line), None);
        for other in ["", "START RequestId: a", r#"{"request_id":"a"}"#, "{", "[]"] {
            assert_eq!(about("a", other), None, "{other}");
        }
    }

    #[test]
    fn what_a_collector_puts_before_the_line_does_no_harm() {
        assert!(about("a", r#"2026-11-21T09:30:00Z {"decision":"allowed","request_id":"a"}"#).is_some());
    }
}
