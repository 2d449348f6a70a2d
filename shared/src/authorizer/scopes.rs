//! Which calls a token's scope opens. An answer holds for every call of the API, so that API Gateway may keep it.

use super::{Call, Refusal, Shape};
use crate::{
    model::{ScopeRule, ServiceDefinition},
    protocol::{Scope, ScopeToken},
};

/// Parts of a path that backends read in different ways, as IAM resource patterns below the stage.
pub const UNSAFE_PATHS: [&str; 12] =
    ["*//*", "*/./*", "*/../*", "*/.", "*/..", "*;*", "*%2f*", "*%2F*", "*%2e*", "*%2E*", "*%5c*", "*%5C*"];

/// How far a verdict reaches.
#[derive(Clone, Debug, PartialEq)]
pub enum Opening {
    /// Every call of the API, but those of these rules; paths that could be read in two ways are shut as well.
    Api {
        /// Rules that the token's scope does not meet.
        shut: Vec<ScopeRule>,
        /// Whether paths are judged at all.
        has_rules: bool,
        /// Whether the call at hand is among those shut.
        permits_this_call: bool,
    },
    /// The call at hand alone: a rule has a `*` for one segment, which an IAM resource cannot say.
    ThisCall,
}

impl Opening {
    /// Every call of the API.
    pub(super) const EVERY_CALL: Self = Self::Api { shut: Vec::new(), has_rules: false, permits_this_call: true };
}

/// What a scope opens; the second is what to tell a caller for whom that is not enough.
///
/// # Errors
/// The refusal of this call, where the answer is about this call alone.
pub(super) fn opening(
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
    let is_unsafe = is_unsafe_path(call.target.path());
    let told = if missing.is_empty() { &unmet } else { &missing };
    let refusal = if is_unsafe || told.is_empty() {
        Refusal::invalid_request(service, UNSAFE_PATH)
    } else {
        Refusal::insufficient_scope(service, &needed(told))
    };
    let permits_this_call = missing.is_empty() && !is_unsafe;
    if call.shape == Shape::WebSocket {
        // It has routes in place of methods and paths, so a policy cannot say what its rules shut.
        return if permits_this_call { Ok((Opening::EVERY_CALL, None)) } else { Err(refusal) };
    }
    if rules.iter().any(|rule| rule.path.has_single_wildcard()) {
        return if permits_this_call { Ok((Opening::ThisCall, None)) } else { Err(refusal) };
    }
    let shut = unmet.into_iter().cloned().collect();
    Ok((Opening::Api { shut, has_rules: true, permits_this_call }, Some(refusal)))
}

/// Whether two readers could take the path for different ones.
fn is_unsafe_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let marks = ["//", ";", "%2f", "%2e", "%5c"];
    marks.iter().any(|mark| lower.contains(mark)) || lower.split('/').any(|segment| segment == "." || segment == "..")
}

/// Every scope that one of the rules names.
fn needed(rules: &[&ScopeRule]) -> Scope {
    let tokens = rules.iter().flat_map(|rule| rule.need.scopes().iter());
    tokens.cloned().collect::<Vec<ScopeToken>>().into_iter().collect()
}

/// What a caller with such a path is told.
const UNSAFE_PATH: &str = "the path must not hold //, dot segments, a semicolon or encoded separators";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_could_be_read_in_two_ways_is_unsafe() {
        for path in ["//", "/a//b", "/a/../b", "/./a", "/a/..", "/a;b", "/a%2Fb", "/a%2eb", "/a%5Cb"] {
            assert!(is_unsafe_path(path), "{path}");
        }
        for path in ["/", "/a/b", "/a.b", "/a/...", "/a%20b"] {
            assert!(!is_unsafe_path(path), "{path}");
        }
    }
}
