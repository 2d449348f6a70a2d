//! What the scopes of a service mean, in words for people.

use serde::{Deserialize, Serialize};

use crate::protocol::{InvalidId, ScopeToken};

/// What one scope means, as a page says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeDescription(String);

impl ScopeDescription {
    /// What one looks like, for messages.
    pub const EXPECTED: &'static str =
        "what the scope means to people: 1 to 120 characters, none of them a control character, no blank at either end";

    /// Parses a description.
    ///
    /// # Errors
    /// [`InvalidId`] for an empty one, a longer one, and one that is not one line.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let fits = (1..=120).contains(&text.chars().count()) && text.trim() == text;
        let good = fits && !text.chars().any(char::is_control);
        if good { Ok(Self(text.to_owned())) } else { Err(InvalidId { expected: Self::EXPECTED }) }
    }
}

/// Descriptions of scopes: one text with a line for each, the scope, a blank and what it means. So they are one attribute
/// of the item, and authorizers, which show no page, pass over all of them at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScopeDescriptions(String);

impl ScopeDescriptions {
    /// Bytes of the text: a service's item stays small, and so does a page that shows them all.
    pub const MAX_BYTES: usize = 8_192;

    /// What a scope means, where that is known.
    pub fn of(&self, scope: &str) -> Option<&str> {
        let lines = self.0.split_terminator('\n').filter_map(|line| line.split_once(' '));
        lines.into_iter().find_map(|(word, description)| (word == scope).then_some(description))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Bytes of the text.
    pub fn bytes(&self) -> usize {
        self.0.len()
    }
}

impl<'a> FromIterator<(&'a ScopeToken, &'a ScopeDescription)> for ScopeDescriptions {
    fn from_iter<I: IntoIterator<Item = (&'a ScopeToken, &'a ScopeDescription)>>(described: I) -> Self {
        Self(described.into_iter().map(|(scope, description)| format!("{scope} {}\n", description.0)).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{ServiceDefinition, samples::orders};

    #[test]
    fn a_description_is_one_line_in_any_language() {
        for good in ["See your orders", "Bestellungen ansehen & ändern", "注文を見る", &"é".repeat(120)] {
            assert!(ScopeDescription::parse(good).is_ok(), "{good}");
        }
        for bad in ["", " ", " x", "x ", "a\nb", "a\u{85}b", "a\tb", &"x".repeat(121)] {
            assert!(ScopeDescription::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_service_of_an_earlier_version_describes_nothing() {
        let stored = serde_json::to_value(orders()).unwrap();
        assert!(stored["oauth"].get("scope_descriptions").is_none(), "{stored}");
        let read: ServiceDefinition = serde_json::from_value(stored).unwrap();
        assert_eq!(read.oauth.scope_descriptions.of("orders.read"), None);
    }

    proptest! {
        #[test]
        fn every_description_is_found_by_its_scope_alone(
            described in prop::collection::btree_map("[!#-\\[\\]-~]{1,6}", "[^\\pC\\pZ]([^\\pC]{0,9}[^\\pC\\pZ])?", 0..6),
            other in "[!#-\\[\\]-~]{1,6}",
        ) {
            let parsed: Vec<_> = described
                .iter()
                .map(|(scope, text)| (ScopeToken::parse(scope).unwrap(), ScopeDescription::parse(text).unwrap()))
                .collect();
            let descriptions: ScopeDescriptions = parsed.iter().map(|(scope, text)| (scope, text)).collect();
            for (scope, text) in &described {
                prop_assert_eq!(descriptions.of(scope), Some(text.as_str()));
            }
            prop_assert_eq!(descriptions.of(&other), described.get(&other).map(String::as_str));
        }
    }
}
