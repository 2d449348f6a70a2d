//! Protected resource metadata (RFC 9728): where a client gets tokens for a service.

use http::header;
use serde::Serialize;

use super::{Answered, DOCUMENT_MAX_AGE, StatusEndpoint};
use crate::{
    endpoint::served::Done,
    model::{AbsoluteUri, Alias, HttpUri, ResourceAddress, ServiceDefinition},
    protocol::{ErrorCode, OAuthError, Request, Response, Spkey},
};

impl StatusEndpoint {
    /// `suffix`: what follows the well-known path. It is the path of a resource on this host, or the spkey of a service, as
    /// challenges have it. Where it could be both, the resource is meant whose address the client asked at: of another one
    /// it would drop the document (RFC 9728 section 3.3).
    pub(super) async fn resource_metadata(&self, suffix: &str, request: &Request) -> Answered {
        let reader = self.server.store.reader();
        let spkey = suffix.strip_prefix('/').and_then(|text| Spkey::parse(text).ok());
        let addresses = self.addresses(suffix, request);
        let aliases: Vec<_> = addresses.iter().cloned().map(Alias::Resource).collect();
        let (named, led) = reader.service_and_aliases(spkey.as_ref(), &aliases).await?;
        let addressed = reader.services(&led).await?;
        let is_meant = |service: &&ServiceDefinition| {
            advertised(service).and_then(ResourceAddress::of).is_some_and(|address| addresses.contains(&address))
        };
        let service = addressed.iter().map(|service| &**service).find(is_meant).or(named.as_deref());
        let service = service.ok_or_else(unknown)?;
        let resource = advertised(service).ok_or_else(unknown)?;
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

impl StatusEndpoint {
    /// The resources that may be meant: on the host that was asked, and on the issuer's, where something stands before it.
    fn addresses(&self, suffix: &str, request: &Request) -> Vec<ResourceAddress> {
        let path = match request.query.as_deref().unwrap_or_default() {
            "" => suffix.to_owned(),
            query => format!("{suffix}?{query}"),
        };
        let host = request.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let asked = host.and_then(|host| HttpUri::parse(format!("https://{host}")).ok());
        let hosts = asked.iter().chain([&self.server.issuer]);
        let mut addresses: Vec<_> = hosts.filter_map(|host| ResourceAddress::below(host, &path)).collect();
        addresses.dedup();
        addresses
    }
}

/// The resource of a service that is switched on.
fn advertised(service: &ServiceDefinition) -> Option<&AbsoluteUri> {
    service.advertised_resource().filter(|_| service.enabled)
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
        "there is no metadata here: the path ends with the path of a resource on this host, or with the spkey of a service \
         as resource_metadata of its challenges has it, and the service is switched on, takes tokens of its own, and has an \
         http or https URL as resource",
    )
}
