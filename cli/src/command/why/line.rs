//! A line of a log about a request, read again: a decision, or what API Gateway says of an answer.

use serde_json::{Map, Value};
use shared::protocol::ReasonCode;

use super::{
    super::{advice::next_step, report::Step},
    RequestId, answer,
};

/// A line about a request.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// A function decided.
    Decision(Map<String, Value>),
    /// An answer, as an access log has it.
    Answer(Map<String, Value>),
}

impl Line {
    /// The line in a text, where it is about this request.
    pub(super) fn about(id: &RequestId, text: &str) -> Option<Self> {
        let start = text.find('{')?;
        let members: Map<String, Value> = serde_json::from_str(text[start..].trim_end()).ok()?;
        if members.get("request_id").and_then(Value::as_str) != Some(id.as_str()) {
            return None;
        }
        match (members.contains_key("decision"), members.contains_key("status")) {
            (true, _) => Some(Self::Decision(members)),
            (false, true) => Some(Self::Answer(members)),
            (false, false) => None,
        }
    }

    /// What it says, and what to do next.
    pub(super) fn step(&self) -> Step {
        match self {
            Self::Decision(members) => decision(members),
            Self::Answer(members) => {
                Step::new("answer").facts(shown(members, &ANSWER_FIELDS)).fact("decision", answer::meaning(members))
            }
        }
    }
}

/// What a decision line says, and what to do next.
pub(in crate::command) fn decision(members: &Map<String, Value>) -> Step {
    let code = members.get("reason").and_then(Value::as_str);
    let code = code.and_then(|word| ReasonCode::ALL.iter().find(|code| code.as_str() == word));
    Step::new("decision")
        .facts(shown(members, &DECISION_FIELDS))
        .fact_if("what to do", code.and_then(|code| next_step(*code)))
}

/// Those of the members that say something. API Gateway logs `-` for nothing.
fn shown(members: &Map<String, Value>, fields: &[&str]) -> Vec<(String, String)> {
    let field = |name: &&str| {
        let text = match members.get(*name)? {
            Value::String(text) => text.clone(),
            Value::Null => return None,
            other => other.to_string(),
        };
        (!["", "-"].contains(&text.as_str())).then(|| (name.replace('_', " "), text))
    };
    fields.iter().filter_map(field).collect()
}

/// What access logs tell of an answer, in this order.
const ANSWER_FIELDS: [&str; 17] = [
    "timestamp",
    "time",
    "status",
    "error",
    "request_id",
    "trace_id",
    "method",
    "path",
    "resource",
    "route",
    "spkey",
    "client_id",
    "application",
    "authorizer_status",
    "authorizer_error",
    "integration_status",
    "integration_error",
];

/// The members that are shown, in this order; metrics are not among them.
const DECISION_FIELDS: [&str; 24] = [
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
    fn an_answer_without_a_decision_is_told_with_what_that_means() {
        let line = r#"{"request_id":"a","method":"PATCH","status":"405","error":"-","authorizer_status":"-"}"#;
        let told = about("a", line).unwrap();
        assert!(
            told.starts_with("answer\n  status      405\n  request id  a\n  method      PATCH\n  decision    "),
            "{told}"
        );
        assert!(told.contains("none: ") && told.contains("`methods` of the service"), "{told}");
        let line = r#"{"request_id":"a","status":413,"error":"REQUEST_TOO_LARGE"}"#;
        assert!(about("a", line).unwrap().contains("a body of at most 10 MB"), "by the type of the response");
    }

    #[test]
    fn what_a_collector_puts_before_the_line_does_no_harm() {
        assert!(about("a", r#"2026-11-21T09:30:00Z {"decision":"allowed","request_id":"a"}"#).is_some());
    }
}
