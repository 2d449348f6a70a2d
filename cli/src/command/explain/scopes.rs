//! The step "scopes": which rules of the service match the call, and what the token lacks.

use shared::{
    authorizer::{Call, SharedTokenFacts},
    model::{Methods, ScopeNeed, ScopeRule, is_unsafe_path},
    protocol::{Scope, ScopeToken, ServiceName},
};

use super::{super::report::Step, token::presented, veil::Veil};

/// Each rule that matches the call, where the service has rules and the token is one of the grant's.
pub(super) fn step(call: &Call, facts: &SharedTokenFacts, veil: &Veil) -> Option<Step> {
    let rules = &facts.called.required_scopes;
    let grant = facts.grant.as_ref()?;
    let scope = presented(call, grant).map(|token| grant.scope_of(token))?;
    if rules.is_empty() {
        return Some(Step::new("scopes").fact("rules", "none: a valid token is enough"));
    }
    let (method, path) = (call.method(), call.target.path());
    let matching: Vec<&ScopeRule> = rules.iter().filter(|rule| rule.matches(method, path)).collect();
    let unknown_method = (!Methods::are_known(method)).then_some("none that API Gateway knows, so it is shut");
    let unsafe_path = is_unsafe_path(path).then_some("could be read in two ways, so it is shut");
    let summary = format!("{} of {} match {method} {}", matching.len(), rules.len(), veil.over(path));
    let step =
        Step::new("scopes").fact("rules", summary).fact_if("method", unknown_method).fact_if("path", unsafe_path);
    Some(step.facts(matching.into_iter().map(|rule| (title(rule), fate(rule, scope, &facts.called.name)))))
}

fn title(rule: &ScopeRule) -> String {
    match &rule.methods {
        Methods::Any => format!("any method {}", rule.path),
        Methods::Only(methods) => {
            let methods: Vec<&str> = methods.iter().map(http::Method::as_str).collect();
            format!("{} {}", methods.join(","), rule.path)
        }
    }
}

fn fate(rule: &ScopeRule, scope: &Scope, service: &ServiceName) -> String {
    let need = match &rule.need {
        ScopeNeed::All(scope) => format!("needs all of {scope}"),
        ScopeNeed::Any(scope) => format!("needs one of {scope}"),
    };
    if rule.is_met_by(scope, service) {
        return format!("{need}: met");
    }
    let lacking = rule.need.scopes().iter().filter(|token| !scope.contains(token.as_str()));
    format!("{need}: the token lacks {}", lacking.map(ScopeToken::as_str).collect::<Vec<_>>().join(", "))
}
