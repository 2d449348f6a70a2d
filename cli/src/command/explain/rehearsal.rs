//! What a function would decide about a request. The function itself decides, over a store that it cannot write, so
//! nothing is issued and no guess is counted.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};
use shared::{
    endpoint::{AuthorizeEndpoint, Examination, TokenEndpoint},
    lambda::{AuthorizeFunction, Journal, Line, Log, TokenFunction},
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
    /// What a decision about an authorization stands on.
    pub(super) examination: Option<Examination>,
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
        Ok(Self { line: told.line()?, answer, examination: None })
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
        let examination = function.endpoint.examine(request).await.unwrap_or_default();
        let answer = function.serve(request, None).await;
        Ok(Self { line: told.line()?, answer, examination })
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
