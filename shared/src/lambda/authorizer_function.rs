//! The authorizers as functions: made once from the environment, called for each event, by Lambda and by the local
//! gateway alike.

use lambda_runtime::{Error, LambdaEvent};
use tokio::time::Instant;

use super::{
    answer::{Answer, AuthorizerError, render},
    event::{self, Event},
    init::before_the_first_event,
    log::Log,
    settings::{Settings, function_name},
};
use crate::{
    authorizer::{Call, IntrospectionAuthorizer, SharedTokenAuthorizer},
    env::World,
    protocol::Spkey,
    store::{DataKeys, Reader, Table, tallied},
};

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
    /// Reads the environment, opens the connection to DynamoDB and reads the definition of `SPKEY`.
    ///
    /// # Errors
    /// A setting that is missing or wrong.
    pub async fn start() -> Result<Self, Error> {
        let Settings { reader, world, spkey, simple_responses, .. } = Settings::from_environment()?;
        let log = Log::of_process(function_name()?, world.clone());
        open(&reader, spkey.as_ref()).await;
        Ok(Self { authorizer: SharedTokenAuthorizer { spkey }, reader, world, simple_responses, log })
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
        open(&reader, spkey.as_ref()).await;
        let authorizer = IntrospectionAuthorizer::new(spkey, DataKeys::opening(data_key, kms, world));
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

/// Opens the connection to DynamoDB by reading the definition of `SPKEY`, where it is set. What it shares from is read
/// with the first client: a second round here would wait for the first.
async fn open(reader: &Reader, spkey: Option<&Spkey>) {
    before_the_first_event(async {
        match spkey {
            Some(spkey) => drop(reader.service(spkey).await),
            None => reader.open(Table::Services).await,
        }
    })
    .await;
}
