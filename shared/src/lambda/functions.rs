//! The functions: made once from the environment, called for each event, by Lambda and by the local gateway alike.

use std::time::Duration;

use lambda_http::{Adapter, RequestExt};
use lambda_runtime::{Error, LambdaEvent, Service, service_fn};
use serde::Serialize;
use tokio::time::{Instant, timeout};

use super::{
    answer::{Answer, AuthorizerError, render},
    event::{self, Event},
    line::Effort,
    log::Log,
    proxy::{self, ProxyEvent},
    settings::{Settings, function_name},
};
use crate::{
    authorizer::{Call, IntrospectionAuthorizer, SharedTokenAuthorizer},
    endpoint::{AuthorizeEndpoint, Examination, Served, StatusEndpoint, TokenEndpoint},
    env::World,
    protocol::{OAuthError, Request},
    store::{DataKeys, Reader, Table, Tally, Writer, tallied},
};

/// The token endpoint as a function.
pub struct TokenFunction {
    /// The endpoint.
    pub endpoint: TokenEndpoint,
    /// Which address of `X-Forwarded-For`, counted from the right, is the caller's; 0 = the platform's address counts.
    pub trusted_proxy_hops: usize,
    /// Is told of every answer.
    pub log: Log,
}

impl TokenFunction {
    /// Reads the environment and opens the connection to DynamoDB.
    ///
    /// # Errors
    /// A setting that is missing or wrong.
    pub async fn start() -> Result<Self, Error> {
        let settings = Settings::from_environment()?;
        let log = Log::of_process(function_name()?, settings.world.clone());
        let issuer = settings.issuer.ok_or(NO_ISSUER)?;
        before_the_first_event(settings.reader.open(Table::Clients)).await;
        let endpoint = TokenEndpoint::new(Writer::new(settings.reader), settings.world, issuer).also_at(settings.paths);
        Ok(Self { endpoint, trusted_proxy_hops: settings.trusted_proxy_hops, log })
    }

    /// Answers one event.
    ///
    /// # Errors
    /// None: every failure is an answer.
    pub async fn answer(&self, event: LambdaEvent<ProxyEvent>) -> Result<impl Serialize + use<>, Error> {
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

/// The endpoints that tell what tokens are worth, as a function.
pub struct TokenStatusFunction {
    /// The endpoints.
    pub endpoint: StatusEndpoint,
    /// Which address of `X-Forwarded-For`, counted from the right, is the caller's; 0 = the platform's address counts.
    pub trusted_proxy_hops: usize,
    /// Is told of every answer.
    pub log: Log,
}

impl TokenStatusFunction {
    /// Reads the environment and opens the connection to DynamoDB.
    ///
    /// # Errors
    /// A setting that is missing or wrong.
    pub async fn start() -> Result<Self, Error> {
        let settings = Settings::from_environment()?;
        let log = Log::of_process(function_name()?, settings.world.clone());
        let issuer = settings.issuer.ok_or(NO_ISSUER)?;
        before_the_first_event(settings.reader.open(Table::Tokens)).await;
        let endpoint = StatusEndpoint::new(Writer::new(settings.reader), settings.world, issuer);
        Ok(Self { endpoint, trusted_proxy_hops: settings.trusted_proxy_hops, log })
    }

    /// Answers one event.
    ///
    /// # Errors
    /// None: every failure is an answer.
    pub async fn answer(&self, event: LambdaEvent<ProxyEvent>) -> Result<impl Serialize + use<>, Error> {
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

/// The pages as a function.
pub struct AuthorizeFunction {
    /// The pages.
    pub endpoint: AuthorizeEndpoint,
    /// Which address of `X-Forwarded-For`, counted from the right, is the caller's; 0 = the platform's address counts.
    pub trusted_proxy_hops: usize,
    /// Is told of every answer.
    pub log: Log,
}

impl AuthorizeFunction {
    /// Reads the environment, and the branding, which opens the connection to DynamoDB.
    ///
    /// # Errors
    /// A setting that is missing or wrong.
    pub async fn start() -> Result<Self, Error> {
        let settings = Settings::from_environment()?;
        let log = Log::of_process(function_name()?, settings.world.clone());
        let issuer = settings.issuer.ok_or(NO_ISSUER)?;
        before_the_first_event(async { drop(settings.reader.server().await) }).await;
        let endpoint = AuthorizeEndpoint::new(Writer::new(settings.reader), settings.world, issuer);
        Ok(Self { endpoint, trusted_proxy_hops: settings.trusted_proxy_hops, log })
    }

    /// Answers one event.
    ///
    /// # Errors
    /// None: every failure is an answer.
    pub async fn answer(&self, event: LambdaEvent<ProxyEvent>) -> Result<impl Serialize + use<>, Error> {
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

/// The shared-token authorizer as a function.
pub struct SharedTokenFunction {
    /// The authorizer.
    pub authorizer: SharedTokenAuthorizer,
    /// What it decides on.
    pub reader: Reader,
    /// Time and randomness.
    pub world: World,
    /// Whether HTTP APIs (2.0) get `isAuthorized` instead of a policy.
    pub simple_responses: bool,
    /// Is told of every verdict.
    pub log: Log,
}

impl SharedTokenFunction {
    /// Reads the environment, opens the connection to DynamoDB and reads the definitions of `SPKEY`.
    ///
    /// # Errors
    /// A setting that is missing or wrong.
    pub async fn start() -> Result<Self, Error> {
        let Settings { reader, world, spkey, simple_responses, .. } = Settings::from_environment()?;
        let log = Log::of_process(function_name()?, world.clone());
        let authorizer = SharedTokenAuthorizer { spkey };
        match authorizer.spkey {
            Some(_) => before_the_first_event(authorizer.preload(&reader)).await,
            None => before_the_first_event(reader.open(Table::Services)).await,
        }
        Ok(Self { authorizer, reader, world, simple_responses, log })
    }

    /// Answers one event.
    ///
    /// # Errors
    /// [`AuthorizerError`], which API Gateway turns into 401 or 5xx.
    pub async fn answer(&self, event: LambdaEvent<Event>) -> Result<Answer, AuthorizerError> {
        let started = Instant::now();
        let call = readable(event, &self.log, started)?;
        let deciding = async { self.authorizer.authorize(&call, &self.reader, &self.world.env()).await };
        let (outcome, store) = tallied(deciding).await;
        self.log.called(&call, &outcome, started, store);
        render(outcome.decision, &call, self.simple_responses)
    }
}

/// The introspection authorizer as a function.
pub struct IntrospectionFunction {
    /// The authorizer.
    pub authorizer: IntrospectionAuthorizer,
    /// What it decides on.
    pub reader: Reader,
    /// Whether HTTP APIs (2.0) get `isAuthorized` instead of a policy.
    pub simple_responses: bool,
    /// Is told of every verdict.
    pub log: Log,
}

impl IntrospectionFunction {
    /// Reads the environment, opens the connection to DynamoDB and reads the definition of `SPKEY`.
    ///
    /// # Errors
    /// A setting that is missing or wrong.
    pub async fn start() -> Result<Self, Error> {
        let Settings { reader, world, spkey, data_key, kms, simple_responses, .. } = Settings::from_environment()?;
        let log = Log::of_process(function_name()?, world.clone());
        let authorizer = IntrospectionAuthorizer::new(spkey, DataKeys::opening(data_key, kms, world));
        match authorizer.spkey {
            Some(_) => before_the_first_event(authorizer.preload(&reader)).await,
            None => before_the_first_event(reader.open(Table::Services)).await,
        }
        Ok(Self { authorizer, reader, simple_responses, log })
    }

    /// Answers one event.
    ///
    /// # Errors
    /// [`AuthorizerError`], which API Gateway turns into 401 or 5xx.
    pub async fn answer(&self, event: LambdaEvent<Event>) -> Result<Answer, AuthorizerError> {
        let started = Instant::now();
        let call = readable(event, &self.log, started)?;
        let (outcome, store) = tallied(self.authorizer.authorize(&call, &self.reader, || started.elapsed())).await;
        self.log.called(&call, &outcome, started, store);
        render(outcome.decision, &call, self.simple_responses)
    }
}

fn readable(event: LambdaEvent<Event>, log: &Log, started: Instant) -> Result<Call, AuthorizerError> {
    let LambdaEvent { payload, context } = event;
    match event::parse(payload) {
        Ok(call) => Ok(Call { xray_trace_id: context.xray_trace_id, ..call }),
        Err(error) => {
            log.unreadable(&error, context.xray_trace_id.as_deref(), started);
            Err(AuthorizerError::Failed)
        }
    }
}

/// Init runs at full CPU and is where work is cheap; what does not come in time is not waited for.
async fn before_the_first_event(work: impl Future<Output = ()>) {
    drop(timeout(PRELOAD_LIMIT, work).await);
}

const NO_ISSUER: &str = "the environment variable ISSUER: expected the issuer's URL";
const PRELOAD_LIMIT: Duration = Duration::from_millis(500);
