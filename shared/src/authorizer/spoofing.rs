//! Client-sent copies of injected headers (rule Z9). The gateway's mapping overwrites a header of the very same
//! spelling; one that a backend would take for the same header, and the mapping would not, is refused here.

use super::{Call, Context};
use crate::model::{HeaderName, ServiceDefinition};

/// Whether the call carries a header that could pass beside an injected one.
///
/// `mapped`: the gateway sets the header on every call, so a copy spelled alike is overwritten.
pub(super) fn is_spoofed(call: &Call, injected: &HeaderName, mapped: bool) -> bool {
    call.headers.iter().filter(|(name, _)| injected.is_alike(name)).any(|(name, _)| {
        let overwritten = if call.shape.is_case_sensitive() {
            name == injected.as_str()
        } else {
            name.eq_ignore_ascii_case(injected.as_str())
        };
        !(overwritten && mapped)
    })
}

/// Whether the call carries `Authorization` in a spelling that would pass beside those that the gateway overwrites,
/// where the backend is not to see it.
pub(super) fn evades_blocking(call: &Call, service: &ServiceDefinition) -> bool {
    let evades = |name: &str| name.eq_ignore_ascii_case(SPELLINGS[0]) && !SPELLINGS.contains(&name);
    service.blocks_authorization()
        && call.shape.is_case_sensitive()
        && call.headers.iter().any(|(name, _)| evades(name))
}

/// Tells the gateway of an `authorization` in lower case that the backend is not to see.
pub(super) fn with_blocked_authorization(context: Context, call: &Call, service: &ServiceDefinition) -> Context {
    let is_lower_case = call.headers.iter().any(|(name, _)| name == SPELLINGS[1]);
    if service.blocks_authorization() && call.shape.is_case_sensitive() && is_lower_case {
        context.with(ServiceDefinition::BLOCKED_AUTHORIZATION_KEY, ServiceDefinition::BLOCKED_AUTHORIZATION)
    } else {
        context
    }
}

/// The spellings of `Authorization` that the gateway overwrites.
const SPELLINGS: [&str; 2] = ["Authorization", "authorization"];

/// What a caller is told whose `Authorization` is spelled so.
pub(super) const MISSPELLED: &str = "spell the header Authorization or authorization";

/// What a caller is told who sends a header that could pass beside an injected one.
pub(super) const SPOOFED: &str = "the request carries a header that only the gateway may set";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::authorizer::{MethodArn, Shape};

    fn spoofed(shape: Shape, name: &str, mapped: bool) -> bool {
        let call = Call {
            shape,
            target: MethodArn::parse("arn:aws:execute-api:r:1:api/s/GET/").unwrap(),
            headers: vec![(name.into(), "admin".into())],
            query: vec![],
            stage_variables: BTreeMap::new(),
            request_id: String::new(),
            xray_trace_id: None,
        };
        is_spoofed(&call, &HeaderName::parse("X-User-Id").unwrap(), mapped)
    }

    #[test]
    fn z9_refuses_what_the_mapping_would_miss() {
        assert!(spoofed(Shape::Rest, "x-user-id", true) && spoofed(Shape::Rest, "X_User_Id", true));
        assert!(!spoofed(Shape::Rest, "X-User-Id", true), "overwritten");
        assert!(!spoofed(Shape::Http2, "x-user-id", true), "overwritten, HTTP APIs fold the case");
        assert!(spoofed(Shape::Http2, "x_user_id", true));
        assert!(spoofed(Shape::Rest, "X-User-Id", false), "nothing overwrites it");
        assert!(!spoofed(Shape::Rest, "X-Other", false));
    }
}
