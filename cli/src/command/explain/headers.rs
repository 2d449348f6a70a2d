//! The step "headers": what the backend gets of the token and of the provider's answer.

use shared::{
    authorizer::{Decision, HeaderOutcome, Outcome},
    model::{Authorizer, HeaderName, IntrospectionPolicy, ServiceDefinition},
};

use super::{super::report::Step, veil::Veil};

/// The headers that the shared-token authorizer forwards, where the call may go on.
pub(super) fn step(called: &ServiceDefinition, decision: &Decision, veil: &Veil) -> Option<Step> {
    let Authorizer::SharedToken(policy) = &called.authorizer else { return None };
    let Decision::Allow(allow) = decision else { return None };
    if !allow.opens_this_call() {
        return None;
    }
    let facts = policy.forwarded_headers.iter().map(|forwarded| {
        let header = policy.header(*forwarded);
        let value = allow.context.get(&header.context_key()).unwrap_or_default();
        (header.to_string(), format!("{} = {}", forwarded.as_str(), veil.over_value(value)))
    });
    Some(Step::new("headers").facts(facts).fact("Authorization", authorization(called)))
}

/// The headers of `inject_headers`, each with its expression and what it found.
pub(super) fn injected_step(called: &ServiceDefinition, outcome: &Outcome, veil: &Veil) -> Option<Step> {
    let Authorizer::Introspection(policy) = &called.authorizer else { return None };
    if outcome.trace.headers.is_empty() && !matches!(outcome.decision, Decision::Allow(_)) {
        return None;
    }
    let group = outcome.trace.header_group.as_deref();
    let step = Step::new("headers").fact_if("group", group.map(|group| format!("{group} of inject_headers")));
    let facts = outcome.trace.headers.iter().map(|header| {
        let (expression, value) = (expression(policy, group, header), value(header, &outcome.decision, veil));
        (header.header.clone(), format!("{expression}: {}{value}", header.outcome))
    });
    Some(step.facts(facts).fact("Authorization", authorization(called)))
}

fn expression(policy: &IntrospectionPolicy, group: Option<&str>, header: &HeaderOutcome) -> String {
    let rules = policy.group(group).into_iter().flat_map(|group| &group.rules);
    let rule = rules.into_iter().find(|rule| rule.header.as_str() == header.header);
    rule.map_or("no expression in this group".into(), |rule| rule.expression.as_str().to_owned())
}

fn value(header: &HeaderOutcome, decision: &Decision, veil: &Veil) -> String {
    let Decision::Allow(allow) = decision else { return String::new() };
    let key = HeaderName::parse(header.header.as_str()).map(|name| name.context_key()).unwrap_or_default();
    allow.context.get(&key).map_or(", left out".into(), |value| format!(", sent as {}", veil.over_value(value)))
}

fn authorization(called: &ServiceDefinition) -> String {
    if called.blocks_authorization() {
        format!("overwritten with {:?}", ServiceDefinition::BLOCKED_AUTHORIZATION)
    } else {
        "as the caller sent it".into()
    }
}
