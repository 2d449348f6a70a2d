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
    for (_, found, why) in mistaken(guard).into_iter().filter(|(is_so, ..)| *is_so) {
        refuse(&ttl.place, found, why);
    }
    for rule in rules.iter().filter(|rule| rule.value.path.has_single_wildcard()) {
        refuse(&rule.place, "a path with a single '*'", "IAM's '*' crosses '/', so each verdict is for one call");
    }
}

/// What a guard may not have when its verdicts are kept: whether it has it, its name, and why not.
fn mistaken(guard: &Guard) -> Vec<(bool, &'static str, &'static str)> {
    match guard {
        Guard::SharedToken(settings) => vec![
            (
                !settings.policy.forward_authorization,
                "a blocked Authorization",
                "a kept verdict does not see how a call spells it (forward_authorization: true)",
            ),
            (!settings.policy.forwarded_headers.is_empty(), "forwarded_headers", HEADERS),
        ],
        Guard::Introspection(settings) => vec![
            (
                settings.authorization == Authorization::Strip,
                "a blocked Authorization",
                "a kept verdict does not see how a call spells it (block_authorization_header: false)",
            ),
            (settings.inject_headers.iter().any(|group| !group.rules.is_empty()), "inject_headers", HEADERS),
            (settings.unset_header_value.is_none(), "unset_header_value: null", HEADERS),
            (
                needs_no_region(&settings.route),
                "a regionCodeHeader",
                "a kept verdict needs the header in every call (region_required: true)",
            ),
        ],
        Guard::None => Vec::new(),
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
