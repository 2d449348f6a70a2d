//! Where a call goes: the server's address, taken from a URL once, and the proxy on the way to it.

use std::{error::Error, fmt, net::Ipv6Addr};

use http::{
    HeaderValue, Uri,
    uri::{Authority, PathAndQuery},
};
use rustls::pki_types::ServerName;
use url::{Host, Position, Url};

/// A URL this client can call: `http` or `https`, a host, and no user name or password.
#[derive(Clone)]
pub struct ProviderUri {
    pub(super) origin: Origin,
    pub(super) host_field: HeaderValue,
    absolute: Uri,
    path: PathAndQuery,
}

/// Scheme, host and port of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) scheme: Scheme,
    pub(super) address: Authority,
}

/// How an origin is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// In clear text.
    Http,
    /// Over TLS, with a certificate for this name or address.
    Https(ServerName<'static>),
}

/// An HTTP proxy, reached in clear text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    pub(super) address: Authority,
}

/// Why a URL or a proxy cannot be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidAddress {
    /// The URL's scheme is neither `http` nor `https`.
    Scheme(String),
    /// The URL holds a user name or a password.
    Userinfo,
    /// The host is missing or no host name.
    Host(String),
    /// The port is 0.
    Port,
    /// The path or the query holds something no HTTP request line can.
    Path,
}

impl ProviderUri {
    /// The host, without port.
    pub fn host(&self) -> &str {
        self.origin.address.host()
    }

    /// What the request line names: the path, or the whole URL for a proxy that forwards clear text.
    pub(super) fn request_target(&self, through: Option<&Proxy>) -> Uri {
        match (&self.origin.scheme, through) {
            (Scheme::Http, Some(_)) => self.absolute.clone(),
            _ => Uri::from(self.path.clone()),
        }
    }
}

impl Origin {
    /// The origin of a URI such as `https://dynamodb.eu-west-1.amazonaws.com/`.
    pub(super) fn of(uri: &Uri) -> Result<Self, InvalidAddress> {
        let host = uri.host().unwrap_or_default();
        let bad_host = || InvalidAddress::Host(host.to_owned());
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https(ServerName::try_from(bare.to_owned()).map_err(|_| bad_host())?),
            other => return Err(InvalidAddress::Scheme(other.unwrap_or_default().to_owned())),
        };
        let port = uri.port_u16().unwrap_or(scheme.default_port());
        Ok(Self { address: format!("{host}:{port}").parse().map_err(|_| bad_host())?, scheme })
    }

    /// The field `Host`, which names no port that the scheme implies.
    pub(super) fn host_field(&self) -> HeaderValue {
        let is_implied = self.address.port_u16() == Some(self.scheme.default_port());
        let text = if is_implied { self.address.host() } else { self.address.as_str() };
        HeaderValue::from_str(text).expect("an authority is visible ASCII")
    }
}

impl Scheme {
    fn default_port(&self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https(_) => 443,
        }
    }
}

impl TryFrom<&Url> for ProviderUri {
    type Error = InvalidAddress;

    fn try_from(url: &Url) -> Result<Self, InvalidAddress> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidAddress::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidAddress::Userinfo);
        }
        let host = url.host().ok_or_else(|| InvalidAddress::Host(String::new()))?;
        let port = url.port_or_known_default().ok_or(InvalidAddress::Port)?;
        let bad_host = || InvalidAddress::Host(host.to_string());
        let scheme = if url.scheme() == "https" {
            Scheme::Https(server_name(&host).ok_or_else(bad_host)?)
        } else {
            Scheme::Http
        };
        let origin = Origin { scheme, address: address(&host, port)? };
        let host_field =
            HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort]).map_err(|_| bad_host())?;
        let absolute: Uri = url[..Position::AfterQuery].parse().map_err(|_| InvalidAddress::Path)?;
        let path = absolute.path_and_query().cloned().ok_or(InvalidAddress::Path)?;
        Ok(Self { origin, host_field, absolute, path })
    }
}

impl fmt::Display for ProviderUri {
    /// Without the query, which may hold an API key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.origin.scheme {
            Scheme::Http => "http",
            Scheme::Https(_) => "https",
        };
        write!(f, "{scheme}://{}{}", self.origin.address, self.path.path())
    }
}

impl fmt::Debug for ProviderUri {
    /// Without the query, which may hold an API key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderUri").field("origin", &self.origin).field("path", &self.path.path()).finish()
    }
}

impl Proxy {
    /// A proxy at a host name, an IPv4 or an IPv6 address (with or without brackets).
    pub fn new(host: &str, port: u16) -> Result<Self, InvalidAddress> {
        let host = match host.parse::<Ipv6Addr>() {
            Ok(literal) => Host::Ipv6(literal),
            Err(_) => Host::parse(host).map_err(|_| InvalidAddress::Host(host.to_owned()))?,
        };
        Ok(Self { address: address(&host, port)? })
    }
}

impl fmt::Display for InvalidAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme(found) => write!(f, "the scheme is {found:?}; it must be http or https"),
            Self::Userinfo => f.write_str("the URL holds a user name or password; it must hold none"),
            Self::Host(found) => write!(f, "{found:?} is no host name or IP address"),
            Self::Port => f.write_str("the port is 0; it must be 1 to 65535"),
            Self::Path => f.write_str("the path or query holds a character that no request line can"),
        }
    }
}

impl Error for InvalidAddress {}

fn address<S: AsRef<str> + fmt::Display>(host: &Host<S>, port: u16) -> Result<Authority, InvalidAddress> {
    if port == 0 {
        return Err(InvalidAddress::Port);
    }
    format!("{host}:{port}").parse().map_err(|_| InvalidAddress::Host(host.to_string()))
}

fn server_name(host: &Host<&str>) -> Option<ServerName<'static>> {
    match host {
        Host::Domain(name) => ServerName::try_from((*name).to_owned()).ok(),
        Host::Ipv4(literal) => Some(ServerName::from(std::net::IpAddr::V4(*literal))),
        Host::Ipv6(literal) => Some(ServerName::from(std::net::IpAddr::V6(*literal))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn provider(text: &str) -> Result<ProviderUri, InvalidAddress> {
        ProviderUri::try_from(&Url::parse(text).unwrap())
    }

    fn refusal(text: &str) -> InvalidAddress {
        provider(text).expect_err("not to be called")
    }

    #[test]
    fn takes_the_default_port_of_the_scheme() {
        assert_eq!(provider("https://idp.example/userinfo").unwrap().origin.address, "idp.example:443");
        assert_eq!(provider("http://idp.example/userinfo").unwrap().origin.address, "idp.example:80");
    }

    #[test]
    fn names_a_port_in_host_only_when_it_is_not_the_default() {
        assert_eq!(provider("https://idp.example:443/").unwrap().host_field, "idp.example");
        assert_eq!(provider("https://idp.example:9001/").unwrap().host_field, "idp.example:9001");
        assert_eq!(provider("http://[2001:db8::1]:9001/").unwrap().host_field, "[2001:db8::1]:9001");
    }

    #[test]
    fn keeps_path_and_query_and_drops_the_fragment() {
        let uri = provider("https://idp.example/a%2fb/c?api_key=k&x=%20#top").unwrap();
        assert_eq!(uri.request_target(None), "/a%2fb/c?api_key=k&x=%20");
    }

    #[test]
    fn names_the_whole_url_to_a_proxy_of_clear_text_only() {
        let proxy = Proxy::new("squid.example", 3128).unwrap();
        let clear = provider("http://idp.example:9001/u?x=1#top").unwrap();
        let secret = provider("https://idp.example:9001/u?x=1").unwrap();
        assert_eq!(clear.request_target(Some(&proxy)), "http://idp.example:9001/u?x=1");
        assert_eq!(secret.request_target(Some(&proxy)), "/u?x=1");
    }

    #[test]
    fn refuses_userinfo_other_schemes_and_port_0() {
        assert_eq!(refusal("https://user@idp.example/"), InvalidAddress::Userinfo);
        assert_eq!(refusal("https://:secret@idp.example/"), InvalidAddress::Userinfo);
        assert_eq!(refusal("ftp://idp.example/"), InvalidAddress::Scheme("ftp".into()));
        assert_eq!(refusal("file:///etc/passwd"), InvalidAddress::Scheme("file".into()));
        assert_eq!(refusal("http://idp.example:0/"), InvalidAddress::Port);
    }

    #[test]
    fn refuses_an_https_host_that_no_certificate_can_name() {
        assert!(matches!(refusal("https://a..b/"), InvalidAddress::Host(_)));
    }

    #[test]
    fn never_prints_the_query_or_a_password() {
        let printed = format!("{:?}", provider("https://idp.example/u?api_key=k3y").unwrap());
        assert!(printed.contains("/u") && !printed.contains("k3y"), "{printed}");
        assert!(!refusal("https://user:s3cret@idp.example/").to_string().contains("s3cret"));
    }

    #[test]
    fn takes_a_proxy_by_name_or_literal() {
        assert_eq!(Proxy::new("squid.example", 3128).unwrap().address, "squid.example:3128");
        assert_eq!(Proxy::new("10.0.0.7", 3128).unwrap().address, "10.0.0.7:3128");
        assert_eq!(Proxy::new("2001:db8::1", 3128).unwrap().address, "[2001:db8::1]:3128");
        assert_eq!(Proxy::new("[2001:db8::1]", 3128).unwrap().address, "[2001:db8::1]:3128");
    }

    #[test]
    fn refuses_a_proxy_without_a_host_or_with_more_than_one() {
        for host in ["", "squid.example:3128", "user@squid.example", "a b", "http://squid.example"] {
            assert_eq!(Proxy::new(host, 3128), Err(InvalidAddress::Host(host.into())), "{host}");
        }
        assert_eq!(Proxy::new("squid.example", 0), Err(InvalidAddress::Port));
    }

    proptest! {
        #[test]
        fn a_url_is_refused_or_has_a_request_line_without_blanks(text in "https?://[a-z0-9.{}\\[\\]:@-]{1,12}/\\PC{0,20}") {
            if let Ok(uri) = Url::parse(&text).map_err(drop).and_then(|url| ProviderUri::try_from(&url).map_err(drop)) {
                let line = uri.request_target(None).to_string();
                prop_assert!(line.starts_with('/') && !line.contains(|c: char| c.is_whitespace() || c.is_control()));
            }
        }

        #[test]
        fn a_proxy_is_refused_or_has_the_given_port(host in "\\PC{0,20}", port: u16) {
            if let Ok(proxy) = Proxy::new(&host, port) {
                prop_assert_eq!(proxy.address.port_u16(), Some(port));
            }
        }
    }
}
