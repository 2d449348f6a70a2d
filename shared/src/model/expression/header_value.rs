//! How a value that another server chose becomes the value of a header.

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// How a text that is not plain ASCII travels in a header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeaderEncoding {
    /// Every byte of UTF-8 outside ASCII, and `%` itself, as `%XX`.
    ///
    /// `%` is always written `%25`, so that decoding always gives the text back and no two texts share a header
    /// value: a user called `%C3%B6` cannot pass for the user `ö`. Other ASCII characters stay as they are.
    #[default]
    Percent,
    /// The bytes of UTF-8 as they are (obs-text, RFC 9110 section 5.5).
    Utf8,
}

/// A control character in a value: it must not reach a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlCharacter(pub char);

impl fmt::Display for ControlCharacter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "control character U+{:04X} in a header value", u32::from(self.0))
    }
}

impl std::error::Error for ControlCharacter {}

/// The header value that stands for a text.
///
/// # Errors
/// CR, LF, NUL and every other control character, C1 controls among them; a tab is allowed.
pub fn header_value(text: &str, encoding: HeaderEncoding) -> Result<String, ControlCharacter> {
    if let Some(found) = text.chars().find(|c| c.is_control() && *c != '\t') {
        return Err(ControlCharacter(found));
    }
    Ok(match encoding {
        HeaderEncoding::Percent => utf8_percent_encode(text, ESCAPED).to_string(),
        HeaderEncoding::Utf8 => text.to_owned(),
    })
}

const ESCAPED: &AsciiSet = &CONTROLS.remove(b'\t').add(b'%');

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn z10_plain_ascii_travels_unchanged() {
        let text = "jason.borne@marketplace.se, \"a\"\t(b)";
        assert_eq!(header_value(text, HeaderEncoding::Percent).as_deref(), Ok(text));
        assert_eq!(header_value(text, HeaderEncoding::Utf8).as_deref(), Ok(text));
    }

    #[test]
    fn z10_non_ascii_is_percent_encoded_unless_the_service_says_utf8() {
        assert_eq!(header_value("Rosenlöf", HeaderEncoding::Percent).as_deref(), Ok("Rosenl%C3%B6f"));
        assert_eq!(header_value("Rosenlöf", HeaderEncoding::Utf8).as_deref(), Ok("Rosenlöf"));
    }

    #[test]
    fn z10_a_literal_escape_does_not_pass_for_the_character() {
        assert_eq!(header_value("%C3%B6", HeaderEncoding::Percent).as_deref(), Ok("%25C3%25B6"));
    }

    #[test]
    fn z10_control_characters_never_reach_a_header() {
        for found in ['\r', '\n', '\0', '\u{1b}', '\u{7f}', '\u{85}'] {
            for encoding in [HeaderEncoding::Percent, HeaderEncoding::Utf8] {
                assert_eq!(header_value(&format!("a{found}b"), encoding), Err(ControlCharacter(found)));
            }
        }
    }

    proptest! {
        #[test]
        fn z10_percent_encoding_gives_the_text_back(text in "\\PC{0,40}") {
            let value = header_value(&text, HeaderEncoding::Percent).unwrap();
            prop_assert!(value.is_ascii());
            let back = percent_encoding::percent_decode_str(&value).decode_utf8().unwrap().into_owned();
            prop_assert_eq!(back, text);
        }
    }
}
