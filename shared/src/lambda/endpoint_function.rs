//! An endpoint as a function: made once from the environment, called for each event, by Lambda and by the local gateway
//! alike.

use lambda_runtime::{Error, LambdaEvent};
use tokio::time::Instant;

use super::{
    init::before_the_first_event,
    line::Effort,
    log::Log,
    proxy::{ProxyAnswer, ProxyEvent},
    settings::{Settings, function_name},
};
use crate::{
    endpoint::{AuthorizeEndpoint, Served, StatusEndpoint, TokenEndpoint},
    env::World,
    model::{HttpUri, TokenPaths},
    protocol::{Request, Response},
    store::{Table, Writer, tallied},
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
    pub async fn answer(&self, event: LambdaEvent<ProxyEvent>) -> Result<ProxyAnswer, Error> {
        let LambdaEvent { payload, context } = event;
        let format = payload.format();
        let request = payload.request(self.trusted_proxy_hops);
        let response = self.serve(&request, context.xray_trace_id.as_deref()).await;
        Ok(ProxyAnswer::new(response, format))
    }

    /// Serves a request, and tells the log of it.
    pub async fn serve(&self, request: &Request, xray_trace_id: Option<&str>) -> Response {
        let started = Instant::now();
        let (served, store) = tallied(self.endpoint.serve(request)).await;
        let effort = Effort { took: started.elapsed(), store };
        self.log.served(request, &served, xray_trace_id, effort);
        served.response
    }
}

const NO_ISSUER: &str = "the environment variable ISSUER: expected the issuer's URL";
