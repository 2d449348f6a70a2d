//! Identifiers: which service, which client, which application, on whose behalf.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is no identifier of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    /// What would be right.
    pub expected: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for InvalidId {}

/// Defines an identifier: a text that a rule admits.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $rule:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// What such an identifier looks like, for messages.
            pub const EXPECTED: &'static str = $expected;

            /// Parses the identifier.
            ///
            /// # Errors
            /// [`InvalidId`] when the text is not one.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                let rule: fn(&str) -> bool = $rule;
                if rule(&text) { Ok(Self(text)) } else { Err(InvalidId { expected: Self::EXPECTED }) }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

identifier!(
    /// Key of a service definition ("service id" in the old console).
    Spkey,
    "1 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'",
    |text| (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
);
identifier!(
    /// Name of a service. It is also a scope, so it is a scope-token (RFC 6749 section 3.3), and it stands unescaped
    /// in challenges and generated documents.
    ServiceName,
    "1 to 64 characters of A-Z, a-z, 0-9, '.', '_', '-' and ':'",
    |text| (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-:".contains(c))
);
identifier!(
    /// `client_id` (RFC 6749 section 2.2 and appendix A.1).
    ClientId,
    "1 to 256 printable ASCII characters",
    |text| (1..=256).contains(&text.len()) && text.chars().all(|c| matches!(c, ' '..='~'))
);
identifier!(
    /// Name of an application, which owns clients and API keys.
    ApplicationName,
    "1 to 128 characters, no control characters",
    |text| (1..=128).contains(&text.len()) && !text.chars().any(char::is_control)
);
identifier!(
    /// `sub`: the resource owner's name, or the client's id when it acts for itself (RFC 7662 section 2.2).
    Subject,
    "1 to 256 characters, no control characters",
    |text| (1..=256).contains(&text.len()) && !text.chars().any(char::is_control)
);

impl From<&ClientId> for Subject {
    fn from(client: &ClientId) -> Self {
        Self(client.as_str().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_spkey_has_1_to_64_characters_of_its_alphabet() {
        for good in ["942yzkggypg5dq6c4ucfv3ed", "A.b_c-9", &"a".repeat(64)] {
            assert!(Spkey::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "é", "a/b", &"a".repeat(65)] {
            assert!(Spkey::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_service_name_cannot_break_out_of_a_challenge() {
        for bad in ["a\"b", "a\\b", "a b", "a\r\nb", "$x"] {
            assert!(ServiceName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_identifier_read_back_is_parsed_again() {
        assert!(serde_json::from_str::<Spkey>("\"a b\"").is_err());
    }
}
