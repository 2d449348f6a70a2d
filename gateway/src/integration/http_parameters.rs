//! `requestParameters` of an HTTP API's integration: names in any case, and a list of names that no mapping may touch.

use crate::{
    call::Call,
    headers::Headers,
    integration::outgoing::{self, Outgoing},
    mapping::Source,
    observer::MappingOutcome,
};

/// One change to the integration request's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HttpParameter {
    header: String,
    change: Change,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    Append(Source),
    Overwrite(Source),
    Remove,
}

impl HttpParameter {
    /// Reads a key such as `overwrite:header.X-User` with its value.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(key: &str, value: &str) -> Result<Self, String> {
        let (change, place) = key.split_once(':').ok_or_else(|| no_change(key))?;
        let header = place.strip_prefix("header.").ok_or_else(|| no_change(key))?;
        if http::HeaderName::from_bytes(header.as_bytes()).is_err() {
            return Err(format!("`{header}` is no header name"));
        }
        if is_reserved(header) {
            return Err(format!("API Gateway lets no mapping touch the header `{header}`"));
        }
        let change = match change {
            "append" => Change::Append(Source::http(value)?),
            "overwrite" => Change::Overwrite(Source::http(value)?),
            "remove" => Change::Remove,
            _ => return Err(no_change(key)),
        };
        Ok(Self { header: header.to_owned(), change })
    }
}

/// Applies the changes; an absent or empty value skips one, and the client's copy passes.
pub(crate) fn apply(parameters: &[HttpParameter], call: &mut Call<'_>, outgoing: &mut Outgoing) {
    for HttpParameter { header, change } in parameters {
        let outcome = changed(header, change, call, &mut outgoing.headers);
        outgoing::note(call, header, outcome);
    }
}

fn changed(header: &str, change: &Change, call: &Call<'_>, headers: &mut Headers) -> MappingOutcome {
    let source = match change {
        Change::Remove => {
            headers.remove(header);
            return MappingOutcome::Removed;
        }
        Change::Append(source) | Change::Overwrite(source) => source,
    };
    let Some(value) = source.resolve(call) else { return MappingOutcome::Skipped };
    match change {
        Change::Append(_) => headers.push(header, value),
        _ => headers.set(header, value),
    }
    MappingOutcome::Sent
}

fn no_change(key: &str) -> String {
    format!("`{key}` is not modelled; write append:header.NAME, overwrite:header.NAME or remove:header.NAME")
}

fn is_reserved(header: &str) -> bool {
    let name = header.to_ascii_lowercase();
    RESERVED.contains(&name.as_str()) || RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

const RESERVED: [&str; 11] = [
    "authorization",
    "connection",
    "forwarded",
    "keep-alive",
    "origin",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "via",
];
const RESERVED_PREFIXES: [&str; 7] =
    ["access-control-", "apigw-", "content-", "proxy-auth", "x-amz-", "x-amzn-", "x-forwarded-"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::with_call;

    fn mapped(sent: &[(&str, &str)], key: &str, value: &str) -> Headers {
        let parameter = HttpParameter::parse(key, value).unwrap();
        let mut outgoing = Outgoing { headers: sent.iter().copied().collect(), ..Outgoing::default() };
        with_call(|call| apply(&[parameter], call, &mut outgoing));
        outgoing.headers
    }

    #[test]
    fn overwriting_and_removing_know_no_case() {
        let sent = [("x-USER", "admin"), ("X-User", "root")];
        assert_eq!(mapped(&sent, "overwrite:header.x-user", "real"), Headers::from_iter([("x-user", "real")]));
        assert_eq!(mapped(&sent, "remove:header.x-user", "''"), Headers::default());
    }

    #[test]
    fn an_absent_value_lets_the_clients_copy_pass() {
        let sent = [("X-User", "admin")];
        assert_eq!(mapped(&sent, "overwrite:header.X-User", "$context.authorizer.none"), Headers::from_iter(sent));
    }

    #[test]
    fn appending_keeps_what_was_sent() {
        let headers = mapped(&[("X-User", "a")], "append:header.X-User", "$context.httpMethod");
        assert_eq!(headers, Headers::from_iter([("X-User", "a"), ("X-User", "GET")]));
    }

    #[test]
    fn no_mapping_may_touch_what_api_gateway_keeps_for_itself() {
        for name in [
            "Authorization",
            "access-control-allow-origin",
            "apigw-x",
            "x-amz-date",
            "x-amzn-trace-id",
            "X-Forwarded-For",
            "Forwarded",
            "Via",
            "Origin",
            "Connection",
            "Content-Type",
            "TE",
            "Upgrade",
            "Keep-Alive",
            "Transfer-Encoding",
            "Trailers",
            "Proxy-Authenticate",
            "Proxy-Authorization",
        ] {
            assert!(HttpParameter::parse(&format!("overwrite:header.{name}"), "x").is_err(), "{name}");
        }
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for key in ["header.X", "set:header.X", "overwrite:header.", "overwrite:body", "overwrite:header.a b"] {
            assert!(HttpParameter::parse(key, "x").is_err(), "{key}");
        }
    }
}
