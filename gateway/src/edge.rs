//! What API Gateway's edge takes from a request's header and adds to it, before anything behind it sees the request.

use crate::{call::Call, headers::Headers};

/// The client's fields without those of its connection, and with the edge's own.
pub(crate) fn headers(call: &Call<'_>) -> Headers {
    let client = &call.request.headers;
    let mut headers = end_to_end(client);
    let peer = call.request.peer.to_string();
    headers.set("X-Forwarded-For", client.joined("x-forwarded-for").map_or(peer.clone(), |by| format!("{by}, {peer}")));
    headers.set("X-Forwarded-Port", call.request.port());
    headers.set("X-Forwarded-Proto", "http");
    if client.last(TRACE).is_none() {
        headers.push(TRACE, trace(call));
    }
    headers
}

/// The fields without those that speak of one connection only (RFC 9110 §7.6.1), named or listed in `Connection`.
pub(crate) fn end_to_end(headers: &Headers) -> Headers {
    let listed = headers.joined("connection").unwrap_or_default();
    let mut kept = headers.clone();
    kept.retain(|name| {
        !is_hop_by_hop(name) && !listed.split(',').any(|option| option.trim().eq_ignore_ascii_case(name))
    });
    kept
}

/// Whether a client sends this name in order to pass for API Gateway, which therefore drops it.
pub(crate) fn is_smuggled(name: &str) -> bool {
    name.get(..REMAPPED.len()).is_some_and(|prefix| prefix.eq_ignore_ascii_case(REMAPPED))
}

fn is_hop_by_hop(name: &str) -> bool {
    HOP_BY_HOP.iter().any(|hop| hop.eq_ignore_ascii_case(name))
}

/// A trace id in X-Ray's form: the second of the request, and 96 bits that are the request id's.
fn trace(call: &Call<'_>) -> String {
    let id: String = call.id.chars().filter(char::is_ascii_hexdigit).skip(8).take(24).collect();
    format!("Root=1-{:08x}-{id}", call.received.seconds())
}

const TRACE: &str = "X-Amzn-Trace-Id";

/// What the names of headers begin with that API Gateway has renamed.
pub(crate) const REMAPPED: &str = "x-amzn-Remapped-";

const HOP_BY_HOP: [&str; 8] = [
    "Connection",
    "Keep-Alive",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_connection_lists_is_of_the_connection() {
        let sent = [("Connection", "close, x-hop"), ("X-Hop", "1"), ("TE", "trailers"), ("X-End", "2")];
        assert_eq!(end_to_end(&Headers::from_iter(sent)), Headers::from_iter([("X-End", "2")]));
    }

    #[test]
    fn remapped_names_are_known_in_any_case() {
        assert!(is_smuggled("X-AMZN-REMAPPED-Authorization"));
        assert!(!is_smuggled("X-Amzn-Trace-Id"));
    }
}
