//! The real handlers in process, called with the events that Lambda would get.

use std::sync::Arc;

use gateway::{BoxFuture, Function, FunctionError, Functions};
use lambda_http::{Adapter, request::LambdaRequest, service_fn};
use lambda_runtime::{Context, LambdaEvent, Service};
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::lambda::{IntrospectionFunction, SharedTokenFunction, TokenFunction};

/// Functions of this name have this ARN here.
pub(super) fn arn(name: &str) -> String {
    format!("arn:aws:lambda:{}:{}:function:{name}", gateway::REGION, gateway::ACCOUNT)
}

/// The three functions by their ARNs.
pub(super) fn functions(
    token: TokenFunction,
    shared_token: SharedTokenFunction,
    introspection: IntrospectionFunction,
) -> Functions {
    let token: Arc<dyn Function> = Arc::new(Token(token));
    let shared_token: Arc<dyn Function> = Arc::new(SharedToken(shared_token));
    let introspection: Arc<dyn Function> = Arc::new(Introspection(introspection));
    [(TOKEN, token), (SHARED_TOKEN, shared_token), (INTROSPECTION, introspection)]
        .into_iter()
        .map(|(name, function)| (arn(name), function))
        .collect()
}

struct Token(TokenFunction);
struct SharedToken(SharedTokenFunction);
struct Introspection(IntrospectionFunction);

impl Function for Token {
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
        Box::pin(async move {
            let payload: LambdaRequest = read(event)?;
            let mut adapter = Adapter::from(service_fn(|request| self.0.serve(request)));
            let answer = adapter.call(LambdaEvent::new(payload, Context::default())).await.map_err(failure)?;
            serde_json::to_value(answer).map_err(failure)
        })
    }
}

impl Function for SharedToken {
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
        Box::pin(async move {
            let event = LambdaEvent::new(read(event)?, Context::default());
            serde_json::to_value(self.0.answer(event).await.map_err(failure)?).map_err(failure)
        })
    }
}

impl Function for Introspection {
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
        Box::pin(async move {
            let event = LambdaEvent::new(read(event)?, Context::default());
            serde_json::to_value(self.0.answer(event).await.map_err(failure)?).map_err(failure)
        })
    }
}

fn read<T: DeserializeOwned>(event: Value) -> Result<T, FunctionError> {
    serde_json::from_value(event).map_err(failure)
}

fn failure(error: impl std::fmt::Display) -> FunctionError {
    FunctionError { message: error.to_string() }
}

/// Names of the functions, as of their folders.
pub(crate) const NAMES: [&str; 3] = [TOKEN, SHARED_TOKEN, INTROSPECTION];
/// See [`NAMES`].
pub(super) const TOKEN: &str = "token";
/// See [`NAMES`].
pub(super) const SHARED_TOKEN: &str = "shared-token-authorizer";
/// See [`NAMES`].
pub(super) const INTROSPECTION: &str = "introspection-authorizer";
