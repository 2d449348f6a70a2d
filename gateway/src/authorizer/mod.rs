//! Lambda authorizers: the identity, the cache, the function, and what its answer means for one request.

mod cache;
mod policy;
mod verdict;

use std::{sync::Arc, time::Duration};

use regex_lite::Regex;
use serde_json::Value;

pub(crate) use crate::authorizer::verdict::Shape;
use crate::{
    authorizer::{cache::Cache, policy::Decision, verdict::Verdict},
    call::{AuthorizerContext, Call},
    event,
    function::{self, Function, Unanswered},
    mapping::Source,
    observer::AuthorizerOutcome,
};

/// One authorizer of an API.
pub(crate) struct Authorizer {
    function: Arc<dyn Function>,
    shape: Shape,
    identity: Vec<Source>,
    /// What the token of a `TOKEN` authorizer must match as a whole.
    expression: Option<Regex>,
    cache: Option<Cache<Verdict>>,
}

/// What a document says of an authorizer.
pub(crate) struct AuthorizerSettings {
    pub(crate) shape: Shape,
    pub(crate) identity: Vec<Source>,
    pub(crate) expression: Option<Regex>,
    pub(crate) ttl: Duration,
}

/// Why a call may not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No identity, or the function said `Unauthorized`.
    Unauthorized,
    /// Denied by name.
    Denied,
    /// Not allowed by anything.
    NotAllowed,
    /// The function failed or took too long.
    Failed,
    /// The function's answer is not one.
    Malformed,
}

impl Authorizer {
    pub(crate) fn new(function: Arc<dyn Function>, settings: AuthorizerSettings) -> Self {
        let AuthorizerSettings { shape, identity, expression, ttl } = settings;
        Self { function, shape, identity, expression, cache: Cache::keeping_for(ttl) }
    }

    /// Lets the call on, with the authorizer's context, or says why not.
    ///
    /// # Errors
    /// Why the call is refused; the context is in the call also then, for the gateway response.
    pub(crate) async fn admit(&self, call: &mut Call<'_>) -> Result<(), Refused> {
        let Some(identity) = self.identity(call) else {
            call.exchange.authorizer = AuthorizerOutcome::MissingIdentity;
            return Err(Refused::Unauthorized);
        };
        let kept = self.cache.as_ref().and_then(|cache| cache.get(&identity));
        let cached = kept.is_some();
        let verdict = match kept {
            Some(verdict) => verdict,
            None => self.ask(call, identity).await?,
        };
        let decision = verdict.decide(&call.arn());
        enter(call, verdict.context());
        let allowed = decision == Decision::Allow;
        call.exchange.authorizer =
            if allowed { AuthorizerOutcome::Allowed { cached } } else { AuthorizerOutcome::Denied { cached } };
        match decision {
            Decision::Allow => Ok(()),
            Decision::ExplicitDeny => Err(Refused::Denied),
            Decision::ImplicitDeny => Err(Refused::NotAllowed),
        }
    }

    /// The values of all identity sources; `None` when one is missing or does not match.
    fn identity(&self, call: &Call<'_>) -> Option<Vec<String>> {
        let identity = self.identity.iter().map(|source| source.resolve(call)).collect::<Option<Vec<String>>>()?;
        let matches = |expression: &Regex| identity.iter().all(|value| expression.is_match(value));
        self.expression.as_ref().is_none_or(matches).then_some(identity)
    }

    /// Asks the function, and keeps what it returned: a Deny as well as an Allow, an error never.
    async fn ask(&self, call: &mut Call<'_>, identity: Vec<String>) -> Result<Arc<Verdict>, Refused> {
        let verdict = match self.invoke(call, &identity).await {
            Ok(answer) => Verdict::parse(self.shape, &answer).map_err(|message| (Refused::Malformed, message)),
            Err(failure) => Err(failure),
        };
        match verdict {
            Ok(verdict) => {
                let verdict = Arc::new(verdict);
                if let Some(cache) = &self.cache {
                    cache.put(identity, Arc::clone(&verdict));
                }
                Ok(verdict)
            }
            Err((refused, message)) => {
                call.exchange.authorizer = AuthorizerOutcome::Error { message };
                Err(refused)
            }
        }
    }

    async fn invoke(&self, call: &Call<'_>, identity: &[String]) -> Result<Value, (Refused, String)> {
        let event = match self.shape {
            Shape::RestToken => event::rest::token(call, identity.first().map_or("", String::as_str)),
            Shape::RestRequest => event::rest::request(call),
            Shape::HttpV1 => event::rest::http_request(call, identity),
            Shape::HttpV2 { .. } => event::http::request(call, identity),
        };
        let limit = self.shape.time_limit();
        function::invoke(&self.function, event, limit).await.map_err(|unanswered| match unanswered {
            Unanswered::Failed(message) if message == "Unauthorized" => (Refused::Unauthorized, message),
            Unanswered::Failed(message) => (Refused::Failed, message),
            Unanswered::TimedOut => (Refused::Failed, format!("no answer within {} s", limit.as_secs())),
        })
    }
}

fn enter(call: &mut Call<'_>, context: &Arc<AuthorizerContext>) {
    call.exchange.context = Arc::clone(&context.entries);
    call.authorizer = Some(Arc::clone(context));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::tests::with_call,
        function::{BoxFuture, FunctionError},
    };

    struct Silent;

    impl Function for Silent {
        fn invoke(&self, _: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
            Box::pin(std::future::pending())
        }
    }

    /// How long a call waits for a function that never answers, in seconds.
    fn patience(shape: Shape) -> u64 {
        let settings = AuthorizerSettings { shape, identity: Vec::new(), expression: None, ttl: Duration::ZERO };
        let authorizer = Authorizer::new(Arc::new(Silent), settings);
        let clock = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let mut waited = Duration::ZERO;
        with_call(|call| {
            clock.block_on(async {
                let started = tokio::time::Instant::now();
                assert_eq!(authorizer.admit(call).await, Err(Refused::Failed));
                waited = started.elapsed();
            });
        });
        waited.as_secs()
    }

    #[test]
    fn limit_an_http_apis_authorizer_has_10_s_and_a_rest_apis_29_s() {
        assert_eq!(patience(Shape::HttpV2 { simple: true }), 10);
        assert_eq!(patience(Shape::HttpV1), 10);
        assert_eq!(patience(Shape::RestRequest), 29);
        assert_eq!(patience(Shape::RestToken), 29);
    }
}
