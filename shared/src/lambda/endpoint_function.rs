//! An endpoint as a function: made once from the environment, called for each event, by Lambda and by the local gateway
//! alike.

use lambda_http::{Adapter, RequestExt};
use lambda_runtime::{Error, LambdaEvent, Service, service_fn};
use serde::Serialize;
use tokio::time::Instant;

use super::{
    functions::before_the_first_event,
    line::Effort,
    log::Log,
    proxy::{self, ProxyEvent},
    settings::{Settings, function_name},
};
use crate::{
    endpoint::{AuthorizeEndpoint, Examination, Served, StatusEndpoint, TokenEndpoint},
    env::World,
    model::{HttpUri, TokenPaths},
    protocol::{OAuthError, Request},
    store::{Table, Tally, Writer, tallied},
};

/// What a function serves.
pub trait Endpoint: Send + Sized + Sync {
    /// The table that a request asks first.
    const FIRST: Table;

    /// The endpoint of an issuer. `paths`: other names of the token endpoint.
    fn new(store: Writer, world: World, issuer: HttpUri, paths: TokenPaths) -> Self;

    /// Serves a request.
    fn serve(&self, request: &Request) -> impl Future<Output = Served> + Send;
}

impl Endpoint for TokenEndpoint {
    const FIRST: Table = Table::Clients;

    fn new(store: Writer, world: World, issuer: HttpUri, paths: TokenPaths) -> Self {
        Self::new(store, world, issuer).also_at(paths)
    }

    async fn serve(&self, request: &Request) -> Served {
        self.serve(request).await
    }
}

impl Endpoint for StatusEndpoint {
    const FIRST: Table = Table::Tokens;

    fn new(store: Writer, world: World, issuer: HttpUri, _paths: TokenPaths) -> Self {
        Self::new(store, world, issuer)
    }

    async fn serve(&self, request: &Request) -> Served {
        self.serve(request).await
    }
}

impl Endpoint for AuthorizeEndpoint {
    const FIRST: Table = Table::Clients;

    fn new(store: Writer, world: World, issuer: HttpUri, _paths: TokenPaths) -> Self {
        Self::new(store, world, issuer)
    }

    async fn serve(&self, request: &Request) -> Served {
        self.serve(request).await
    }
}

/// The token endpoint as a function.
pub type TokenFunction = EndpointFunction<TokenEndpoint>;

/// The endpoints that tell what tokens are worth, as a function.
pub type TokenStatusFunction = EndpointFunction<StatusEndpoint>;

/// The pages as a function.
pub type AuthorizeFunction = EndpointFunction<AuthorizeEndpoint>;

/// An endpoint as a function.
pub struct EndpointFunction<E> {
    /// The endpoint.
    pub endpoint: E,
    /// Which address of `X-Forwarded-For`, counted from the right, is the caller's; 0 = the platform's address counts.
    pub trusted_proxy_hops: usize,
    /// Is told of every answer.
    pub log: Log,
}

impl<E: Endpoint> EndpointFunction<E> {
    /// Reads the environment and opens the connection to DynamoDB.
    ///
    /// # Errors
    /// A setting that is missing or wrong.
    pub async fn start() -> Result<Self, Error> {
        let settings = Settings::from_environment()?;
        let log = Log::of_process(function_name()?, settings.world.clone());
        let issuer = settings.issuer.ok_or(NO_ISSUER)?;
        before_the_first_event(settings.reader.open(E::FIRST)).await;
        let endpoint = E::new(Writer::new(settings.reader), settings.world, issuer, settings.paths);
        Ok(Self { endpoint, trusted_proxy_hops: settings.trusted_proxy_hops, log })
    }

    /// Answers one event.
    ///
    /// # Errors
    /// None: every failure is an answer.
    pub async fn answer(&self, event: LambdaEvent<ProxyEvent>) -> Result<impl Serialize + use<E>, Error> {
        let mut adapter = Adapter::from(service_fn(|request| self.serve(request)));
        adapter.call(LambdaEvent::new(event.payload.into(), event.context)).await
    }

    /// Serves the request of an event.
    ///
    /// # Errors
    /// None: every failure is an answer.
    pub async fn serve(&self, event: lambda_http::Request) -> Result<lambda_http::Response<lambda_http::Body>, Error> {
        let exchange = Exchange::begin(event, self.trusted_proxy_hops);
        let (served, store) = tallied(self.endpoint.serve(&exchange.request)).await;
        Ok(exchange.end(served, store, &self.log))
    }
}

impl AuthorizeFunction {
    /// What the decision about the request of an event would stand on; `None` where it is none about an authorization.
    ///
    /// # Errors
    /// [`OAuthError`] for a query that cannot be read, and when the store does not answer.
    pub async fn examine(&self, event: lambda_http::Request) -> Result<Option<Examination>, OAuthError> {
        self.endpoint.examine(&proxy::request(event, self.trusted_proxy_hops)).await
    }
}

/// A proxy event on its way to an answer and a line of the log.
struct Exchange {
    started: Instant,
    xray_trace_id: Option<String>,
    request: Request,
}

impl Exchange {
    fn begin(event: lambda_http::Request, trusted_proxy_hops: usize) -> Self {
        let started = Instant::now();
        let xray_trace_id = event.lambda_context_ref().and_then(|context| context.xray_trace_id.clone());
        Self { started, xray_trace_id, request: proxy::request(event, trusted_proxy_hops) }
    }

    fn end(self, served: Served, store: Tally, log: &Log) -> lambda_http::Response<lambda_http::Body> {
        let effort = Effort { took: self.started.elapsed(), store };
        log.served(&self.request, &served, self.xray_trace_id.as_deref(), effort);
        proxy::response(served.response)
    }
}

const NO_ISSUER: &str = "the environment variable ISSUER: expected the issuer's URL";
