//! `redirect_uris`: where a client may have its users sent (RFC 6749 section 3.1.2, RFC 8252 section 7).

use url::{Host, Url};

use super::{decode::Field, report::quoted};
use crate::model::{AbsoluteUri, HttpUri};

/// Reads one redirect URI.
pub(super) fn read(field: &Field<'_>) -> Option<String> {
    let uri = field.parsed(EXPECTED, |text| if is_fit(text) { Ok(text.to_owned()) } else { Err(()) })?;
    if let Some(member) = member_of_answer(&uri) {
        let found = format!("{}, whose query has {member}", quoted(&uri));
        return field.refuse(&found, "a query without code, state, iss, error and error_description: answers add them");
    }
    if uri.contains('*') {
        let found = format!("{}, whose `*` stands for itself", quoted(&uri));
        field.findings.warning(&field.place, found, "each redirect URI by itself: they are compared as text");
    }
    Some(uri)
}

/// Whether a URL's host is the user's own machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        None => false,
    }
}

fn is_fit(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    match scheme.to_ascii_lowercase().as_str() {
        "https" => names_host(rest) && HttpUri::parse(text).is_ok(),
        "http" => names_host(rest) && HttpUri::parse(text).is_ok_and(|uri| is_loopback(uri.url())),
        private => private.contains('.') && AbsoluteUri::parse(text).is_ok(),
    }
}

/// Whether a host stands where RFC 3986 wants it. The URL standard finds one in `https:a.example/cb` too, but to a browser
/// at an https issuer that is a path of the issuer.
fn names_host(after_scheme: &str) -> bool {
    after_scheme.strip_prefix("//").is_some_and(|rest| !rest.starts_with('/'))
}

/// The parameter of its query that an answer would repeat, which RFC 6749 section 3.1 forbids.
fn member_of_answer(uri: &str) -> Option<&'static str> {
    let (_, query) = uri.split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find_map(|(name, _)| ANSWER.into_iter().find(|member| *member == name))
}

/// What answers have in the query (RFC 6749 sections 4.1.2 and 4.1.2.1, RFC 9207 section 2).
const ANSWER: [&str; 5] = ["code", "state", "iss", "error", "error_description"];

const EXPECTED: &str = "an https URI with a host and without fragment, http only for 127.0.0.1, [::1] and localhost, or a private-use scheme \
                        such as com.example.app:/callback";
