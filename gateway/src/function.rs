//! What the gateway calls where API Gateway would invoke a Lambda function.

use std::{collections::BTreeMap, fmt, pin::Pin, sync::Arc, time::Duration};

use serde_json::Value;

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The functions a gateway may invoke, by their full ARN
/// (`arn:aws:lambda:us-east-1:123456789012:function:orders`).
pub type Functions = BTreeMap<String, Arc<dyn Function>>;

/// A Lambda function: one JSON event in, one JSON answer out.
pub trait Function: Send + Sync {
    /// Runs the function on one event.
    ///
    /// # Errors
    /// What Lambda would report as the function's error.
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>>;
}

/// A failed invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// What Lambda reports as `errorMessage`; an authorizer's `Unauthorized` is recognised by this text.
    pub message: String,
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FunctionError {}

/// Why an invocation gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// The function's own message, or that it panicked.
    Failed(String),
    /// It was stopped at the time limit.
    TimedOut,
}

/// Runs a function in a task of its own, so that one that panics fails its invocation and nothing else.
///
/// # Errors
/// Why there is no answer.
pub(crate) async fn invoke(function: &Arc<dyn Function>, event: Value, limit: Duration) -> Result<Value, Unanswered> {
    let function = Arc::clone(function);
    let mut task = tokio::spawn(async move { function.invoke(event).await });
    match tokio::time::timeout(limit, &mut task).await {
        Ok(Ok(answer)) => answer.map_err(|error| Unanswered::Failed(error.message)),
        Ok(Err(_)) => Err(Unanswered::Failed("the function panicked".to_owned())),
        Err(_) => {
            task.abort();
            Err(Unanswered::TimedOut)
        }
    }
}
