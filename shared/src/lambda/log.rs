//! The log: JSON lines, one for each decision, with its reason and without a secret.

use tracing::Level;

use crate::authorizer::{Call, Decision, HeaderOutcome, Opening, Outcome};

/// Sends the log to standard output as JSON lines, as CloudWatch Logs likes them.
pub(super) fn init() {
    tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).with_max_level(Level::INFO).init();
}

/// The decision line of an authorizer.
pub(super) fn decided(call: &Call, outcome: &Outcome, duration_ms: u64) {
    let trace = &outcome.trace;
    let (decision, error) = words(&outcome.decision);
    let headers: Vec<String> = trace.headers.iter().map(header).collect();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    tracing::info!(
        target: "tollgate::decision", decision, error, reason = outcome.reason.to_string(), reason_code = outcome.reason.code().as_str(), request_id = call.request_id,
        method = call.target.method(), path = call.target.path(), spkey = text(&trace.spkey),
        token_spkey = text(&trace.token_spkey), client_id = text(&trace.client_id),
        application = text(&trace.application), sub = text(&trace.sub), region = text(&trace.region),
        header_group = text(&trace.header_group), provider = text(&trace.provider),
        provider_status = trace.provider_status, provider_ms = trace.provider_ms, headers = headers.join(", "),
        duration_ms,
    );
}

/// An event that is not an authorizer's.
pub(super) fn unreadable(reason: &str) {
    tracing::error!(target: "tollgate::decision", decision = "failed", reason = reason);
}

/// An `Allow` whose policy shuts this very call is a refusal, named by the keys that its caller is shown.
fn words(decision: &Decision) -> (&'static str, &str) {
    match decision {
        Decision::Allow(allow) => match allow.opening {
            Opening::Api { permits_this_call: false, .. } => {
                ("refused", allow.context.get("tg_error").unwrap_or_default())
            }
            _ => ("allowed", ""),
        },
        Decision::Deny(refusal) => ("refused", refusal.error),
        Decision::Unauthenticated => ("refused", "Unauthorized"),
        Decision::Failed => ("failed", ""),
    }
}

fn header(outcome: &HeaderOutcome) -> String {
    match outcome.bytes {
        Some(bytes) => format!("{} {} ({bytes} bytes)", outcome.header, outcome.outcome),
        None => format!("{} {}", outcome.header, outcome.outcome),
    }
}
