//! The policy an authorizer answers with, evaluated as IAM evaluates `execute-api:Invoke`.

use serde_json::Value;

/// The statements of a policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    statements: Vec<Statement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Statement {
    allow: bool,
    actions: Vec<String>,
    resources: Vec<String>,
}

/// What a policy says about one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Allow,
    /// A statement denies it, whatever others allow.
    ExplicitDeny,
    /// No statement speaks of it.
    ImplicitDeny,
}

impl Policy {
    /// Reads a policy document.
    ///
    /// # Errors
    /// Why API Gateway could not use it, in words.
    pub(crate) fn parse(document: &Value) -> Result<Self, String> {
        let statements = match document.get("Statement") {
            Some(Value::Array(statements)) => statements.iter().map(Statement::parse).collect::<Result<_, _>>()?,
            Some(single @ Value::Object(_)) => vec![Statement::parse(single)?],
            _ => return Err("policyDocument has no Statement".to_owned()),
        };
        Ok(Self { statements })
    }

    pub(crate) fn decide(&self, arn: &str) -> Decision {
        let mut decision = Decision::ImplicitDeny;
        for statement in self.statements.iter().filter(|statement| statement.covers(arn)) {
            if !statement.allow {
                return Decision::ExplicitDeny;
            }
            decision = Decision::Allow;
        }
        decision
    }
}

impl Statement {
    fn parse(value: &Value) -> Result<Self, String> {
        let allow = match value.get("Effect").and_then(Value::as_str) {
            Some("Allow") => true,
            Some("Deny") => false,
            _ => return Err("a Statement's Effect is neither Allow nor Deny".to_owned()),
        };
        if let Some(member) = UNMODELLED.iter().find(|member| value.get(**member).is_some()) {
            return Err(format!("a Statement has {member}, which this gateway does not model"));
        }
        let resources = texts(value, "Resource")?;
        match resources.iter().find(|resource| !usable(resource)) {
            Some(bad) => Err(format!("Resource `{bad}` is neither `*` nor an ARN of at most {MAX_RESOURCE} bytes")),
            None => Ok(Self { allow, actions: texts(value, "Action")?, resources }),
        }
    }

    fn covers(&self, arn: &str) -> bool {
        let action = |pattern: &String| covers(&pattern.to_ascii_lowercase(), INVOKE);
        self.actions.iter().any(action) && self.resources.iter().any(|pattern| covers(pattern, arn))
    }
}

fn texts(statement: &Value, member: &str) -> Result<Vec<String>, String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match statement.get(member) {
        Some(Value::String(single)) => Some(vec![single.clone()]),
        Some(Value::Array(list)) if !list.is_empty() => list.iter().map(text).collect(),
        _ => None,
    }
    .ok_or_else(|| format!("a Statement's {member} is neither text nor a list of texts"))
}

fn usable(resource: &str) -> bool {
    resource == "*" || (resource.starts_with("arn:") && resource.len() <= MAX_RESOURCE)
}

/// Whether `pattern` covers `text`; `*` is any text, `/` included, and `?` any one byte.
fn covers(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, t));
                p += 1;
            }
            Some(&byte) if byte == b'?' || byte == text[t] => (p, t) = (p + 1, t + 1),
            _ => {
                let Some((star, from)) = retry else { return false };
                retry = Some((star, from + 1));
                (p, t) = (star + 1, from + 1);
            }
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

const INVOKE: &str = "execute-api:invoke";
/// The longest resource string that API Gateway takes, in bytes.
const MAX_RESOURCE: usize = 512;
const UNMODELLED: [&str; 3] = ["Condition", "NotAction", "NotResource"];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/live/GET/pets/7";

    #[expect(clippy::needless_pass_by_value, reason = "the value is made in the call")]
    fn decide(statements: Value) -> Decision {
        Policy::parse(&json!({ "Version": "2012-10-17", "Statement": statements })).unwrap().decide(ARN)
    }

    fn statement(effect: &str, resource: &str) -> Value {
        json!({ "Effect": effect, "Action": "execute-api:Invoke", "Resource": resource })
    }

    #[test]
    fn policy_an_explicit_deny_wins_in_any_order() {
        let (allow, deny) = (statement("Allow", "*"), statement("Deny", "arn:aws:execute-api:*/GET/pets/*"));
        assert_eq!(decide(json!([allow, deny])), Decision::ExplicitDeny);
        assert_eq!(decide(json!([deny, allow])), Decision::ExplicitDeny);
    }

    #[test]
    fn policy_what_nobody_allows_is_denied() {
        assert_eq!(decide(json!([])), Decision::ImplicitDeny);
        assert_eq!(decide(json!([statement("Allow", "arn:aws:execute-api:*/POST/*")])), Decision::ImplicitDeny);
        let action = json!([{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" }]);
        assert_eq!(decide(action), Decision::ImplicitDeny);
    }

    #[test]
    fn policy_wildcards_cross_slashes_and_lists_are_taken() {
        assert_eq!(decide(json!([statement("Allow", "arn:aws:execute-api:*/live/*")])), Decision::Allow);
        assert_eq!(decide(json!([statement("Allow", "arn:*/pets/?")])), Decision::Allow);
        assert_eq!(decide(json!([statement("Allow", "arn:*/pets/??")])), Decision::ImplicitDeny);
        let lists = json!({ "Effect": "Allow", "Action": ["a:b", "EXECUTE-API:*"], "Resource": ["arn:x", "arn:*7"] });
        assert_eq!(decide(json!([lists])), Decision::Allow);
    }

    #[test]
    fn policy_refuses_what_iam_refuses() {
        let long = format!("arn:{}", "x".repeat(509));
        for document in [
            json!({}),
            json!({ "Statement": "x" }),
            json!({ "Statement": [statement("Maybe", "*")] }),
            json!({ "Statement": [statement("Allow", "everything")] }),
            json!({ "Statement": [statement("Allow", &long)] }),
            json!({ "Statement": [{ "Effect": "Allow", "Action": "*" }] }),
            json!({ "Statement": [{ "Effect": "Allow", "Action": "*", "NotResource": "*" }] }),
        ] {
            assert!(Policy::parse(&document).is_err(), "{document}");
        }
    }

    proptest! {
        #[test]
        fn a_pattern_covers_what_its_wildcards_stand_for(a in "[a-z/]{0,8}", b in "[a-z/]{0,8}", c in "[a-z/]{0,8}") {
            let (pattern, text) = (format!("{a}*{c}"), format!("{a}{b}{c}"));
            prop_assert!(covers(&pattern, &text));
            prop_assert!(covers(&text, &text));
            prop_assert_eq!(covers(&a, &b), a == b);
        }

        #[test]
        fn matching_is_quick_also_for_hostile_patterns(stars in 1usize..200) {
            let covered = covers(&"a*".repeat(stars), &"b".repeat(2000));
            prop_assert!(!covered);
        }
    }
}
