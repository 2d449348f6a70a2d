//! URIs that keep the text they were written as.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Why a text is no URI of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidUri {
    /// What would be right.
    pub expected: &'static str,
}

impl fmt::Display for InvalidUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for InvalidUri {}

/// An absolute URI without fragment (RFC 8707 section 2: what a `resource` is), compared as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AbsoluteUri(String);

impl AbsoluteUri {
    /// Parses the URI.
    ///
    /// # Errors
    /// [`InvalidUri`] when it is relative, has a fragment, or characters that would break out of a quoted text.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidUri> {
        let text = text.into();
        let expected = InvalidUri { expected: "an absolute URI without fragment" };
        let url = Url::parse(&text).map_err(|_| expected.clone())?;
        let plain = text.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '\\' && c != '\'');
        if url.fragment().is_none() && plain { Ok(Self(text)) } else { Err(expected) }
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AbsoluteUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AbsoluteUri {
    type Error = InvalidUri;

    fn try_from(text: String) -> Result<Self, InvalidUri> {
        Self::parse(text)
    }
}

impl From<AbsoluteUri> for String {
    fn from(uri: AbsoluteUri) -> String {
        uri.0
    }
}

/// An `http` or `https` URI with a host, without user information and without fragment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpUri {
    text: String,
    url: Url,
}

impl HttpUri {
    /// Parses the URI.
    ///
    /// # Errors
    /// [`InvalidUri`] for another scheme, a missing host, user information or a fragment.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidUri> {
        let text = text.into();
        let expected =
            InvalidUri { expected: "an http or https URL with a host, without user information and fragment" };
        let url = Url::parse(&text).map_err(|_| expected.clone())?;
        let plain = text.chars().all(|c| c.is_ascii_graphic() && c != '"' && c != '\\' && c != '\'');
        let anonymous = url.username().is_empty() && url.password().is_none();
        let http = matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty());
        if plain && anonymous && http && url.fragment().is_none() { Ok(Self { text, url }) } else { Err(expected) }
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether its host is the machine itself.
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The address of a path below it, whether it ends with a slash or not.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.text.trim_end_matches('/'))
    }

    /// The parsed URL.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for HttpUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for HttpUri {
    type Error = InvalidUri;

    fn try_from(text: String) -> Result<Self, InvalidUri> {
        Self::parse(text)
    }
}

impl From<HttpUri> for String {
    fn from(uri: HttpUri) -> String {
        uri.text
    }
}

/// A text as others may see it: of a URL without user information and query, which may hold secrets.
pub fn uri_without_credentials(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let (location, query) = rest.split_once('?').map_or((rest, ""), |(location, _)| (location, "?…"));
    let authority = location.find(['/', '#']).unwrap_or(location.len());
    match location[..authority].rfind('@') {
        Some(at) => format!("{scheme}://[redacted]{}{query}", &location[at..]),
        None => format!("{scheme}://{location}{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m11_a_resource_is_absolute_and_has_no_fragment() {
        assert!(AbsoluteUri::parse("urn:tollgate:service:abc").is_ok());
        for bad in ["/orders", "https://a/b#c", "https://a/\"", ""] {
            assert!(AbsoluteUri::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_loopback_host_is_known_by_name_and_address() {
        let is_loopback = |text| HttpUri::parse(text).unwrap().is_loopback();
        assert!(
            ["http://localhost:1", "http://a.localhost", "http://127.9.9.9", "http://[::1]/"].map(is_loopback)
                == [true; 4]
        );
        assert!(["http://localhost.example", "http://10.0.0.1", "http://[::2]/"].map(is_loopback) == [false; 3]);
    }

    #[test]
    fn a_path_follows_with_one_slash_between() {
        for issuer in ["https://a.example/tenant", "https://a.example/tenant/"] {
            assert_eq!(HttpUri::parse(issuer).unwrap().at("/oauth2/par"), "https://a.example/tenant/oauth2/par");
        }
    }

    #[test]
    fn an_http_uri_has_a_host_and_no_user() {
        assert!(HttpUri::parse("https://a.example:9001/fr?x=1").is_ok());
        for bad in ["ftp://a/", "https://u:p@a/", "https://", "https:// a/", "http://a/#b"] {
            assert!(HttpUri::parse(bad).is_err(), "{bad}");
        }
    }
}
