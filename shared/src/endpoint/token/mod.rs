//! The token endpoint (RFC 6749 section 3.2): parse, authenticate, decide, commit, answer.

mod axway;
mod issuing;
mod mediator;

use http::Method;

use super::{
    cors,
    form::posted_form,
    served::{Done, Given, Seen, Served, name_request},
    server::Server,
};
use crate::{
    client_auth::Dialect,
    env::World,
    grant::{ClientCredentials, GrantFlow, Issued, Password, Redemption, Refresh},
    model::{HttpUri, TokenPaths},
    protocol::{ErrorCode, Form, GrantType, OAuthError, Request, Response, TokenResponse},
    store::Writer,
};

/// The token endpoint and what it needs, once per process.
pub struct TokenEndpoint {
    server: Server,
    paths: TokenPaths,
}

/// A token and the answer that carries it.
#[derive(Debug)]
struct Granted {
    answer: TokenResponse,
    issued: Issued,
}

/// The answer, and what it says.
type Answered = (Response, Result<Granted, OAuthError>);

impl TokenEndpoint {
    /// The endpoint of an issuer.
    pub fn new(store: Writer, world: World, issuer: HttpUri) -> Self {
        Self { server: Server::new(store, world, issuer), paths: TokenPaths::default() }
    }

    /// Serves the endpoint at these paths too.
    #[must_use]
    pub fn also_at(self, paths: TokenPaths) -> Self {
        Self { paths, ..self }
    }

    /// Serves a request, whatever its path: `/oauth2/token` and its other names, Axway's, and the Mediator's two.
    pub async fn serve(&self, request: &Request) -> Served {
        let mut seen = Seen::default();
        let is_open = [PATH, axway::PATH].contains(&request.path.as_str()) || self.paths.contains(&request.path);
        if is_open && request.method == Method::OPTIONS {
            return Served::shown(cors::preflight("POST"));
        }
        let (mut response, result) = match request.path.as_str() {
            axway::PATH => self.axway(request, &mut seen).await,
            _ if is_open => in_json(self.rfc6749(request, &mut seen).await),
            path if mediator::PATHS.contains(&path) => self.mediator(request, &mut seen).await,
            _ => in_json(Err(ErrorCode::NotFound.because("there is no endpoint at this path"))),
        };
        if result.is_err() {
            name_request(&mut response, request);
        }
        if is_open {
            cors::open(&mut response);
        }
        let result =
            result.map(|Granted { answer, issued }| Done::Issued(Given { issued, expires_in: answer.expires_in }));
        Served { response, client: seen.client, grant_type: seen.grant_type, result }
    }

    async fn rfc6749(&self, request: &Request, seen: &mut Seen) -> Result<Granted, OAuthError> {
        self.by_grant_type(request, &mut posted_form(request)?, (Dialect::Rfc6749, seen)).await
    }

    /// Every grant type is a flow of its own.
    async fn by_grant_type(
        &self,
        request: &Request,
        form: &mut Form,
        (dialect, seen): (Dialect, &mut Seen),
    ) -> Result<Granted, OAuthError> {
        let grant_type =
            form.get("grant_type").ok_or_else(|| ErrorCode::InvalidRequest.because("grant_type is missing"))?;
        let grant_type = GrantType::parse(grant_type).ok_or_else(unsupported)?;
        seen.grant_type = Some(grant_type);
        match grant_type {
            GrantType::ClientCredentials => self.run::<ClientCredentials>(request, form, (dialect, seen)).await,
            GrantType::AuthorizationCode => self.run::<Redemption>(request, form, (dialect, seen)).await,
            GrantType::RefreshToken => self.run::<Refresh>(request, form, (dialect, seen)).await,
            GrantType::Password => self.run::<Password>(request, form, (dialect, seen)).await,
            GrantType::Implicit
            | GrantType::JwtBearer
            | GrantType::Saml2Bearer
            | GrantType::DeviceCode
            | GrantType::TokenExchange => Err(unsupported()),
        }
    }

    async fn run<G: GrantFlow>(
        &self,
        request: &Request,
        form: &mut Form,
        (dialect, seen): (Dialect, &mut Seen),
    ) -> Result<Granted, OAuthError> {
        let caller = self.server.authenticate(request, form, (dialect, G::CLIENT), &mut seen.client).await?;
        let flow = match dialect {
            Dialect::Rfc6749 | Dialect::Mediator => G::parse(form)?,
            Dialect::Axway => G::parse(form)?.for_several_services(),
        };
        let flow = flow.remembering(&self.server.proven);
        self.issue_by(&flow, &caller, &request.source).await
    }
}

fn in_json(result: Result<Granted, OAuthError>) -> Answered {
    let response = match &result {
        Ok(granted) => Response::json(&granted.answer),
        Err(error) => error.response(Response::json(&error.body())),
    };
    (response, result)
}

fn unsupported() -> OAuthError {
    ErrorCode::UnsupportedGrantType.because("the token endpoint does not serve this grant type")
}

/// The path of RFC requests.
const PATH: &str = "/oauth2/token";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TokenPath;

    #[test]
    fn what_is_served_here_is_no_alias() {
        for own in [PATH].iter().chain(&mediator::PATHS) {
            assert!(TokenPath::parse(*own).is_err(), "{own}");
        }
    }
}
