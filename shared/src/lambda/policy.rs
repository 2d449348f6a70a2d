//! IAM policies of verdicts.

use serde::Serialize;

use crate::{
    authorizer::{MethodArn, Opening},
    model::UNSAFE_PATHS,
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
                let mut statements = vec![statement("Allow", vec![format!("{}/*", target.base())])];
                if *has_rules {
                    statements.push(statement("Deny", shut_resources(target.base(), shut)));
                }
                if !permits_this_call {
                    statements.push(statement("Deny", vec![target.as_str().to_owned()]));
                }
                Self::of(statements)
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

/// Paths that could be read in two ways, and the calls of each rule that is not met.
fn shut_resources(base: &str, shut: &[String]) -> Vec<String> {
    let calls = shut.iter().map(String::as_str);
    UNSAFE_PATHS.into_iter().chain(calls).map(|resource| format!("{base}/{resource}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
