//! Texts that others give the pages: parsed once, kept and written as text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// A text that is none of its kind. It says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidText {
    /// What would be right.
    pub expected: &'static str,
}

/// A name for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DisplayName(String);

/// A picture: an https URL, or a `data:` URL that is short enough for a page that stays under 20 KB.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Logo {
    url: String,
    source: String,
}

/// The URL of a page that may be linked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageUrl(String);

impl DisplayName {
    /// What one looks like.
    pub const EXPECTED: &str = "1 to 64 characters, none of them a control character, no blank at either end";

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Logo {
    /// What one looks like.
    pub const EXPECTED: &str =
        "an https URL, or data:image/svg+xml;base64,… (png, jpeg or webp too) of at most 8192 characters";

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// What a content security policy must allow: `data:` or an origin.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }
}

impl PageUrl {
    /// What one looks like.
    pub const EXPECTED: &str = "an https URL without user information (http only for 127.0.0.1, [::1] and localhost)";

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its host, with the port where that is not the usual one.
    pub(crate) fn host(&self) -> &str {
        let (_, rest) = self.0.split_once("://").unwrap_or_default();
        rest.split(['/', '?', '#']).next().unwrap_or_default()
    }
}

impl FromStr for DisplayName {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=64).contains(&text.chars().count()) && text.trim() == text;
        let is_name = fits && !text.chars().any(char::is_control);
        is_name.then(|| Self(text.to_owned())).ok_or(InvalidText { expected: Self::EXPECTED })
    }
}

impl FromStr for Logo {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if is_picture(text) {
            return Ok(Self { url: text.to_owned(), source: "data:".to_owned() });
        }
        let url = safe_url(text).ok_or(InvalidText { expected: Self::EXPECTED })?;
        Ok(Self { url: url.as_str().to_owned(), source: url.origin().ascii_serialization() })
    }
}

impl FromStr for PageUrl {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = safe_url(text).ok_or(InvalidText { expected: Self::EXPECTED })?;
        Ok(Self(url.as_str().to_owned()))
    }
}

/// Text in, text out, for what is kept in a file or a table.
macro_rules! as_text {
    ($($name:ty),+) => {$(
        impl TryFrom<String> for $name {
            type Error = InvalidText;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }
    )+};
}

as_text!(DisplayName, Logo, PageUrl);

impl fmt::Display for InvalidText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for InvalidText {}

/// A picture in the URL itself, in base64, which needs no escaping anywhere.
fn is_picture(text: &str) -> bool {
    let Some(data) = PICTURES.iter().find_map(|kind| text.strip_prefix(kind)) else { return false };
    let digits = data.trim_end_matches('=');
    let is_base64 = digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    text.len() <= LONGEST_PICTURE && !digits.is_empty() && is_base64
}

/// A URL that a page may name without harm: no script, no credentials, no plain http over a network.
fn safe_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    // A host may have `;` and `,`, which would end its directive in a content security policy.
    let plain = url.host_str()?.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte));
    let loopback = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let protected = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    let credentials = !url.username().is_empty() || url.password().is_some();
    (plain && protected && !credentials).then_some(url)
}

const LONGEST_PICTURE: usize = 8192;
const PICTURES: [&str; 4] =
    ["data:image/svg+xml;base64,", "data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_an_https_url_or_a_small_picture() {
        let logo: Logo = "https://cdn.example.com/a.svg?v=2".parse().unwrap();
        assert_eq!((logo.as_str(), logo.source()), ("https://cdn.example.com/a.svg?v=2", "https://cdn.example.com"));
        let logo: Logo = "data:image/png;base64,iVBORw0KGgo=".parse().unwrap();
        assert_eq!(logo.source(), "data:");
        for wrong in [
            "logo.png",
            "http://example.com/a.png",
            "javascript:alert(1)",
            "https://user:word@example.com/a.png",
            "https://cdn.example;script-src.example/a.png",
            "data:text/html;base64,AAAA",
            "data:image/svg+xml,<svg onload=alert(1)>",
            "data:image/png;base64,",
            "data:image/png;base64,A\" onerror=\"x",
            &format!("data:image/png;base64,{}", "A".repeat(8192)),
        ] {
            assert_eq!(wrong.parse::<Logo>(), Err(InvalidText { expected: Logo::EXPECTED }), "{wrong}");
        }
    }

    #[test]
    fn a_page_is_known_by_its_host_whatever_else_its_url_says() {
        for (url, host) in [
            ("https://Shop.example?a=https://b/", "shop.example"),
            ("https://shop.example:8443/@b.example", "shop.example:8443"),
            ("https://münchen.example#x", "xn--mnchen-3ya.example"),
            ("http://[::1]:80/", "[::1]"),
        ] {
            assert_eq!(url.parse::<PageUrl>().unwrap().host(), host);
        }
    }

    #[test]
    fn a_page_stands_at_an_https_url_or_on_this_machine() {
        for right in ["https://example.com/terms", "http://127.0.0.1:4000/terms", "http://localhost/", "http://[::1]/"]
        {
            assert!(right.parse::<PageUrl>().is_ok(), "{right}");
        }
        for wrong in ["", "/terms", "http://example.com/", "data:text/html,x", "JaVaScRiPt:alert(1)", "https://"] {
            assert!(wrong.parse::<PageUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_name_has_characters_that_people_see() {
        assert!("Müller & Söhne".parse::<DisplayName>().is_ok());
        for wrong in ["", " x", "a\nb", &"x".repeat(65)] {
            assert!(wrong.parse::<DisplayName>().is_err(), "{wrong:?}");
        }
    }
}
