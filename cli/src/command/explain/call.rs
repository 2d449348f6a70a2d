//! The step "call": what the authorizer is asked about.

use shared::authorizer::{Authorization, Call, Shape};

use super::{super::report::Step, veil::Veil};

/// What was called, and how it shows credentials.
pub(super) fn step(call: &Call, veil: &Veil) -> Step {
    let shape = match call.shape {
        Shape::Rest => "REST API, REQUEST authorizer",
        Shape::RestToken => "REST API, TOKEN authorizer, which sees the token and the method ARN alone",
        Shape::Http1 => "HTTP API, payload format 1.0",
        Shape::Http2 => "HTTP API, payload format 2.0",
        Shape::WebSocket => "WebSocket API, $connect",
    };
    let query = call.query("access_token").next().map(|_| "holds access_token, where no token is taken from");
    Step::new("call")
        .fact("event", shape)
        .fact("request", format_args!("{} {}", call.method(), veil.over(call.target.path())))
        .fact("credentials", authorization(call))
        .fact_if("query", query)
}

/// How a call presents its token, in words.
fn authorization(call: &Call) -> String {
    match call.authorization() {
        Authorization::Absent => "no Authorization header".into(),
        Authorization::Repeated => "several Authorization headers".into(),
        Authorization::One(header, _) if header.bearer().is_some() => "Authorization: Bearer, one token".into(),
        Authorization::One(header, _) if header.is_bearer() => {
            "Authorization: Bearer, and what follows is no token of RFC 6750".into()
        }
        Authorization::One(..) => "Authorization with another scheme than Bearer".into(),
    }
}
