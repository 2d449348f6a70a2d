//! IAM policies of verdicts.

use serde::Serialize;

use crate::{
    authorizer::{MethodArn, Opening, UNSAFE_PATHS},
    model::{Methods, ScopeRule},
};

/// A policy document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Policy {
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
            Opening::Api { shut, has_rules, .. } => {
                let mut statements = vec![statement("Allow", vec![format!("{}/*", target.base())])];
                if *has_rules {
                    statements.push(statement("Deny", shut_resources(target.base(), shut)));
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
fn shut_resources(base: &str, shut: &[ScopeRule]) -> Vec<String> {
    let unsafe_paths = UNSAFE_PATHS.iter().map(|pattern| format!("{base}/{pattern}"));
    unsafe_paths.chain(shut.iter().flat_map(|rule| rule_resources(base, rule))).collect()
}

/// `/a/**` is `/a` and `/a/*`: IAM's `*` crosses slashes and may be empty. `/a` is `/a/` too.
fn rule_resources(base: &str, rule: &ScopeRule) -> Vec<String> {
    let methods = match &rule.methods {
        Methods::Any => vec!["*".to_owned()],
        Methods::Only(list) => list.iter().map(ToString::to_string).collect(),
    };
    let path = rule.path.as_str();
    let paths = match path.strip_suffix("/**") {
        Some("") => vec!["/*".to_owned()],
        Some(stem) => vec![stem.to_owned(), format!("{stem}/*")],
        None if path == "/" => vec![path.to_owned()],
        None => vec![path.to_owned(), format!("{path}/")],
    };
    methods.iter().flat_map(|method| paths.iter().map(move |path| format!("{base}/{method}{path}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{PathPattern, ScopeNeed},
        protocol::Scope,
    };

    fn rule(methods: &[&str], path: &str) -> ScopeRule {
        ScopeRule {
            methods: Methods::try_from(methods.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap(),
            path: PathPattern::parse(path).unwrap(),
            need: ScopeNeed::All(Scope::parse("a").unwrap()),
        }
    }

    #[test]
    fn two_stars_shut_the_stem_and_everything_below() {
        assert_eq!(rule_resources("B", &rule(&["GET"], "/a/**")), ["B/GET/a", "B/GET/a/*"]);
        assert_eq!(rule_resources("B", &rule(&[], "/**")), ["B/*/*"]);
        assert_eq!(rule_resources("B", &rule(&["GET", "PUT"], "/a")), ["B/GET/a", "B/GET/a/", "B/PUT/a", "B/PUT/a/"]);
        assert_eq!(rule_resources("B", &rule(&["GET"], "/")), ["B/GET/"]);
    }

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
