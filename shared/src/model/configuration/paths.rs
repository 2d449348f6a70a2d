//! `paths`: old URLs of the token endpoint.

use super::{decode::Field, report::quoted, services::Services, unserved};
use crate::model::{TokenPath, TokenPaths};

pub(super) fn read(field: &Field<'_>, services: &Services<'_>) -> Option<TokenPaths> {
    let paths = field.pairs()?;
    Some(paths.into_iter().filter_map(|(path, endpoint)| alias(path, &endpoint, services)).collect())
}

fn alias(text: &str, endpoint: &Field<'_>, services: &Services<'_>) -> Option<TokenPath> {
    let is_token = token(endpoint);
    let Ok(path) = TokenPath::parse(text) else {
        return endpoint.refuse(&format!("the path {}", quoted(text)), TokenPath::EXPECTED);
    };
    if let Some(service) = services.serving(&path) {
        let found = format!("the path {}, which the API of the service {service} serves", quoted(text));
        return endpoint.refuse(&found, "a path that no base_path begins");
    }
    is_token.map(|()| path)
}

/// Reports every other endpoint.
fn token(endpoint: &Field<'_>) -> Option<()> {
    match endpoint.text(TokenPaths::ENDPOINT)? {
        TokenPaths::ENDPOINT => Some(()),
        later if LATER.contains(&later) => unserved::refuse(endpoint, TokenPaths::ENDPOINT),
        _ => endpoint.refuse(&endpoint.shown(), TokenPaths::ENDPOINT),
    }
}

/// Endpoints of a later version.
const LATER: [&str; 3] = ["introspect", "revoke", "tokeninfo"];
