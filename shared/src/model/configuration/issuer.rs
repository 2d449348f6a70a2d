//! `issuer`: the URL that names the server (RFC 8414 section 2).

use super::{decode::Field, redirect_uri::is_loopback};
use crate::model::HttpUri;

pub(super) fn read(field: &Field<'_>) -> Option<HttpUri> {
    field.parsed(EXPECTED, |text| HttpUri::parse(text).ok().filter(is_issuer).ok_or(()))
}

/// Issuers are compared as text, and paths are appended to them.
fn is_issuer(uri: &HttpUri) -> bool {
    let is_private = uri.url().scheme() == "https" || is_loopback(uri.url());
    is_private && uri.url().query().is_none() && !uri.as_str().ends_with('/')
}

const EXPECTED: &str =
    "an https URL without query, fragment and slash at the end (http only for 127.0.0.1, [::1] and localhost)";
