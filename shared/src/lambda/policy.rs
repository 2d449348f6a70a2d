//! IAM policies of verdicts.

use serde::Serialize;

use crate::{
    authorizer::{MethodArn, Opening},
    model::{MAX_REFUSED_CALL_BYTES, Methods, UNSAFE_PATHS},
};

/// A policy document, to be serialized.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    action: &'static str,
    effect: &'static str,
    resource: Vec<String>,
}

impl Policy {
    /// Shuts the whole API, since a refusal is not about one route of it.
    pub(super) fn deny(target: &MethodArn) -> Self {
        Self::of(vec![statement("Deny", vec![format!("{}/*", target.base())])])
    }

    /// Opens what a verdict opens.
    pub(super) fn allow(target: &MethodArn, opening: &Opening) -> Self {
        match opening {
            Opening::ThisCall => Self::of(vec![statement("Allow", vec![target.as_str().to_owned()])]),
            Opening::Api { shut, has_rules, permits_this_call } => {
                let base = target.base();
                let allowed = if *has_rules { known_calls(base) } else { vec![format!("{base}/*")] };
                let mut denied = if *has_rules { shut_resources(target, shut) } else { Vec::new() };
                if !permits_this_call {
                    denied.push(this_call(target.as_str()));
                }
                let deny = (!denied.is_empty()).then(|| statement("Deny", denied));
                Self::of(std::iter::once(statement("Allow", allowed)).chain(deny).collect())
            }
        }
    }

    fn of(statement: Vec<Statement>) -> Self {
        Self { version: "2012-10-17", statement }
    }
}

fn statement(effect: &'static str, resource: Vec<String>) -> Statement {
    Statement { action: "execute-api:Invoke", effect, resource }
}

/// Every call by a method that API Gateway knows. No pattern says "another method", so what is not named is not allowed.
fn known_calls(base: &str) -> Vec<String> {
    Methods::KNOWN.iter().map(|method| format!("{base}/{method}/*")).collect()
}

/// Paths that could be read in two ways, and the calls of each rule that is not met. The patterns of the former begin with
/// a `*`, which is the stage as well: so they are short, and a stage's name holds nothing that they look for.
fn shut_resources(target: &MethodArn, shut: &[String]) -> Vec<String> {
    let paths = UNSAFE_PATHS.iter().map(|path| format!("{}/{path}", target.api()));
    paths.chain(shut.iter().map(|calls| format!("{}/{calls}", target.base()))).collect()
}

/// A refused call, whatever the patterns of the rules say of it. One that is too long is denied by its beginning, which no rule
/// tells from the whole: the path of a rule ends before.
fn this_call(arn: &str) -> String {
    if arn.chars().map(json_bytes).sum::<usize>() <= MAX_REFUSED_CALL_BYTES {
        return arn.to_owned();
    }
    let mut bytes = 0;
    let fits = |character: &char| {
        bytes += json_bytes(*character);
        bytes < MAX_REFUSED_CALL_BYTES
    };
    let beginning: String = arn.chars().take_while(fits).collect();
    beginning + "*"
}

fn json_bytes(character: char) -> usize {
    match character {
        '"' | '\\' => 2,
        character if character.is_ascii_control() => r"\u0000".len(),
        character => character.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        authorizer::{Call, Shape, opening},
        model::{
            PathPattern, ScopeNeed, ScopeRule, ServiceDefinition,
            samples::{covers, orders},
        },
        protocol::Scope,
    };

    #[test]
    fn z6_an_allow_without_rules_opens_the_api_alone() {
        let target = MethodArn::parse("arn:aws:execute-api:r:1:api/s/GET/x").unwrap();
        let opening = Opening::Api { shut: vec![], has_rules: false, permits_this_call: true };
        let policy = serde_json::to_string(&Policy::allow(&target, &opening)).unwrap();
        assert_eq!(
            policy,
            r#"{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":["arn:aws:execute-api:r:1:api/s/*"]}]}"#
        );
    }

    proptest! {
        #[test]
        fn z6_function_and_policy_agree_about_every_method_and_path(
            methods in proptest::collection::vec("GET|POST|PATCH", 0..3), pattern in "(/[ab]{1,2}){1,2}(/\\*\\*)?|/\\*\\*|/",
            scope in "read|write", kept in "GET|POST|post|\\*",
            method in "GET|HEAD|POST|PATCH|DELETE|post|Post|get|GETX|PATCHX|XGET|TRACE|\\*", path in "(/[ab]{1,2}){0,3}/{0,2}",
        ) {
            let rule = ScopeRule {
                methods: Methods::try_from(methods).unwrap(),
                path: PathPattern::parse(pattern).unwrap(),
                need: ScopeNeed::All(Scope::parse("write").unwrap()),
            };
            let service = ServiceDefinition { required_scopes: vec![rule], ..orders() };
            let asked = |method: &str, path: &str| {
                let call = call(method, path);
                let (opening, _) = opening(&service, &Scope::parse(&scope).unwrap(), &call).unwrap();
                let permits = matches!(opening, Opening::Api { permits_this_call: true, .. });
                (permits, Policy::allow(&call.target, &opening), call.target)
            };
            let path = format!("/{}", path.strip_prefix('/').unwrap_or(&path));
            let (permitted, own, target) = asked(&method, &path);
            let (_, foreign, _) = asked(&kept, "/elsewhere");
            prop_assert_eq!(own.opens(&target), permitted, "{} {}", method, path);
            prop_assert_eq!(foreign.opens(&target), permitted, "kept: {} {}", method, path);
        }
    }

    #[test]
    fn z6_a_refused_call_is_denied_itself_however_long_it_is() {
        let rule = ScopeRule {
            methods: Methods::Any,
            path: PathPattern::parse("/a/**").unwrap(),
            need: ScopeNeed::All(Scope::parse("write").unwrap()),
        };
        let service = ServiceDefinition { required_scopes: vec![rule], ..orders() };
        for segment in ["p".repeat(300), "p".repeat(1_500), "\"".repeat(700), "ä".repeat(400)] {
            let call = call("GET", &format!("/a/{segment}"));
            let (opening, _) = opening(&service, &Scope::parse("read").unwrap(), &call).unwrap();
            let policy = Policy::allow(&call.target, &opening);
            let own = policy.statement.last().unwrap().resource.last().unwrap();
            let arn = call.target.as_str();
            assert!(arn.starts_with(own.trim_end_matches('*')), "{own}");
            let bytes = serde_json::to_string(own).unwrap().len() - 2;
            let is_as_long_as_may_be = (MAX_REFUSED_CALL_BYTES - 2..=MAX_REFUSED_CALL_BYTES).contains(&bytes);
            assert!(is_as_long_as_may_be || (own == arn && bytes < MAX_REFUSED_CALL_BYTES), "{own}");
            assert!(policy.opens(&self::call("GET", "/b").target));
        }
    }

    fn call(method: &str, path: &str) -> Call {
        Call {
            shape: Shape::Rest,
            target: MethodArn::parse(format!("arn:aws:execute-api:r:1:api/s/{method}{path}")).unwrap(),
            headers: Vec::new(),
            query: Vec::new(),
            stage_variables: BTreeMap::new(),
            request_id: String::new(),
            xray_trace_id: None,
        }
    }

    impl Policy {
        /// Whether IAM would.
        fn opens(&self, target: &MethodArn) -> bool {
            let speak = |effect: &str| {
                let statements = self.statement.iter().filter(|statement| statement.effect == effect);
                statements.flat_map(|statement| &statement.resource).any(|pattern| covers(pattern, target.as_str()))
            };
            speak("Allow") && !speak("Deny")
        }
    }
}
