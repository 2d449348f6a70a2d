//! What becomes of tokens once they are given: introspection, revocation, token information; and the documents by which
//! clients find the server.

mod asked;
mod examination;
mod introspect;
mod metadata;
mod presented;
mod resource_metadata;
mod revoke;
mod token_info;
mod unshown;

use http::Method;

pub use self::{
    examination::{Standing, TokenExamination},
    unshown::Unshown,
};

use super::{
    cors,
    served::{Asker, Done, Served, name_request},
    server::Server,
};
use crate::{
    client_auth::Dialect,
    env::World,
    model::{HttpUri, RESOURCE_METADATA_PATH},
    protocol::{ErrorCode, OAuthError, Request, Response},
    store::Writer,
};

/// The endpoints and what they need, once per process.
pub struct StatusEndpoint {
    server: Server,
}

/// An answer, and what it says.
type Answered = Result<(Response, Done), OAuthError>;

/// What is served at a path.
#[derive(Clone, Copy)]
enum Resource<'a> {
    Introspection,
    Revocation(Dialect),
    TokenInformation,
    /// What follows the well-known path.
    Metadata(&'a str),
    /// The metadata of a service: what follows the well-known path.
    OfService(&'a str),
}

impl StatusEndpoint {
    /// Whether something of this endpoint lies at a path.
    pub fn serves(path: &str) -> bool {
        Resource::at(path).is_some()
    }

    /// The endpoints of an issuer.
    pub fn new(store: Writer, world: World, issuer: HttpUri) -> Self {
        Self { server: Server::new(store, world, issuer) }
    }

    /// Serves a request, whatever its path.
    pub async fn serve(&self, request: &Request) -> Served {
        let mut client = Asker::default();
        let resource = Resource::at(&request.path);
        let answered = match resource {
            Some(resource) if resource.allows(&request.method) => self.answer(resource, request, &mut client).await,
            Some(resource) if resource.is_open() && request.method == Method::OPTIONS => {
                Ok((cors::preflight(resource.methods()), Done::Shown))
            }
            Some(resource) => {
                let text = "this endpoint does not take the method";
                Err(ErrorCode::MethodNotAllowed.because(text).allowing(resource.methods()))
            }
            None => Err(ErrorCode::NotFound.because("there is no endpoint at this path")),
        };
        let (mut response, result) = match answered {
            Ok((response, done)) => (response, Ok(done)),
            Err(error) => (error.response(Response::json(&error.body())), Err(error)),
        };
        if request.method == Method::HEAD {
            response.body.clear();
        }
        if response.status.as_u16() >= 400 {
            name_request(&mut response, request);
        }
        if resource.is_some_and(Resource::is_open) {
            cors::open(&mut response);
        }
        Served { response, client, grant_type: None, result }
    }

    async fn answer(&self, resource: Resource<'_>, request: &Request, asker: &mut Asker) -> Answered {
        match resource {
            Resource::Introspection => self.introspect(request, asker).await,
            Resource::Revocation(dialect) => self.revoke(request, dialect, asker).await,
            Resource::TokenInformation => self.token_info(request).await,
            Resource::Metadata(suffix) => self.metadata(suffix).await,
            Resource::OfService(suffix) => self.resource_metadata(suffix, request).await,
        }
    }
}

impl<'a> Resource<'a> {
    /// What lies at a path.
    fn at(path: &'a str) -> Option<Self> {
        if let Some(suffix) = path.strip_prefix(METADATA) {
            return Some(Self::Metadata(suffix)).filter(|_| suffix.is_empty() || suffix.starts_with('/'));
        }
        if let Some(suffix) = path.strip_prefix(RESOURCE_METADATA_PATH) {
            return Some(Self::OfService(suffix)).filter(|_| suffix.is_empty() || suffix.starts_with('/'));
        }
        Some(match path {
            "/oauth2/introspect" => Self::Introspection,
            "/oauth2/revoke" => Self::Revocation(Dialect::Rfc6749),
            "/api/oauth/revoke" => Self::Revocation(Dialect::Axway),
            "/oauth2/tokeninfo" | "/api/oauth/tokeninfo" => Self::TokenInformation,
            _ => return None,
        })
    }

    fn methods(self) -> &'static str {
        match self {
            Self::Introspection | Self::Revocation(_) => "POST",
            Self::TokenInformation => "GET, POST",
            Self::Metadata(_) | Self::OfService(_) => "GET, HEAD",
        }
    }

    fn allows(self, method: &Method) -> bool {
        self.methods().split(", ").any(|allowed| allowed == method.as_str())
    }

    /// Whether pages of any origin may use it.
    fn is_open(self) -> bool {
        matches!(self, Self::Revocation(_) | Self::Metadata(_) | Self::OfService(_))
    }
}

/// RFC 8414 section 3.
const METADATA: &str = "/.well-known/oauth-authorization-server";
/// Seconds that a cache may keep a document.
const DOCUMENT_MAX_AGE: u32 = 300;
