//! `requestParameters` of an HTTP API's integration: header names in any case, and a list of those that no mapping may
//! touch.

use crate::{
    call::Call,
    headers::Headers,
    integration::outgoing::{self, Outgoing},
    mapping::Source,
    observer::MappingOutcome,
};

/// One change to the integration request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HttpParameter {
    Header(String, Change),
    Query(String, Change),
    /// Another path in place of the address's.
    Path(Source),
}

/// What becomes of a header or a parameter of the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
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
        if key == "overwrite:path" {
            return Source::http(value).map(Self::Path);
        }
        let (change, place) = key.split_once(':').ok_or_else(|| no_change(key))?;
        let (place, name) = place.split_once('.').filter(|(_, name)| !name.is_empty()).ok_or_else(|| no_change(key))?;
        let change = match change {
            "append" => Change::Append(Source::http(value)?),
            "overwrite" => Change::Overwrite(Source::http(value)?),
            "remove" => Change::Remove,
            _ => return Err(no_change(key)),
        };
        match place {
            "header" => Ok(Self::Header(mappable(name)?, change)),
            "querystring" => Ok(Self::Query(name.to_owned(), change)),
            _ => Err(no_change(key)),
        }
    }
}

/// A header that mappings of requests and answers may touch.
///
/// # Errors
/// Why it is none, in words.
pub(crate) fn mappable(name: &str) -> Result<String, String> {
    if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
        Err(format!("`{name}` is no header name"))
    } else if is_reserved(name) {
        Err(format!("API Gateway lets no mapping touch the header `{name}`"))
    } else {
        Ok(name.to_owned())
    }
}

/// Applies the changes; an absent or empty value skips one, and the client's copy passes.
pub(crate) fn apply(parameters: &[HttpParameter], call: &mut Call<'_>, outgoing: &mut Outgoing) {
    for parameter in parameters {
        match parameter {
            HttpParameter::Header(name, change) => {
                let outcome = change_header(name, change, call, &mut outgoing.headers);
                outgoing::note(call, name, outcome);
            }
            HttpParameter::Query(name, change) => change_query(name, change, call, outgoing),
            HttpParameter::Path(source) => outgoing.path = source.resolve(call),
        }
    }
}

fn change_header(name: &str, change: &Change, call: &Call<'_>, headers: &mut Headers) -> MappingOutcome {
    match change {
        Change::Remove => {
            headers.remove(name);
            return MappingOutcome::Removed;
        }
        Change::Append(source) => source.resolve(call).map(|value| headers.push(name, value)),
        Change::Overwrite(source) => source.resolve(call).map(|value| headers.set(name, value)),
    }
    .map_or(MappingOutcome::Skipped, |()| MappingOutcome::Sent)
}

fn change_query(name: &str, change: &Change, call: &Call<'_>, outgoing: &mut Outgoing) {
    match change {
        Change::Remove => outgoing.remove_query(name),
        Change::Append(source) => source.resolve(call).into_iter().for_each(|value| outgoing.add_query(name, &value)),
        Change::Overwrite(source) => {
            source.resolve(call).into_iter().for_each(|value| outgoing.set_query(name, &value));
        }
    }
}

fn no_change(key: &str) -> String {
    format!(
        "`{key}` is no change; write append:, overwrite: or remove: before header.NAME or querystring.NAME, or \
         overwrite:path"
    )
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
    fn mapping_of_the_query_tells_names_by_case_and_an_absent_value_lets_the_clients_copy_pass() {
        let changed = |key: &str, value: &str| {
            let parameter = HttpParameter::parse(key, value).unwrap();
            let mut outgoing = Outgoing { query: "user=root&USER=x&user=admin".into(), ..Outgoing::default() };
            with_call(|call| apply(&[parameter], call, &mut outgoing));
            outgoing.query
        };
        assert_eq!(changed("overwrite:querystring.user", "$context.httpMethod"), "USER=x&user=GET");
        assert_eq!(changed("append:querystring.user", "a b"), "user=root&USER=x&user=admin&user=a%20b");
        assert_eq!(changed("remove:querystring.user", "''"), "USER=x");
        assert_eq!(changed("overwrite:querystring.user", "$context.authorizer.none"), "user=root&USER=x&user=admin");
    }

    #[test]
    fn mapping_to_what_api_gateway_keeps_for_itself_is_refused() {
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
        for key in [
            "header.X",
            "set:header.X",
            "overwrite:header.",
            "overwrite:body",
            "overwrite:header.a b",
            "append:path",
            "remove:querystring.",
        ] {
            assert!(HttpParameter::parse(key, "x").is_err(), "{key}");
        }
    }
}
