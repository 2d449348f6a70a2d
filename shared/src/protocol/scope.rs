//! Scopes (RFC 6749 section 3.3).

use std::{collections::HashSet, fmt};

use serde::{Deserialize, Serialize};

use super::{ErrorCode, OAuthError};

/// One word of a scope: `1*( %x21 / %x23-5B / %x5D-7E )`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ScopeToken(String);

/// Why a text is no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidScope;

impl fmt::Display for InvalidScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scope is words of printable ASCII without quotation mark and backslash, one space between them")
    }
}

impl std::error::Error for InvalidScope {}

impl From<InvalidScope> for OAuthError {
    fn from(error: InvalidScope) -> Self {
        ErrorCode::InvalidScope.because(error.to_string())
    }
}

impl ScopeToken {
    /// Parses one word.
    ///
    /// # Errors
    /// [`InvalidScope`] for an empty word or a character outside the grammar.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidScope> {
        let text = text.into();
        let allowed = |c: char| matches!(c, '!' | '#'..='[' | ']'..='~');
        if !text.is_empty() && text.chars().all(allowed) { Ok(Self(text)) } else { Err(InvalidScope) }
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ScopeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ScopeToken {
    type Error = InvalidScope;

    fn try_from(text: String) -> Result<Self, InvalidScope> {
        Self::parse(text)
    }
}

impl From<ScopeToken> for String {
    fn from(token: ScopeToken) -> String {
        token.0
    }
}

/// A set of scope words in the order they were given. Its text is the words with one space between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(Vec<ScopeToken>);

impl Scope {
    /// Bytes of the text of one service's scopes, and of a token's: items of grants stay under 4 KB and answers of
    /// authorizers under 8 KB.
    pub const MAX_BYTES: usize = 1_024;

    /// Parses a `scope` parameter or member; the empty text is the empty scope.
    ///
    /// # Errors
    /// [`InvalidScope`] for characters outside the grammar, or anything but single spaces between words.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        Ok(text.split(' ').map(ScopeToken::parse).collect::<Result<Vec<_>, _>>()?.into_iter().collect())
    }

    /// Whether a word is in it.
    pub fn contains(&self, token: &str) -> bool {
        self.0.iter().any(|t| t.0 == token)
    }

    /// Whether it has no word.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its words.
    pub fn iter(&self) -> impl Iterator<Item = &ScopeToken> {
        self.0.iter()
    }
}

impl FromIterator<ScopeToken> for Scope {
    fn from_iter<I: IntoIterator<Item = ScopeToken>>(tokens: I) -> Self {
        let mut seen = HashSet::new();
        Self(tokens.into_iter().filter(|token| seen.insert(token.clone())).collect())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, token) in self.0.iter().enumerate() {
            let space = if at > 0 { " " } else { "" };
            write!(f, "{space}{token}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Scope {
    type Error = InvalidScope;

    fn try_from(text: String) -> Result<Self, InvalidScope> {
        Self::parse(&text)
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> String {
        scope.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn t14_refuses_quotes_backslashes_control_characters_and_double_spaces() {
        for bad in ["a\"b", "a\\b", "a  b", " a", "a ", "a\tb", "é", "a\nb"] {
            assert_eq!(Scope::parse(bad), Err(InvalidScope), "{bad:?}");
        }
    }

    #[test]
    fn keeps_the_order_and_each_word_once() {
        assert_eq!(Scope::parse("b a b").unwrap().to_string(), "b a");
    }

    proptest! {
        #[test]
        fn a_scope_survives_its_text(text in "[!#-\\[\\]-~]{1,8}( [!#-\\[\\]-~]{1,8}){0,5}") {
            let scope = Scope::parse(&text).unwrap();
            prop_assert_eq!(Scope::parse(&scope.to_string()).unwrap(), scope);
        }

        #[test]
        fn takes_any_text_without_a_panic(text: String) {
            let _ = Scope::parse(&text);
        }
    }
}
