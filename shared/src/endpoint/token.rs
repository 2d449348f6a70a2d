//! The token endpoint (RFC 6749 section 3.2): parse, authenticate, decide, commit, answer.

use std::time::Duration;

use http::Method;

use super::{
    mediator,
    served::{Asker, Done, Given, Served, name_request},
    server::Server,
};
use crate::{
    client_auth::{Caller, Dialect},
    env::{Env, World},
    grant::{ClientCredentials, GrantFlow, Issuance, Issued, Redemption, Refresh, Verdict},
    model::{HttpUri, TokenPaths},
    protocol::{ErrorCode, Form, GrantType, OAuthError, Request, Response, TokenResponse},
    store::{CommitError, Writer},
};

/// The token endpoint and what it needs, once per process.
pub struct TokenEndpoint {
    pub(super) server: Server,
    paths: TokenPaths,
}

/// What is known of a request before it is answered: for the log.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) client: Asker,
    pub(super) grant_type: Option<GrantType>,
}

/// A token and the answer that carries it.
#[derive(Debug)]
pub(super) struct Granted {
    pub(super) answer: TokenResponse,
    pub(super) issued: Issued,
}

/// The answer, and what it says.
pub(super) type Answered = (Response, Result<Granted, OAuthError>);

impl TokenEndpoint {
    /// The endpoint of an issuer.
    pub fn new(store: Writer, world: World, issuer: HttpUri) -> Self {
        Self { server: Server::new(store, world, issuer), paths: TokenPaths::default() }
    }

    /// The same endpoint, served at these paths too.
    #[must_use]
    pub fn also_at(self, paths: TokenPaths) -> Self {
        Self { paths, ..self }
    }

    /// Serves a request, whatever its path: `/oauth2/token` and its other names, and the Mediator's two.
    pub async fn serve(&self, request: &Request) -> Served {
        let mut seen = Seen::default();
        let (mut response, result) = match request.path.as_str() {
            path if path == PATH || self.paths.contains(path) => in_json(self.rfc6749(request, &mut seen).await),
            path if mediator::PATHS.contains(&path) => self.mediator(request, &mut seen).await,
            _ => in_json(Err(ErrorCode::NotFound.because("there is no endpoint at this path"))),
        };
        if result.is_err() {
            name_request(&mut response, request);
        }
        let result =
            result.map(|Granted { answer, issued }| Done::Issued(Given { issued, expires_in: answer.expires_in }));
        Served { response, client: seen.client, grant_type: seen.grant_type, result }
    }

    async fn rfc6749(&self, request: &Request, seen: &mut Seen) -> Result<Granted, OAuthError> {
        let mut form = posted_form(request)?;
        let grant_type =
            form.get("grant_type").ok_or_else(|| ErrorCode::InvalidRequest.because("grant_type is missing"))?;
        let grant_type = GrantType::parse(grant_type).ok_or_else(unsupported)?;
        seen.grant_type = Some(grant_type);
        match grant_type {
            GrantType::ClientCredentials => self.run::<ClientCredentials>(request, &mut form, seen).await,
            GrantType::AuthorizationCode => self.run::<Redemption>(request, &mut form, seen).await,
            GrantType::RefreshToken => self.run::<Refresh>(request, &mut form, seen).await,
            GrantType::Password
            | GrantType::Implicit
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
        seen: &mut Seen,
    ) -> Result<Granted, OAuthError> {
        let server = &self.server;
        let caller = if G::READS_CLIENT_ANEW {
            server.authenticate_anew(request, form, Dialect::Rfc6749, &mut seen.client).await?
        } else {
            server.authenticate(request, form, Dialect::Rfc6749, &mut seen.client).await?
        };
        self.give(&G::parse(form)?, &caller).await
    }

    /// Decides and commits; what another request changed meanwhile is read and decided anew.
    pub(super) async fn give<G: GrantFlow>(&self, flow: &G, caller: &Caller) -> Result<Granted, OAuthError> {
        let Server { store, world, .. } = &self.server;
        for decision in 0..DECISIONS {
            if let Some(pause) = pause(decision, &world.env()) {
                tokio::time::sleep(pause).await;
            }
            let facts = flow.load(caller, store.reader()).await?;
            let made = match flow.decide(caller, &facts, &world.env())? {
                Verdict::Issue(Issuance { changes, answer, issued }) => {
                    store.commit_all(changes).await.map(|()| Ok(Granted { answer, issued }))
                }
                Verdict::Revoke(change, error) => store.commit(change).await.map(|()| Err(error)),
                Verdict::First(change) => {
                    store.commit(change).await?;
                    continue;
                }
            };
            match made {
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
                Ok(result) => return result,
            }
        }
        Err(CommitError::Conflict.into())
    }
}

/// How long to wait before a decision. Who lost once goes on at once; who loses again waits for a random time, the
/// longer the more often, so that many who change one grant come one after the other.
fn pause(decision: u32, env: &Env<'_>) -> Option<Duration> {
    let longest = FIRST_PAUSE << decision.checked_sub(2)?.min(LONGER_PAUSES);
    let fraction = u32::from(u16::from_be_bytes(env.random()));
    Some(Duration::from_millis((longest * fraction / u32::from(u16::MAX)).into()))
}

fn in_json(result: Result<Granted, OAuthError>) -> Answered {
    let response = match &result {
        Ok(granted) => Response::json(&granted.answer),
        Err(error) => error.response(Response::json(&error.body())),
    };
    (response, result)
}

/// The form of a POST.
pub(super) fn posted_form(request: &Request) -> Result<Form, OAuthError> {
    post_only(request)?;
    if request.media_type().as_deref() != Some(FORM) {
        return Err(ErrorCode::UnsupportedMediaType.because("the body must be application/x-www-form-urlencoded"));
    }
    Ok(Form::parse(&request.body)?.without_empty())
}

/// Refuses every method but POST (RFC 6749 section 3.2).
pub(super) fn post_only(request: &Request) -> Result<(), OAuthError> {
    if request.method == Method::POST {
        return Ok(());
    }
    Err(ErrorCode::MethodNotAllowed.because("this endpoint takes POST only"))
}

fn unsupported() -> OAuthError {
    let text = "this server gives tokens by the grant types authorization_code, refresh_token and client_credentials";
    ErrorCode::UnsupportedGrantType.because(text)
}

/// The path of RFC requests.
const PATH: &str = "/oauth2/token";
/// RFC 6749 appendix B.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";
/// How often a decision is made when others change what it stands on.
const DECISIONS: u32 = 16;
/// Milliseconds that the first pause lasts at most, and how often that is doubled.
const FIRST_PAUSE: u32 = 16;
const LONGER_PAUSES: u32 = 5;

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
