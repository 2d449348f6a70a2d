//! Which calls a token's scope opens. An answer holds for every call of the API, so that API Gateway may keep it.

use super::{Call, MethodArn, Refusal, Shape};
use crate::{
    model::{MAX_RESOURCE_BYTES, Methods, ScopeRule, ServiceDefinition, is_unsafe_path},
    protocol::{Scope, ScopeToken},
};

/// How far a verdict reaches.
#[derive(Clone, Debug, PartialEq)]
pub enum Opening {
    /// Every call of the API, but those of these rules. Where there are rules, methods that API Gateway does not know and
    /// paths that could be read in two ways are shut as well: a backend may take `post` for `POST`, and no rule does.
    Api {
        /// The calls of rules that the token's scope does not meet, as IAM resource patterns below the stage.
        shut: Vec<String>,
        /// Whether methods and paths are judged at all.
        has_rules: bool,
        /// Whether the call at hand is none of those shut.
        permits_this_call: bool,
    },
    /// The call at hand alone: a rule has a `*` for one segment, which an IAM resource cannot say.
    ThisCall,
}

impl Opening {
    /// Every call of the API.
    pub(crate) const EVERY_CALL: Self = Self::Api { shut: Vec::new(), has_rules: false, permits_this_call: true };
}

/// What a scope opens; the second is what to tell a caller for whom that is not enough.
///
/// # Errors
/// The refusal of this call, where the answer is about this call alone.
pub(crate) fn opening(
    service: &ServiceDefinition,
    scope: &Scope,
    call: &Call,
) -> Result<(Opening, Option<Refusal>), Refusal> {
    let rules = &service.required_scopes;
    if rules.is_empty() {
        return Ok((Opening::EVERY_CALL, None));
    }
    let unmet: Vec<&ScopeRule> = rules.iter().filter(|rule| !rule.is_met_by(scope, &service.name)).collect();
    let missing: Vec<&ScopeRule> =
        unmet.iter().copied().filter(|rule| rule.matches(call.method(), call.target.path())).collect();
    let is_ambiguous = !Methods::are_known(call.method()) || is_unsafe_path(call.target.path());
    let told = if missing.is_empty() { &unmet } else { &missing };
    let refusal = if is_ambiguous || told.is_empty() {
        Refusal::invalid_request(service, AMBIGUOUS)
    } else {
        Refusal::insufficient_scope(service, &needed(told))
    };
    let permits_this_call = missing.is_empty() && !is_ambiguous;
    if call.shape == Shape::WebSocket {
        // It has routes in place of methods and paths, so a policy cannot say what its rules shut.
        return if permits_this_call { Ok((Opening::EVERY_CALL, None)) } else { Err(refusal) };
    }
    if rules.iter().any(|rule| rule.path.has_single_wildcard()) {
        return match (permits_this_call, is_resource(&call.target)) {
            (true, true) => Ok((Opening::ThisCall, None)),
            (true, false) => Err(Refusal::invalid_request(service, NO_RESOURCE)),
            (false, _) => Err(refusal),
        };
    }
    let shut = unmet.iter().flat_map(|rule| rule.resources()).collect();
    Ok((Opening::Api { shut, has_rules: true, permits_this_call }, Some(refusal)))
}

/// Whether a policy can name this very call: IAM takes `*` and `?` for more than themselves.
fn is_resource(target: &MethodArn) -> bool {
    !target.as_str().contains(['*', '?']) && target.as_str().len() <= MAX_RESOURCE_BYTES
}

/// Every scope that one of the rules names.
fn needed(rules: &[&ScopeRule]) -> Scope {
    let tokens = rules.iter().flat_map(|rule| rule.need.scopes().iter());
    tokens.cloned().collect::<Vec<ScopeToken>>().into_iter().collect()
}

/// What a caller with such a method or path is told, also out of a kept verdict, which does not know which of the two.
const AMBIGUOUS: &str = "the method must be one of DELETE, GET, HEAD, OPTIONS, PATCH, POST and PUT, and the path must not \
                         hold //, dot segments, a semicolon or needlessly encoded characters";

/// What a caller is told whose call no policy can name.
const NO_RESOURCE: &str = "the path must not hold * or ?, and not be that long";
