//! Mashery's "Data to make available for pre-processing": the lines as they stand in the old console.
//!
//! Read leniently (blanks, line breaks, the loose block of `token_validation_uri`), reported strictly: all mistakes at
//! once, each with its line.

mod inject_headers;
mod json_object;
mod lines;
mod mistake;
mod piece;
mod processors;
mod proxy;
mod token_validation_uri;

pub use inject_headers::{DEFAULT_REGION, InjectedHeaders, MAX_HEADERS, MAX_REGIONS};
pub use mistake::PreInputMistake;
pub use processors::Processor;
pub use proxy::HttpProxy;
pub use token_validation_uri::TokenValidationUri;

use super::suggestion::closest;
use lines::{Entries, KEYS};
use mistake::Mistakes;
use piece::Piece;

/// A value and the line it stands in, counted from 1, so that what is found later can name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// Line in the text, from 1.
    pub line: usize,
    /// What stands there.
    pub value: T,
}

/// The pre-inputs of one endpoint: of the shared-token connector, the third-party token connector and their chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PreInputs {
    /// The definition whose tokens are accepted; an empty value is none.
    pub shared_token_spkey: Option<Located<String>>,
    /// Where a third-party token is validated.
    pub token_validation_uri: Option<TokenValidationUri>,
    /// Headers made of the provider's answer; the flat form is the group [`DEFAULT_REGION`].
    pub inject_headers: Vec<InjectedHeaders>,
    /// Whether `Authorization` is kept from the backend.
    pub block_authorization_header: Option<Located<bool>>,
    /// The proxy on the way to the provider: `http_proxy_server` and `http_proxy_port`.
    pub http_proxy: Option<HttpProxy>,
    /// Processors chained after the connector, in order.
    pub processors: Vec<Processor>,
}

impl PreInputs {
    /// Reads the lines of the console field.
    ///
    /// # Errors
    /// Every mistake in the text, in the order of its lines.
    pub fn parse(text: &str) -> Result<Self, Vec<PreInputMistake>> {
        let (read, mistakes) = Self::read(text);
        if mistakes.is_empty() { Ok(read) } else { Err(mistakes) }
    }

    /// Reads what can be read: the settings without a mistake, and every mistake in the order of the lines.
    pub fn read(text: &str) -> (Self, Vec<PreInputMistake>) {
        let mut mistakes = Mistakes::default();
        if text.len() > MAX_BYTES {
            mistakes.add(1, None, &format!("{} bytes", text.len()), format!("at most {MAX_BYTES} bytes"));
            return (Self::default(), mistakes.in_order());
        }
        let mut entries = Entries::read(text, &mut mistakes);
        let read = Self {
            shared_token_spkey: entries.take("shared_token_spkey").and_then(not_empty),
            token_validation_uri: mistakes.unless_any(|those| TokenValidationUri::read(&mut entries, those)),
            inject_headers: mistakes.unless_any(|those| inject_headers::read(&mut entries, those)),
            block_authorization_header: switch(&mut entries, "block_authorization_header", &mut mistakes),
            http_proxy: mistakes.unless_any(|those| HttpProxy::read(&mut entries, those)),
            processors: mistakes.unless_any(|those| processors::read(&mut entries, those)),
        };
        for entry in entries.rest() {
            let expected = match closest(entry.key, KEYS.iter().copied()) {
                Some(key) => format!("a key of the connectors; did you mean `{key}`?"),
                None => format!("a key of the connectors: {}", KEYS.join(", ")),
            };
            mistakes.add(entry.line, Some(entry.key), entry.key, expected);
        }
        (read, mistakes.in_order())
    }

    /// Whether a key is that of a setting which no other line is a part of.
    pub fn is_setting(key: &str) -> bool {
        lines::is_setting(key)
    }
}

fn not_empty(value: Piece) -> Option<Located<String>> {
    (!value.text.is_empty()).then(|| value.located())
}

fn switch(entries: &mut Entries, key: &'static str, mistakes: &mut Mistakes) -> Option<Located<bool>> {
    let value = entries.take(key)?;
    let found = match &*value.text.to_ascii_lowercase() {
        "true" => Some(true),
        "false" => Some(false),
        _ => mistakes.at(value, key, "`true` or `false`"),
    };
    found.map(|found| Located { line: value.line, value: found })
}

/// Far above what the console's field takes.
const MAX_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests;
