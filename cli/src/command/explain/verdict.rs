//! The step "verdict": the decision, its reason, what the caller sees, and what to do next.

use gateway::AuthorizerOutcome;
use shared::{
    authorizer::{Call, Decision, Outcome, Shape},
    lambda::{Answer, render},
    model::{Authorizer, ServiceDefinition},
};

use super::{
    super::{Failure, advice::next_step, report::Step},
    api_gateway::{self, Seen},
    examination::Examination,
};

/// The end of the report; `simple` = the function answers HTTP APIs (2.0) with `isAuthorized`. An authorizer that was
/// not asked already (`was_asked`) has a verdict only on a call that the API would ask it about.
pub(super) async fn step(examination: Examination, simple: bool, was_asked: bool) -> Result<Step, Failure> {
    let service = examination.service().cloned();
    let Examination { call, outcome: Outcome { decision, reason, .. }, .. } = examination;
    let (step, code) = (Step::new("verdict"), reason.code());
    let judged = Step::new("verdict").fact("decision", word(&decision)).fact("reason", code).fact("message", reason);
    let judged = match service {
        Some(service) if call.shape.has_gateway_responses() && (is_guarded(&service) || !was_asked) => {
            let seen = api_gateway::answer(&service, &call, decision).await?;
            if !was_asked && !seen.met_authorizer() {
                return Ok(shown(step, &service, seen));
            }
            shown(judged, &service, seen)
        }
        Some(service) if !was_asked && !is_guarded(&service) => {
            return Ok(step.fact("authorizer asked", UNGUARDED).fact("caller sees", answer_of(&service)));
        }
        _ => judged.fact("caller sees", without_responses(&call, decision, simple)),
    };
    Ok(judged.fact_if("what to do", next_step(code)))
}

fn is_guarded(service: &ServiceDefinition) -> bool {
    !matches!(service.authorizer, Authorizer::None)
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
    let step = step.fact_if("authorizer asked", unasked(service, &seen.exchange.authorizer));
    if seen.reached_backend() {
        return step.fact("caller sees", answer_of(service));
    }
    let response = seen.exchange.gateway_response.map(|response| format!(", gateway response {response}"));
    let told = seen.headers.into_iter().filter(|(name, _)| TOLD.iter().any(|told| told.eq_ignore_ascii_case(name)));
    step.fact("caller sees", format_args!("{}{}", seen.status, response.unwrap_or_default()))
        .facts(told)
        .fact("body", if seen.body.is_empty() { "none" } else { &seen.body })
}

/// Why no authorizer was asked; `None` where one was.
fn unasked(service: &ServiceDefinition, outcome: &AuthorizerOutcome) -> Option<&'static str> {
    match outcome {
        AuthorizerOutcome::None if !is_guarded(service) => Some(UNGUARDED),
        AuthorizerOutcome::None => Some("no, not by the generated API: it answers this call by itself"),
        AuthorizerOutcome::MissingIdentity => {
            Some("no: an identity source is missing, so API Gateway refuses by itself and keeps no verdict")
        }
        AuthorizerOutcome::Allowed { .. } | AuthorizerOutcome::Denied { .. } | AuthorizerOutcome::Error { .. } => None,
    }
}

fn answer_of(service: &ServiceDefinition) -> String {
    format!("the answer of {}", service.backend)
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

const UNGUARDED: &str = "no, the API asks none";
/// Fields that tell a caller what to do.
const TOLD: [&str; 5] = ["Allow", "WWW-Authenticate", "X-Request-Id", "Retry-After", "Content-Type"];
