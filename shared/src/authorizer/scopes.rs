//! Which calls a token's scope opens. An answer holds for every call of the API, so that API Gateway may keep it.

use super::{Call, Refusal, Shape};
use crate::{
    model::{ScopeRule, ServiceDefinition},
    protocol::{Scope, ScopeToken},
};

/// Parts of a path that backends read in different ways, as IAM resource patterns below the stage. Encoded are those
/// of a separator, and all that holds letters, digits and marks that need no encoding: `/%61dmin` may be `/admin`.
pub const UNSAFE_PATHS: [&str; 17] = [
    "*//*", "*/./*", "*/../*", "*/.", "*/..", "*;*", "*%2d*", "*%2D*", "*%2e*", "*%2E*", "*%2f*", "*%2F*", "*%3?*",
    "*%4?*", "*%5?*", "*%6?*", "*%7?*",
];

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

/// Whether two readers could take the path for different ones: what [`UNSAFE_PATHS`] says of the path at hand.
fn is_unsafe_path(path: &str) -> bool {
    let is_dots = |segment: &str| segment == "." || segment == "..";
    let codes = path.as_bytes().windows(3);
    path.contains("//") || path.contains(';') || path.split('/').any(is_dots) || codes.into_iter().any(is_unsafe_code)
}

/// `-`, `.`, `/`, and every character from `0` to the end of ASCII.
fn is_unsafe_code(code: &[u8]) -> bool {
    matches!(code, [b'%', b'2', b'd' | b'D' | b'e' | b'E' | b'f' | b'F'] | [b'%', b'3'..=b'7', _])
}

/// Every scope that one of the rules names.
fn needed(rules: &[&ScopeRule]) -> Scope {
    let tokens = rules.iter().flat_map(|rule| rule.need.scopes().iter());
    tokens.cloned().collect::<Vec<ScopeToken>>().into_iter().collect()
}

/// What a caller with such a path is told.
const UNSAFE_PATH: &str = "the path must not hold //, dot segments, a semicolon or needlessly encoded characters";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_that_could_be_read_in_two_ways_is_unsafe() {
        for path in ["//", "/a//b", "/a/../b", "/./a", "/a/..", "/a;b", "/a%2Fb", "/a%2eb", "/a%5Cb", "/%61", "/%5a"] {
            assert!(is_unsafe_path(path), "{path}");
        }
        for path in ["/", "/a/b", "/a.b", "/a/...", "/a%20b", "/%C3%A4", "/a@b:c", "/%2", "/%"] {
            assert!(!is_unsafe_path(path), "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_policy_shuts_the_very_paths_that_are_unsafe(path in "/[a/.;%2-7deF]{0,8}") {
            let shut = UNSAFE_PATHS.iter().any(|pattern| covers(pattern, &format!("GET{path}")));
            prop_assert_eq!(is_unsafe_path(&path), shut, "{}", path);
        }
    }

    /// IAM's `*` and `?`.
    fn covers(pattern: &str, text: &str) -> bool {
        match pattern.chars().next() {
            None => text.is_empty(),
            Some('*') => (0..=text.len()).any(|at| covers(&pattern[1..], &text[at..])),
            Some(c) => text.starts_with(|t| t == c || c == '?') && covers(&pattern[1..], &text[1..]),
        }
    }
}
