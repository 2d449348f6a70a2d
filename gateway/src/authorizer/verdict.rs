//! What an authorizer's function answered, in the shape that its API asks for.

use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value};

use crate::{
    authorizer::policy::{Decision, Policy},
    call::AuthorizerContext,
};

/// The kind of authorizer, which sets event, answer and time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    RestToken,
    RestRequest,
    /// An HTTP API's, payload format 1.0.
    HttpV1,
    /// An HTTP API's, payload format 2.0.
    HttpV2 {
        /// Whether it answers with `isAuthorized` in place of a policy.
        simple: bool,
    },
}

/// A function's answer that API Gateway can use.
#[derive(Debug)]
pub(crate) struct Verdict {
    rule: Rule,
    context: Arc<AuthorizerContext>,
}

#[derive(Debug)]
enum Rule {
    /// Asked anew for each method ARN.
    Policy(Policy),
    /// Holds for every route.
    Always(Decision),
}

impl Shape {
    /// How long the function may take: 10 s for HTTP APIs, the integration's limit for REST APIs.
    pub(crate) fn time_limit(self) -> Duration {
        match self {
            Self::RestToken | Self::RestRequest => Duration::from_secs(29),
            Self::HttpV1 | Self::HttpV2 { .. } => Duration::from_secs(10),
        }
    }
}

impl Verdict {
    /// Reads an answer.
    ///
    /// # Errors
    /// Why API Gateway could not use it, in words.
    pub(crate) fn parse(shape: Shape, answer: &Value) -> Result<Self, String> {
        let (rule, principal) = if shape == (Shape::HttpV2 { simple: true }) {
            (simple(answer)?, None)
        } else {
            let principal = answer.get("principalId").and_then(Value::as_str).ok_or("principalId is not a text")?;
            let document = answer.get("policyDocument").ok_or("policyDocument is missing")?;
            (Rule::Policy(Policy::parse(document)?), Some(principal.to_owned()))
        };
        let context = match answer.get("context") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(context)) if matches!(shape, Shape::HttpV2 { .. }) => context.clone(),
            Some(Value::Object(context)) => texts(context)?,
            Some(_) => return Err("context is not an object".to_owned()),
        };
        Ok(Self { rule, context: Arc::new(AuthorizerContext { principal, entries: Arc::new(context) }) })
    }

    pub(crate) fn decide(&self, arn: &str) -> Decision {
        match &self.rule {
            Rule::Policy(policy) => policy.decide(arn),
            Rule::Always(decision) => *decision,
        }
    }

    pub(crate) fn context(&self) -> &Arc<AuthorizerContext> {
        &self.context
    }
}

fn simple(answer: &Value) -> Result<Rule, String> {
    match answer.get("isAuthorized") {
        Some(Value::Bool(true)) => Ok(Rule::Always(Decision::Allow)),
        Some(Value::Bool(false)) => Ok(Rule::Always(Decision::ExplicitDeny)),
        _ => Err("isAuthorized is neither true nor false".to_owned()),
    }
}

/// A flat context: strings, numbers and booleans, which all become text.
fn texts(context: &Map<String, Value>) -> Result<Map<String, Value>, String> {
    context.iter().map(|(key, value)| Ok((key.clone(), Value::String(text(key, value)?)))).collect()
}

fn text(key: &str, value: &Value) -> Result<String, String> {
    if key == "claims" {
        return Err("context uses the reserved key `claims`".to_owned());
    }
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(format!("context entry `{key}` is neither string, number nor boolean"))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "the value is made in the call")]
    fn policy(context: Value) -> Value {
        let statement = json!({ "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*" });
        json!({ "principalId": "p", "policyDocument": { "Statement": statement }, "context": context })
    }

    #[test]
    fn context_scalars_become_text() {
        let verdict = Verdict::parse(Shape::RestRequest, &policy(json!({ "s": "a", "n": 1.5, "b": true }))).unwrap();
        assert_eq!(Value::Object(Map::clone(&verdict.context.entries)), json!({ "s": "a", "n": "1.5", "b": "true" }));
    }

    #[test]
    fn context_what_is_not_flat_is_malformed_but_for_payload_2_0() {
        for context in
            [json!({ "a": [] }), json!({ "a": {} }), json!({ "a": null }), json!("a"), json!({ "claims": "" })]
        {
            for shape in [Shape::RestRequest, Shape::RestToken, Shape::HttpV1] {
                assert!(Verdict::parse(shape, &policy(context.clone())).is_err(), "{context} {shape:?}");
            }
        }
        let nested = policy(json!({ "a": { "b": [1] } }));
        assert!(Verdict::parse(Shape::HttpV2 { simple: false }, &nested).is_ok());
    }

    #[test]
    fn a_principal_and_a_policy_are_required() {
        for answer in [json!({}), json!(null), json!({ "principalId": "p" }), json!({ "policyDocument": {} })] {
            assert!(Verdict::parse(Shape::RestRequest, &answer).is_err(), "{answer}");
        }
        let mut numbered = policy(json!({}));
        numbered["principalId"] = json!(7);
        assert!(Verdict::parse(Shape::RestRequest, &numbered).is_err());
    }

    #[test]
    fn a_simple_answer_is_a_boolean() {
        let simple = Shape::HttpV2 { simple: true };
        for answer in [json!({}), json!({ "isAuthorized": "true" }), policy(json!({}))] {
            assert!(Verdict::parse(simple, &answer).is_err(), "{answer}");
        }
        let verdict = Verdict::parse(simple, &json!({ "isAuthorized": true })).unwrap();
        assert_eq!(verdict.decide("arn:any"), Decision::Allow);
    }
}
