//! What people see: the authorization endpoint (RFC 6749 section 3.1), login, consent and account. Nothing is written for
//! anybody who has not logged in: an authorization request travels in the query, and is judged anew at each step.

mod account;
mod account_examination;
mod authorization;
mod cookie;
mod error_page;
mod examination;
mod listed;
mod login;
mod look;
mod page;
mod password;
mod pushed;

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method};
use pages::Theme;

pub use self::{
    account_examination::{AccountExamination, LetIn},
    examination::Examination,
};
use self::{
    cookie::SessionCookie,
    look::Look,
    page::{Answer, Stop, keep_to_tls},
};
use super::{
    Done,
    form::posted_form,
    served::{Seen, Served, name_request},
    server::Server,
};
use crate::{
    env::World,
    model::HttpUri,
    protocol::{ErrorCode, Form, OAuthError, Parameters, Request, Response, Secret},
    store::Writer,
};

/// The pages and what they need, once per process.
pub struct AuthorizeEndpoint {
    server: Server,
    cookie: SessionCookie,
    look: Look,
}

/// What a browser brings along.
struct Visit {
    /// Whether it wants to know what a page would be, and nothing to happen (HEAD, RFC 9110 section 9.2.1).
    only_looks: bool,
    /// Its cookie: that of a session, or one that stands for nothing yet.
    cookie: Option<Secret>,
    /// The authorization request on its way.
    parameters: Parameters,
    /// Whether the browser says that a page of this very server has sent it.
    is_of_own_page: bool,
}

impl AuthorizeEndpoint {
    /// The pages of an issuer.
    pub fn new(store: Writer, world: World, issuer: HttpUri) -> Self {
        let cookie = SessionCookie::of(&issuer);
        Self { server: Server::new(store, world, issuer), cookie, look: Look::default() }
    }

    /// Serves a request, whatever its path.
    pub async fn serve(&self, request: &Request) -> Served {
        let mut seen = Seen::default();
        let (mut response, result) = match request.path.as_str() {
            pushed::PATH => self.pushed(request, &mut seen).await,
            _ => self.shown(request, &mut seen).await,
        };
        name_request(&mut response, request);
        Served { response, client: seen.client, grant_type: seen.grant_type, result }
    }

    /// What a browser gets.
    async fn shown(&self, request: &Request, seen: &mut Seen) -> (Response, Result<Done, OAuthError>) {
        let (mut response, result) = match self.page(request, seen).await {
            Ok(Answer { response, done }) => (response, Ok(done)),
            Err(Stop { response: Some(response), error }) => (*response, Err(error)),
            Err(Stop { response: None, error }) => (self.error_page(&error, request).await, Err(error)),
        };
        if self.server.issuer.url().scheme() == "https" {
            keep_to_tls(&mut response);
        }
        if request.method == Method::HEAD {
            response.body.clear();
        }
        (response, result)
    }

    /// Whether there is anything at a path.
    pub fn serves(path: &str) -> bool {
        path == pushed::PATH || allowed(path).is_some()
    }

    async fn page(&self, request: &Request, seen: &mut Seen) -> Result<Answer, Stop> {
        let path = request.path.as_str();
        let methods = allowed(path).ok_or_else(|| ErrorCode::NotFound.because("there is no page at this path"))?;
        let method = if request.method == Method::HEAD { &Method::GET } else { &request.method };
        if !methods.contains(method) {
            return Err(ErrorCode::MethodNotAllowed.because("this page is not served for this method").into());
        }
        let visit = self.visit(request)?;
        match (path, method) {
            (LOGIN, &Method::GET) => self.login_page(&visit, seen).await,
            (LOGIN, _) => self.log_in(&visit, request, seen).await,
            (CONSENT, &Method::GET) => self.consent_page(&visit, seen).await,
            (CONSENT, _) => self.consent(&visit, request, seen).await,
            (ACCOUNT, &Method::GET) => self.account_page(&visit).await,
            (ACCOUNT, _) => self.take_back(&visit, request).await,
            (PASSWORD, &Method::GET) => self.password_page(&visit).await,
            (PASSWORD, _) => self.change_password(&visit, request).await,
            (LOGOUT, &Method::GET) => self.logout_page(&visit).await,
            (LOGOUT, _) => self.log_out(&visit, request).await,
            _ => self.authorize(&visit, seen).await,
        }
    }

    fn visit(&self, request: &Request) -> Result<Visit, OAuthError> {
        let parameters = Parameters::parse(request.query.as_deref().unwrap_or_default())?;
        let parameters = match request.path.as_str() {
            AXWAY => parameters.with_spaces_for_commas().for_several_services()?,
            AUTHORIZE => parameters.for_one_service(),
            _ => parameters,
        };
        Ok(Visit {
            only_looks: request.method == Method::HEAD,
            cookie: self.cookie.of_request(request),
            parameters,
            is_of_own_page: request.header(SEC_FETCH_SITE) == Some("same-origin"),
        })
    }

    /// The form of a page of ours, sent from the browser that the page was made for.
    fn form(&self, visit: &Visit, request: &Request) -> Result<Form, OAuthError> {
        let form = posted_form(request)?;
        cookie::refuse_foreign(visit.cookie.as_ref(), &form)?;
        Ok(form)
    }

    async fn theme(&self) -> Arc<Theme> {
        self.look.theme(self.server.store.reader()).await
    }

    /// Path and query of a page, as browsers reach it.
    fn href(&self, path: &str, parameters: &Parameters) -> String {
        let base = self.server.issuer.url().path().trim_end_matches('/');
        let query = parameters.to_query();
        if query.is_empty() { format!("{base}{path}") } else { format!("{base}{path}?{query}") }
    }
}

impl Visit {
    /// Whether an authorization request is on its way, and not just somebody who wants to see the account.
    fn carries_request(&self) -> bool {
        ["client_id", "request_uri"].into_iter().any(|name| self.parameters.all(name).next().is_some())
    }
}

/// The methods of a page.
fn allowed(path: &str) -> Option<&'static [Method]> {
    match path {
        AUTHORIZE | AXWAY => Some(&[Method::GET, Method::HEAD]),
        LOGIN | CONSENT | ACCOUNT | PASSWORD | LOGOUT => Some(&[Method::GET, Method::HEAD, Method::POST]),
        _ => None,
    }
}

/// The value of `Allow` for a page that a request was refused at for its method.
fn allow_header(request: &Request) -> Option<HeaderValue> {
    let methods = allowed(&request.path)?.iter().filter(|method| **method != request.method);
    HeaderValue::from_str(&methods.map(Method::as_str).collect::<Vec<_>>().join(", ")).ok()
}

/// Fetch Metadata, which pages cannot set: whether a site calls itself.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const AUTHORIZE: &str = "/oauth2/authorize";
/// The authorization endpoint by the path of Axway API Gateway, where a request may be for several services.
const AXWAY: &str = "/api/oauth/authorize";
const LOGIN: &str = "/oauth2/login";
const CONSENT: &str = "/oauth2/consent";
const ACCOUNT: &str = "/oauth2/account";
const PASSWORD: &str = "/oauth2/account/password";
const LOGOUT: &str = "/oauth2/logout";
