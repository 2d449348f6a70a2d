//! The step "verdict": the decision, its reason, what the caller sees, and what to do next.

use shared::{
    authorizer::{Call, Decision, Outcome, Shape},
    lambda::{Answer, render},
    model::ServiceDefinition,
};

use super::{
    super::{Failure, advice::next_step, report::Step},
    api_gateway::{self, Seen},
    examination::Examination,
};

/// The end of the report; `simple` = the function answers HTTP APIs (2.0) with `isAuthorized`.
pub(super) async fn step(examination: Examination, simple: bool) -> Result<Step, Failure> {
    let service = examination.service().cloned();
    let Examination { call, outcome: Outcome { decision, reason, .. }, .. } = examination;
    let code = reason.code();
    let step = Step::new("verdict").fact("decision", word(&decision)).fact("reason", code).fact("message", reason);
    let step = match service {
        Some(service) if call.shape.has_gateway_responses() => {
            shown(step, &service, api_gateway::answer(&service, &call, decision).await?)
        }
        _ => step.fact("caller sees", without_responses(&call, decision, simple)),
    };
    Ok(step.fact_if("what to do", next_step(code)))
}

/// An `Allow` may shut this very call.
fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Allow(allow) if allow.opens_this_call() => "allowed",
        Decision::Allow(_) | Decision::Deny(_) | Decision::Unauthenticated => "refused",
        Decision::Failed => "failed",
    }
}

fn shown(step: Step, service: &ServiceDefinition, seen: Seen) -> Step {
    if seen.reached_backend() {
        return step.fact("caller sees", format_args!("the answer of {}", service.backend));
    }
    let asked = match seen.exchange.authorizer {
        gateway::AuthorizerOutcome::MissingIdentity => {
            Some("no: an identity source is missing, so API Gateway refuses by itself and keeps no verdict")
        }
        _ => None,
    };
    let response = seen.exchange.gateway_response.map(|response| format!(", gateway response {response}"));
    let told = seen.headers.into_iter().filter(|(name, _)| TOLD.iter().any(|told| told.eq_ignore_ascii_case(name)));
    step.fact_if("authorizer asked", asked)
        .fact("caller sees", format_args!("{}{}", seen.status, response.unwrap_or_default()))
        .facts(told)
        .fact("body", seen.body)
}

/// HTTP and WebSocket APIs have no gateway responses: a status is all they tell.
fn without_responses(call: &Call, decision: Decision, simple: bool) -> String {
    let allows = word(&decision) == "allowed";
    let kind = if call.shape == Shape::WebSocket { "WebSocket" } else { "HTTP" };
    match render(decision, call, simple) {
        Ok(Answer::Policy { .. } | Answer::Simple { .. }) if allows => "the backend's answer".into(),
        Ok(_) => format!("403 without a reason, as {kind} APIs answer"),
        Err(shared::lambda::AuthorizerError::Unauthorized) => format!("401 without a reason, as {kind} APIs answer"),
        Err(shared::lambda::AuthorizerError::Failed) => "500, or what the API's gateway responses make of it".into(),
    }
}

/// Fields that tell a caller what to do.
const TOLD: [&str; 4] = ["WWW-Authenticate", "X-Request-Id", "Retry-After", "Content-Type"];
