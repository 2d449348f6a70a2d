//! What a function would decide about a request. The function itself decides, over a store that it cannot write, so
//! nothing is issued and no guess is counted.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};
use shared::{
    endpoint::{AccountExamination, AuthorizeEndpoint, Examination, StatusEndpoint, TokenEndpoint, TokenExamination},
    lambda::{AuthorizeFunction, Journal, Line, Log, TokenFunction, TokenStatusFunction},
    model::{HttpUri, TokenPaths},
    protocol::{Moment, Request, Response},
    store::Writer,
};

use super::{super::Failure, examination::Surroundings};

/// What a function has besides the store.
pub(super) struct Endpoint {
    /// The issuer.
    pub(super) issuer: HttpUri,
    /// Other paths of the token endpoint.
    pub(super) paths: TokenPaths,
    /// Which address of `X-Forwarded-For` counts.
    pub(super) trusted_proxy_hops: usize,
}

/// A decision that has no effect.
pub(super) struct Rehearsal {
    /// Its line of the log.
    pub(super) line: Map<String, Value>,
    /// The answer.
    pub(super) answer: Response,
    /// What it stands on.
    pub(super) examined: Examined,
}

/// What a decision stands on, besides the client.
pub(super) enum Examined {
    /// Nothing.
    Nothing,
    /// An authorization request and its owner.
    Authorization(Box<Examination>),
    /// A login.
    Account(AccountExamination),
    /// The token that a request is about.
    Token(Box<TokenExamination>),
}

impl Rehearsal {
    /// That of the token function.
    pub(super) async fn of_token(request: &Request, with: Surroundings, endpoint: Endpoint) -> Result<Self, Failure> {
        let Endpoint { issuer, paths, trusted_proxy_hops } = endpoint;
        let told = Arc::new(Told::default());
        let log = Log::new("token", with.world.clone(), Arc::clone(&told) as Arc<dyn Journal>);
        let endpoint = TokenEndpoint::new(Writer::rehearsing(with.reader), with.world, issuer).also_at(paths);
        let function = TokenFunction { endpoint, trusted_proxy_hops, log };
        let answer = function.serve(request, None).await;
        Ok(Self { line: told.line()?, answer, examined: Examined::Nothing })
    }

    /// That of the function `token-status`, and the facts before.
    pub(super) async fn of_status(request: &Request, with: Surroundings, endpoint: Endpoint) -> Result<Self, Failure> {
        let told = Arc::new(Told::default());
        let log = Log::new("token-status", with.world.clone(), Arc::clone(&told) as Arc<dyn Journal>);
        let status = StatusEndpoint::new(Writer::rehearsing(with.reader), with.world, endpoint.issuer);
        let function = TokenStatusFunction { endpoint: status, trusted_proxy_hops: endpoint.trusted_proxy_hops, log };
        // A token that cannot be read is for the verdict to tell.
        let examination = function.endpoint.examine(request).await.unwrap_or_default();
        let answer = function.serve(request, None).await;
        let examined = examination.map_or(Examined::Nothing, |token| Examined::Token(Box::new(token)));
        Ok(Self { line: told.line()?, answer, examined })
    }

    /// That of the function `authorize`, and the facts before.
    pub(super) async fn of_authorize(
        request: &Request,
        with: Surroundings,
        endpoint: Endpoint,
    ) -> Result<Self, Failure> {
        let told = Arc::new(Told::default());
        let log = Log::new("authorize", with.world.clone(), Arc::clone(&told) as Arc<dyn Journal>);
        let pages = AuthorizeEndpoint::new(Writer::rehearsing(with.reader), with.world, endpoint.issuer);
        let function = AuthorizeFunction { endpoint: pages, trusted_proxy_hops: endpoint.trusted_proxy_hops, log };
        // A query that cannot be read is for the verdict to tell.
        let authorization = function.endpoint.examine(request).await.unwrap_or_default();
        let account = function.endpoint.examine_account(request).await.unwrap_or_default();
        let authorization = authorization.map(|examination| Examined::Authorization(Box::new(examination)));
        let examined = authorization.or(account.map(Examined::Account)).unwrap_or(Examined::Nothing);
        let answer = function.serve(request, None).await;
        Ok(Self { line: told.line()?, answer, examined })
    }
}

/// Keeps the last decision line.
#[derive(Default)]
struct Told(Mutex<Vec<u8>>);

impl Told {
    fn line(&self) -> Result<Map<String, Value>, Failure> {
        Ok(serde_json::from_slice(&self.0.lock().unwrap_or_else(PoisonError::into_inner))?)
    }
}

impl Journal for Told {
    fn decided(&self, function: &str, now: Moment, line: &Line<'_>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = line.json(function, now);
    }
}
