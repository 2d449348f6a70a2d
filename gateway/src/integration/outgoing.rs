//! The integration request while parameter mappings work on it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    call::Call,
    headers::Headers,
    observer::{MappedHeader, MappingOutcome},
};

/// What will be sent to the backend, apart from address and body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outgoing {
    pub(crate) headers: Headers,
    /// Instead of the path of the address.
    pub(crate) path: Option<String>,
    /// The query as it is sent, without `?`.
    pub(crate) query: String,
    /// Values for the variables of the address, percent-encoded.
    pub(crate) path_variables: Vec<(String, String)>,
}

impl Outgoing {
    /// Sends `value` as the only parameter of that name.
    pub(crate) fn set_query(&mut self, name: &str, value: &str) {
        self.remove_query(name);
        self.add_query(name, value);
    }

    /// Sends `value` after the other parameters of that name.
    pub(crate) fn add_query(&mut self, name: &str, value: &str) {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.extend([&encoded(name), "=", &encoded(value)]);
    }

    /// Sends no parameter of that name.
    pub(crate) fn remove_query(&mut self, name: &str) {
        let decoded = |pair: &str| form_urlencoded::parse(pair.as_bytes()).next().map(|(key, _)| key.into_owned());
        let others = self.query.split('&').filter(|pair| !pair.is_empty() && decoded(pair).as_deref() != Some(name));
        self.query = others.collect::<Vec<_>>().join("&");
    }

    pub(crate) fn path_variable(&self, name: &str) -> Option<&str> {
        self.path_variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Tells the observer what became of a mapped header.
pub(crate) fn note(call: &mut Call<'_>, name: &str, outcome: MappingOutcome) {
    call.exchange.mapped.push(MappedHeader { name: name.to_owned(), outcome });
}

/// A text as it stands in a path or a query.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// All but the unreserved characters of RFC 3986 §2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_parameter_replaces_every_copy_of_the_clients() {
        let mut outgoing = Outgoing { query: "a=1&us%65r=x&user=y&b".into(), ..Outgoing::default() };
        outgoing.set_query("user", "ada & co");
        assert_eq!(outgoing.query, "a=1&b&user=ada%20%26%20co");
    }
}
