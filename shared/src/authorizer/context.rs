//! What a verdict tells the gateway: flat texts, the only values that API Gateway maps to headers.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::Refusal;
use crate::model::HeaderName;

/// Texts by key.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Context(BTreeMap<String, String>);

/// Without the values of headers: one may be the token.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (key, value) in &self.0 {
            match key.starts_with(HeaderName::CONTEXT_PREFIX) {
                true => map.entry(key, &format_args!("{} bytes", value.len())),
                false => map.entry(key, value),
            };
        }
        map.finish()
    }
}

impl Context {
    /// Sets a fact.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    /// Sets a fact that may be missing.
    #[must_use]
    pub fn with_some(self, key: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Sets a header for the backend.
    #[must_use]
    pub fn with_header(self, header: &HeaderName, value: impl Into<String>) -> Self {
        self.with(&header.context_key(), value)
    }

    /// Sets the three keys that gateway responses show a refused caller.
    #[must_use]
    pub fn with_refusal(self, refusal: &Refusal) -> Self {
        self.with("tg_error", refusal.error)
            .with("tg_description", refusal.description)
            .with("tg_challenge", refusal.challenge.as_str())
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}

/// Bytes of all values for headers together: API Gateway's limit of all headers is 10,240.
pub(super) const MAX_HEADER_BYTES: usize = 4 * 1024;

/// What a caller is told whose token has more to say than headers can carry.
pub(super) const TOO_LARGE: &str = "the values for the injected headers are over 4 KiB in all";

/// What a caller is told whose token has more to say than an authorizer can answer.
pub(super) const TOO_MUCH: &str = "the token says more than fits into an authorizer's answer of 8 KB";
