//! `requestParameters` of a REST integration.
//!
//! A non-empty value replaces the client's header *of the same spelling*; another spelling is another header here and
//! passes beside it. An absent or empty value skips the mapping, and the client's copy passes.

use crate::{
    call::Call,
    integration::{
        Failure,
        outgoing::{self, Outgoing},
    },
    mapping::Source,
    observer::MappingOutcome,
};

/// One mapping into the integration request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RestParameter {
    pub(crate) target: Target,
    pub(crate) source: Source,
}

/// A place in the integration request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Header(String),
    Query(String),
    PathVariable(String),
}

impl Target {
    /// Reads `integration.request.header.X` and its like.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let place = text.strip_prefix("integration.request.").and_then(|rest| rest.split_once('.'));
        match place.filter(|(_, name)| !name.is_empty()) {
            Some(("header", name)) if http::HeaderName::from_bytes(name.as_bytes()).is_ok() => {
                Ok(Self::Header(name.to_owned()))
            }
            Some(("querystring", name)) => Ok(Self::Query(name.to_owned())),
            Some(("path", name)) => Ok(Self::PathVariable(name.to_owned())),
            _ => Err(format!("`{text}` is no place; write integration.request.{{header,querystring,path}}.NAME")),
        }
    }
}

/// Applies the mappings in the document's order.
///
/// # Errors
/// [`Failure::Configuration`] for a header that API Gateway answers 500 to.
pub(crate) fn apply(mappings: &[RestParameter], call: &mut Call<'_>, outgoing: &mut Outgoing) -> Result<(), Failure> {
    for RestParameter { target, source } in mappings {
        let value = source.resolve(call);
        match target {
            Target::Header(name) => set_header(name, value, call, outgoing)?,
            Target::Query(name) => {
                if let Some(value) = value {
                    outgoing.set_query(name, &value);
                }
            }
            Target::PathVariable(name) => {
                let value = value.unwrap_or_default();
                let sent = if let Source::PathVariable(_) = source { value } else { outgoing::encoded(&value) };
                outgoing.path_variables.push((name.clone(), sent));
            }
        }
    }
    Ok(())
}

fn set_header(name: &str, value: Option<String>, call: &mut Call<'_>, outgoing: &mut Outgoing) -> Result<(), Failure> {
    let is_one_of = |names: &[&str]| names.iter().any(|other| other.eq_ignore_ascii_case(name));
    if is_one_of(&REFUSED) {
        return Err(Failure::Configuration(format!("a mapping of {name} makes API Gateway answer 500")));
    }
    let outcome = match value {
        _ if is_one_of(&NEVER_SENT) => {
            outgoing.headers.retain(|spelled| spelled != name);
            MappingOutcome::Removed
        }
        None => MappingOutcome::Skipped,
        Some(value) => {
            outgoing.headers.retain(|spelled| spelled != name);
            outgoing.headers.push(name, value);
            MappingOutcome::Sent
        }
    };
    outgoing::note(call, name, outcome);
    Ok(())
}

const REFUSED: [&str; 2] = ["Content-Length", "Transfer-Encoding"];
const NEVER_SENT: [&str; 4] = ["Expect", "TE", "Via", "Proxy-Authenticate"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{call::tests::with_call, headers::Headers};

    fn mapped(sent: &[(&str, &str)], target: &str, source: &str) -> Result<Headers, Failure> {
        let target = Target::parse(target).unwrap();
        let mapping = RestParameter { target, source: Source::rest(source).unwrap() };
        let headers = sent.iter().copied().collect();
        let mut outgoing = Outgoing { headers, ..Outgoing::default() };
        let mut applied = Ok(());
        with_call(|call| applied = apply(&[mapping], call, &mut outgoing));
        applied.map(|()| outgoing.headers)
    }

    #[test]
    fn z9_a_value_replaces_every_copy_of_its_own_spelling_and_no_other() {
        let sent = [("X-User", "a"), ("x-user", "b"), ("X_User", "c"), ("X-User", "d")];
        let headers = mapped(&sent, "integration.request.header.X-User", "'real'").unwrap();
        assert_eq!(headers, Headers::from_iter([("x-user", "b"), ("X_User", "c"), ("X-User", "real")]));
    }

    #[test]
    fn z9_an_absent_or_empty_value_lets_the_clients_copy_pass() {
        for source in ["context.authorizer.none", "''"] {
            let headers = mapped(&[("X-User", "admin")], "integration.request.header.X-User", source).unwrap();
            assert_eq!(headers, Headers::from_iter([("X-User", "admin")]));
        }
    }

    #[test]
    fn mapping_a_framing_header_is_500_per_request() {
        for name in ["Content-Length", "transfer-encoding"] {
            let applied = mapped(&[], &format!("integration.request.header.{name}"), "'1'");
            assert!(matches!(applied, Err(Failure::Configuration(_))), "{name}");
        }
    }

    #[test]
    fn some_headers_never_arrive() {
        for name in ["Expect", "TE", "Via", "Proxy-Authenticate"] {
            let headers = mapped(&[], &format!("integration.request.header.{name}"), "'1'").unwrap();
            assert_eq!(headers, Headers::default(), "{name}");
        }
    }
}
