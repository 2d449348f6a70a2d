//! No output shows a credential of the call.

use form_urlencoded::parse;
use serde_json::{Map, Value};
use shared::protocol::{BasicCredentials, Request, Secret};

use super::super::report::plain;

/// What may stand in no output: the credentials of the call.
pub(super) struct Veil(Vec<Secret>);

impl Veil {
    /// A veil over these texts.
    pub(super) fn of(secrets: Vec<Secret>) -> Self {
        Self(secrets)
    }

    /// A veil over what a request presents: in its header, as Basic credentials, in its query, its body and its cookies.
    pub(super) fn of_request(request: &Request) -> Self {
        let body = &request.body;
        let members = serde_json::from_slice::<Map<String, Value>>(body).unwrap_or_default();
        let in_json = members.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())));
        let query = request.query.as_deref().unwrap_or_default().as_bytes();
        let parameters = parse(query).into_owned().chain(parse(body).into_owned()).chain(in_json);
        let secret = |(name, value): (String, String)| CREDENTIALS.contains(&name.as_str()).then_some(value);
        let headers = request.headers.get_all("authorization").iter().filter_map(|value| value.to_str().ok());
        let mut texts: Vec<String> = parameters.filter_map(secret).collect();
        let cookies = request.headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
        let values = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.split_once('='));
        texts.extend(values.map(|(_, value)| value.trim().to_owned()));
        for header in headers {
            texts.extend(header.split_whitespace().last().map(str::to_owned));
            let basic = BasicCredentials::parse(header).ok();
            let readings = basic.into_iter().flat_map(|basic| [basic.decoded, basic.undecoded]).flatten();
            texts.extend(readings.map(|(_, secret)| secret.expose().to_owned()));
        }
        Self(texts.into_iter().filter(|text| !text.is_empty()).map(Secret::new).collect())
    }

    /// A text that came with the call or from another server, without credentials and control characters.
    pub(super) fn over(&self, text: &str) -> String {
        let text = plain(text);
        if self.long(0).any(|secret| text == secret) {
            return HIDDEN.to_owned();
        }
        self.long(SHORTEST).fold(text, |text, secret| text.replace(secret, HIDDEN))
    }

    /// A text of this command's own words: a credential that is itself a word is left in it, for there it tells nothing.
    pub(super) fn over_words(&self, text: &str) -> String {
        self.long(LONGER_THAN_WORDS).fold(plain(text), |text, secret| text.replace(secret, HIDDEN))
    }

    fn long(&self, shortest: usize) -> impl Iterator<Item = &str> {
        self.0.iter().map(Secret::expose).filter(move |secret| secret.len() >= shortest)
    }

    /// A value that another server chose: without credentials, and cut.
    pub(super) fn over_value(&self, value: &str) -> String {
        let shown = self.over(value);
        match shown.char_indices().nth(LONGEST_VALUE) {
            Some((end, _)) => format!("{:?} and more", &shown[..end]),
            None => format!("{shown:?}"),
        }
    }
}

/// Parameters that are secrets.
const CREDENTIALS: [&str; 12] = [
    "token",
    "access_token",
    "csrf",
    "request_uri",
    "client_secret",
    "client_assertion",
    "password",
    "refresh_token",
    "code",
    "code_verifier",
    "device_code",
    "assertion",
];
const HIDDEN: &str = "[hidden]";
/// A shorter text is hidden only where it stands alone: it may be part of any word.
const SHORTEST: usize = 6;
/// No word has so many bytes, so a credential of that length can be hidden everywhere.
const LONGER_THAN_WORDS: usize = 20;
/// Characters of a value that are shown.
const LONGEST_VALUE: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    fn veil(secrets: &[&str]) -> Veil {
        Veil::of(secrets.iter().map(|secret| Secret::new((*secret).to_owned())).collect())
    }

    #[test]
    fn a_value_is_veiled_before_it_is_cut() {
        let token = "t".repeat(80);
        let shown = veil(&[&token]).over_value(&format!("x{token}"));
        assert_eq!(shown, "\"x[hidden]\"");
        assert_eq!(veil(&[]).over_value(&"é".repeat(61)), format!("\"{}\" and more", "é".repeat(60)));
    }

    #[test]
    fn a_short_credential_is_hidden_where_it_stands_alone() {
        let veil = veil(&["a"]);
        assert_eq!((veil.over("a"), veil.over("alias")), ("[hidden]".into(), "alias".into()));
    }

    #[test]
    fn a_credential_that_is_a_word_is_hidden_in_what_others_say_alone() {
        let veil = veil(&["default", "a-credential-that-is-no-word"]);
        assert_eq!(veil.over("by default"), "by [hidden]");
        assert_eq!(veil.over_words("the default counts"), "the default counts");
        assert_eq!(veil.over_words("x a-credential-that-is-no-word"), "x [hidden]");
    }
}
