//! What a service may not do when API Gateway keeps its authorizer's verdicts.

use super::{
    guard::Guard,
    report::{Findings, Place, Placed},
};
use crate::model::{Authorization, Route, ScopeRule};

/// Refuses what a kept verdict would get wrong.
pub(super) fn refuse(ttl: &Placed<u32>, guard: &Guard, rules: &[Placed<ScopeRule>], findings: &Findings<'_>) {
    if ttl.value == 0 {
        return;
    }
    let refuse = |place: &Place, found: &str, why: &str| {
        let found = format!("{found} with authorizer_ttl {}", ttl.value);
        findings.mistake(place, found, format!("authorizer_ttl: 0, or none of it: {why}"));
    };
    match guard {
        Guard::SharedToken(settings) => {
            if !settings.policy.forward_authorization {
                refuse(
                    &ttl.place,
                    "a blocked Authorization",
                    "a kept verdict does not see how a call spells it (forward_authorization: true)",
                );
            }
            if !settings.policy.forwarded_headers.is_empty() {
                refuse(&ttl.place, "forwarded_headers", HEADERS);
            }
        }
        Guard::Introspection(settings) => {
            if settings.authorization == Authorization::Strip {
                refuse(
                    &ttl.place,
                    "a blocked Authorization",
                    "a kept verdict does not see how a call spells it (block_authorization_header: false)",
                );
            }
            if settings.inject_headers.iter().any(|group| !group.rules.is_empty()) {
                refuse(&ttl.place, "inject_headers", HEADERS);
            }
            if settings.unset_header_value.is_none() {
                refuse(&ttl.place, "unset_header_value: null", HEADERS);
            }
            if needs_no_region(&settings.route) {
                refuse(
                    &ttl.place,
                    "a regionCodeHeader",
                    "a kept verdict needs the header in every call (region_required: true)",
                );
            }
        }
        Guard::None => {}
    }
    for rule in rules.iter().filter(|rule| rule.value.path.has_single_wildcard()) {
        refuse(&rule.place, "a path with a single '*'", "IAM's '*' crosses '/', so each verdict is for one call");
    }
}

/// Whether the region header may be missing from a call.
fn needs_no_region(route: &Route) -> bool {
    match route {
        Route::Configured(route) => route.region.as_ref().is_some_and(|region| !region.required),
        Route::Unusable => false,
    }
}

const HEADERS: &str =
    "a REST API compares header names with case, so a kept verdict could let a caller's own copy pass";
