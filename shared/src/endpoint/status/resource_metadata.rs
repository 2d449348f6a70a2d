//! Protected resource metadata (RFC 9728): where a client gets tokens for a service.

use serde::Serialize;

use super::{Answered, DOCUMENT_MAX_AGE, StatusEndpoint};
use crate::{
    endpoint::served::Done,
    protocol::{ErrorCode, OAuthError, Response, Spkey},
};

impl StatusEndpoint {
    pub(super) async fn resource_metadata(&self, spkey: &str) -> Answered {
        let spkey = Spkey::parse(spkey).map_err(|_| unknown())?;
        let service = self.server.store.reader().service(&spkey).await?.ok_or_else(unknown)?;
        let resource = service.advertised_resource().filter(|_| service.enabled).ok_or_else(unknown)?;
        let document = Metadata {
            resource: resource.as_str(),
            authorization_servers: [self.server.issuer.as_str()],
            scopes_supported: service.oauth.scopes.iter().map(|scope| scope.name.as_str()).collect(),
            bearer_methods_supported: ["header"],
            resource_name: service.name.as_str(),
        };
        Ok((Response::document(&document, DOCUMENT_MAX_AGE), Done::Shown))
    }
}

/// Members without values are left out (RFC 9728 section 3.2).
#[derive(Debug, Serialize)]
struct Metadata<'a> {
    resource: &'a str,
    authorization_servers: [&'a str; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<&'a str>,
    bearer_methods_supported: [&'a str; 1],
    resource_name: &'a str,
}

fn unknown() -> OAuthError {
    ErrorCode::NotFound.because(
        "there is no metadata here: the path ends with the spkey of a service, as resource_metadata of its challenges has \
         it, and the service is switched on, takes tokens of its own, and has an http or https URL as resource",
    )
}
