//! What makes the pages those of one organisation.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

use crate::colour::Colour;

/// Whose pages these are. The default is Tollgate's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branding {
    /// The name in the head of each page and in its title.
    pub name: String,
    /// The picture beside the name; without one, the first letter of the name.
    pub logo: Option<Logo>,
    /// The colours of buttons, links and ground.
    pub colours: Colours,
    /// The terms of use, linked at the foot of each page.
    pub terms_url: Option<TermsUrl>,
}

/// The colours that a brand may choose. The others are computed, so that every text can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colours {
    /// Buttons, links and what has the focus.
    pub brand: Colour,
    /// What lies behind the card, in the light scheme.
    pub background: Colour,
}

/// A picture: an https URL, or a `data:` URL of at most 8 KiB, so that a page stays under 20 KB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    url: String,
    source: String,
}

/// An https URL that a page may link to; http on a loopback address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsUrl(String);

/// Why a member of a branding is refused. The text says what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrandingError {
    /// Not a colour.
    Colour,
    /// Not an address of a page or a picture.
    Url,
    /// A `data:` URL that is no picture.
    Picture,
    /// A `data:` URL that is too long.
    PictureTooLong,
}

impl Logo {
    /// What `src` says.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What a content security policy must allow: `data:` or an origin.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    fn of_data(url: &str) -> Result<Self, BrandingError> {
        let picture = PICTURES.iter().find_map(|kind| url.strip_prefix(kind)).ok_or(BrandingError::Picture)?;
        if url.len() > LONGEST_PICTURE {
            return Err(BrandingError::PictureTooLong);
        }
        if picture.is_empty() || !picture.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)) {
            return Err(BrandingError::Picture);
        }
        Ok(Self { url: url.to_owned(), source: "data:".to_owned() })
    }
}

impl TermsUrl {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Branding {
    fn default() -> Self {
        Self { name: "Tollgate".to_owned(), logo: None, colours: Colours::default(), terms_url: None }
    }
}

impl Default for Colours {
    fn default() -> Self {
        Self { brand: Colour::of(0x0f_5e_63), background: Colour::of(0xf1_f4_f5) }
    }
}

impl FromStr for Logo {
    type Err = BrandingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("data:") {
            return Self::of_data(text);
        }
        let url = safe_url(text)?;
        Ok(Self { url: url.as_str().to_owned(), source: url.origin().ascii_serialization() })
    }
}

impl FromStr for TermsUrl {
    type Err = BrandingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        safe_url(text).map(|url| Self(url.as_str().to_owned()))
    }
}

impl fmt::Display for BrandingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Colour => "a colour is `#` and 3 or 6 hexadecimal digits, such as #1f6feb",
            Self::Url => "this must be an https URL without credentials, such as https://example.com/terms",
            Self::Picture => "a data URL must be data:image/svg+xml;base64,… (or png, jpeg, webp)",
            Self::PictureTooLong => "a data URL may have 8192 characters; put a larger picture at an https URL",
        })
    }
}

impl std::error::Error for BrandingError {}

/// A URL that a page may name without harm: no script, no credentials, no plain http over a network.
fn safe_url(text: &str) -> Result<Url, BrandingError> {
    let url = Url::parse(text).map_err(|_| BrandingError::Url)?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let protected = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    let credentials = !url.username().is_empty() || url.password().is_some();
    if protected && !credentials { Ok(url) } else { Err(BrandingError::Url) }
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
        assert_eq!((logo.url(), logo.source()), ("https://cdn.example.com/a.svg?v=2", "https://cdn.example.com"));
        let logo: Logo = "data:image/png;base64,iVBORw0KGgo=".parse().unwrap();
        assert_eq!(logo.source(), "data:");
        let long = format!("data:image/png;base64,{}", "A".repeat(8192));
        for (wrong, error) in [
            ("logo.png", BrandingError::Url),
            ("http://example.com/a.png", BrandingError::Url),
            ("javascript:alert(1)", BrandingError::Url),
            ("https://user:word@example.com/a.png", BrandingError::Url),
            ("data:text/html;base64,AAAA", BrandingError::Picture),
            ("data:image/svg+xml,<svg onload=alert(1)>", BrandingError::Picture),
            ("data:image/png;base64,A\" onerror=\"x", BrandingError::Picture),
            (long.as_str(), BrandingError::PictureTooLong),
        ] {
            assert_eq!(wrong.parse::<Logo>(), Err(error), "{wrong}");
        }
    }

    #[test]
    fn terms_stand_at_an_https_url_or_on_this_machine() {
        for right in ["https://example.com/terms", "http://127.0.0.1:4000/terms", "http://localhost/", "http://[::1]/"]
        {
            assert!(right.parse::<TermsUrl>().is_ok(), "{right}");
        }
        for wrong in ["", "/terms", "http://example.com/", "data:text/html,x", "JaVaScRiPt:alert(1)", "https://"] {
            assert_eq!(wrong.parse::<TermsUrl>(), Err(BrandingError::Url), "{wrong}");
        }
    }
}
