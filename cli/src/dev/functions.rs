//! The real handlers in process, called with the events that Lambda would get.

use std::sync::Arc;

use gateway::{BoxFuture, Function, FunctionError, Functions};
use lambda_runtime::{Context, LambdaEvent};
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::lambda::{
    AuthorizeFunction, IntrospectionFunction, SharedTokenFunction, TokenFunction, TokenStatusFunction,
};

/// Functions of this name have this ARN here.
pub(super) fn arn(name: &str) -> String {
    format!("arn:aws:lambda:{}:{}:function:{name}", gateway::REGION, gateway::ACCOUNT)
}

/// Every function, made for this machine.
pub(super) struct Made {
    pub(super) token: TokenFunction,
    pub(super) token_status: TokenStatusFunction,
    pub(super) authorize: AuthorizeFunction,
    pub(super) shared_token: SharedTokenFunction,
    pub(super) introspection: IntrospectionFunction,
}

impl Made {
    /// The functions by their ARNs.
    pub(super) fn by_arn(self) -> Functions {
        let functions: [(&str, Arc<dyn Function>); 5] = [
            (TOKEN, Arc::new(Token(self.token))),
            (TOKEN_STATUS, Arc::new(TokenStatus(self.token_status))),
            (AUTHORIZE, Arc::new(Authorize(self.authorize))),
            (SHARED_TOKEN, Arc::new(SharedToken(self.shared_token))),
            (INTROSPECTION, Arc::new(Introspection(self.introspection))),
        ];
        functions.into_iter().map(|(name, function)| (arn(name), function)).collect()
    }
}

struct Token(TokenFunction);
struct TokenStatus(TokenStatusFunction);
struct Authorize(AuthorizeFunction);
struct SharedToken(SharedTokenFunction);
struct Introspection(IntrospectionFunction);

impl Function for Token {
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
        Box::pin(async move {
            let event = LambdaEvent::new(read(event)?, Context::default());
            serde_json::to_value(self.0.answer(event).await.map_err(failure)?).map_err(failure)
        })
    }
}

impl Function for TokenStatus {
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
        Box::pin(async move {
            let event = LambdaEvent::new(read(event)?, Context::default());
            serde_json::to_value(self.0.answer(event).await.map_err(failure)?).map_err(failure)
        })
    }
}

impl Function for Authorize {
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
        Box::pin(async move {
            let event = LambdaEvent::new(read(event)?, Context::default());
            serde_json::to_value(self.0.answer(event).await.map_err(failure)?).map_err(failure)
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
pub(crate) const NAMES: [&str; 5] = [TOKEN, TOKEN_STATUS, AUTHORIZE, SHARED_TOKEN, INTROSPECTION];
/// See [`NAMES`].
pub(super) const TOKEN: &str = "token";
/// See [`NAMES`].
pub(super) const TOKEN_STATUS: &str = "token-status";
/// See [`NAMES`].
pub(super) const AUTHORIZE: &str = "authorize";
/// See [`NAMES`].
pub(super) const SHARED_TOKEN: &str = "shared-token-authorizer";
/// See [`NAMES`].
pub(super) const INTROSPECTION: &str = "introspection-authorizer";
