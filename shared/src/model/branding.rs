//! What makes the pages those of one organisation.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::HttpUri;
use crate::protocol::InvalidId;

/// The look of the pages. What is missing is as Tollgate's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branding {
    /// The name in the head of each page and in its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<BrandName>,
    /// The picture beside the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
    /// Its colours.
    #[serde(default, skip_serializing_if = "Colours::are_none")]
    pub colours: Colours,
    /// The terms of use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_url: Option<PageUrl>,
}

/// The colours that a brand chooses. The pages compute all others of these, so that every text can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colours {
    /// Buttons, links and what has the focus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Colour>,
    /// What lies behind the text in the light scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<Colour>,
}

impl Colours {
    /// Whether none is chosen.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Declares a text that is parsed once and kept as it was written.
macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident, $expected:literal, $is_one:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// What it looks like, for messages.
            pub const EXPECTED: &'static str = $expected;

            /// Parses the text.
            ///
            /// # Errors
            /// [`InvalidId`] for a text of another shape.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                let is_one: fn(&str) -> bool = $is_one;
                if is_one(&text) { Ok(Self(text)) } else { Err(InvalidId { expected: Self::EXPECTED }) }
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
            fn from(value: $name) -> Self {
                value.0
            }
        }
    )+};
}

texts! {
    /// A name for people.
    BrandName, "1 to 64 characters, none of them a control character", is_name;
    /// A colour of sRGB.
    Colour, "a colour such as \"#1f6feb\": # and 6 hexadecimal digits, in quotes", is_colour;
    /// A picture: an https URL, or a picture in the text itself, short enough that a page stays small.
    Logo, "an https URL, or data:image/svg+xml;base64,… (png, jpeg or webp too) of at most 8192 characters", is_logo;
    /// The address of a page that may be linked to.
    PageUrl, "an https URL without user information (http only for 127.0.0.1, [::1] and localhost)", is_page;
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control) && text.trim() == text
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_logo(text: &str) -> bool {
    let is_base64 = |data: &str| {
        let digits = data.trim_end_matches('=');
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte))
    };
    let data =
        PICTURES.iter().find_map(|kind| text.strip_prefix("data:image/")?.strip_prefix(kind)?.strip_prefix(BASE64));
    data.map_or_else(|| is_page(text), |data| text.len() <= LONGEST_PICTURE && is_base64(data))
}

fn is_page(text: &str) -> bool {
    HttpUri::parse(text).is_ok_and(|uri| uri.url().scheme() == "https" || uri.is_loopback())
}

const PICTURES: [&str; 4] = ["svg+xml", "png", "jpeg", "webp"];
const BASE64: &str = ";base64,";
const LONGEST_PICTURE: usize = 8_192;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_an_https_url_or_a_short_picture() {
        let picture = |length: usize| format!("data:image/png;base64,{}", "A".repeat(length));
        for good in ["https://example.com/a.svg", "http://localhost:3000/a.png", &picture(8_000)] {
            assert!(Logo::parse(good).is_ok(), "{good}");
        }
        let bad = [
            "logo.png",
            "http://example.com/a.png",
            "javascript:alert(1)",
            "https://user:word@example.com/a.png",
            "data:text/html;base64,AAAA",
            "data:image/svg+xml,<svg onload=alert(1)>",
            "data:image/png;base64,",
            "data:image/png;base64,A\" onerror=\"x",
            &picture(8_192),
        ];
        for bad in bad {
            assert!(Logo::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_colour_has_six_digits_and_nothing_that_could_end_a_style() {
        assert!(Colour::parse("#1F6feb").is_ok());
        for bad in ["1f6feb", "#1f6fe", "#1f6febf", "#1f6fe}", "red", "#"] {
            assert!(Colour::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_has_characters_that_people_see() {
        assert!(BrandName::parse("Müller & Söhne").is_ok());
        for bad in ["", " x", "a\nb", &"x".repeat(65)] {
            assert!(BrandName::parse(bad).is_err(), "{bad:?}");
        }
    }
}
