//! `redirect_uris`: where a client may have its users sent (RFC 6749 section 3.1.2, RFC 8252 section 7).

use url::{Host, Url};

use super::{decode::Field, report::quoted};
use crate::model::{AbsoluteUri, HttpUri};

/// Reads one redirect URI.
pub(super) fn read(field: &Field<'_>) -> Option<String> {
    let uri = field.parsed(EXPECTED, |text| if is_fit(text) { Ok(text.to_owned()) } else { Err(()) })?;
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
    let Some((scheme, _)) = text.split_once(':') else { return false };
    match scheme.to_ascii_lowercase().as_str() {
        "https" => HttpUri::parse(text).is_ok(),
        "http" => HttpUri::parse(text).is_ok_and(|uri| is_loopback(uri.url())),
        private => private.contains('.') && AbsoluteUri::parse(text).is_ok(),
    }
}

const EXPECTED: &str = "an https URI without fragment, http only for 127.0.0.1, [::1] and localhost, or a private-use scheme \
                        such as com.example.app:/callback";
