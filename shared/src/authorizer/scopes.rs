//! Which calls a token's scope opens. An answer holds for every call of the API, so that API Gateway may keep it.

use super::{MethodArn, Refusal};
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

/// Whether two readers could take the path for different ones.
pub(super) fn is_unsafe_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let marks = ["//", ";", "%2f", "%2e", "%5c"];
    marks.iter().any(|mark| lower.contains(mark)) || lower.split('/').any(|segment| segment == "." || segment == "..")
}

/// What a scope opens; the second is what to tell a caller for whom that is not enough.
pub(super) fn opening(
    service: &ServiceDefinition,
    scope: &Scope,
    call: &MethodArn,
) -> Result<(Opening, Option<Refusal>), Refusal> {
    let rules = &service.required_scopes;
    let unmet: Vec<&ScopeRule> = rules.iter().filter(|rule| !rule.is_met_by(scope, &service.name)).collect();
    let missing: Vec<&ScopeRule> =
        unmet.iter().copied().filter(|rule| rule.matches(call.method(), call.path())).collect();
    let told = if missing.is_empty() { &unmet } else { &missing };
    let refusal = (!unmet.is_empty()).then(|| Refusal::insufficient_scope(service, &needed(told)));
    if rules.iter().any(|rule| rule.path.has_single_wildcard()) {
        return match refusal {
            Some(refusal) if !missing.is_empty() => Err(refusal),
            _ => Ok((Opening::ThisCall, None)),
        };
    }
    let refusal = refusal.or_else(|| (!rules.is_empty()).then(|| Refusal::invalid_request(service, UNSAFE_PATH)));
    let shut = unmet.into_iter().cloned().collect();
    Ok((Opening::Api { shut, has_rules: !rules.is_empty(), permits_this_call: missing.is_empty() }, refusal))
}

/// Every scope that one of the rules names.
fn needed(rules: &[&ScopeRule]) -> Scope {
    let tokens = rules.iter().flat_map(|rule| rule.need.scopes().iter());
    tokens.cloned().collect::<Vec<ScopeToken>>().into_iter().collect()
}

/// What a caller with such a path is told.
pub(super) const UNSAFE_PATH: &str = "the path must not hold //, dot segments, a semicolon or encoded separators";

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
