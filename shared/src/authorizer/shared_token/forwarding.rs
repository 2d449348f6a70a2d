//! Facts of a token that reach the backend as headers.

use super::decision::Valid;
use crate::{
    authorizer::{Context, context::MAX_HEADER_BYTES},
    model::{
        ForwardedHeader, SharedTokenPolicy,
        expression::{HeaderEncoding, header_value},
    },
};

/// The context with every forwarded header; `None` when the values are too long for headers.
pub(super) fn with_forwarded_headers(
    mut context: Context,
    policy: &SharedTokenPolicy,
    valid: &Valid<'_>,
) -> Option<Context> {
    let mut total = 0;
    for forwarded in &policy.forwarded_headers {
        let value = forwarded_value(*forwarded, valid);
        total += value.len();
        context = context.with_header(&policy.header(*forwarded), value);
    }
    (total <= MAX_HEADER_BYTES).then_some(context)
}

/// The value of a forwarded header, a name outside ASCII percent-encoded. It is never empty, since API Gateway's
/// mapping of an empty value may let the client's own copy pass.
fn forwarded_value(forwarded: ForwardedHeader, valid: &Valid<'_>) -> String {
    let value = match forwarded {
        ForwardedHeader::AccessToken => valid.presented.expose().to_owned(),
        ForwardedHeader::ClientId => valid.grant.client_id.to_string(),
        ForwardedHeader::Scope => valid.grant.scope_of(valid.token).to_string(),
        ForwardedHeader::UserContext => valid.grant.subject.to_string(),
    };
    let safe = header_value(value.trim_matches([' ', '\t']), HeaderEncoding::Percent).unwrap_or_default();
    if safe.is_empty() { "-".into() } else { safe }
}
