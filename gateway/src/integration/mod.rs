//! Integrations: what stands behind a route, and how it can fail.

pub(crate) mod answer_parameters;
mod backends;
pub(crate) mod http;
pub(crate) mod http_parameters;
pub(crate) mod lambda;
mod lambda_answer;
pub(crate) mod media_types;
pub(crate) mod mock;
pub(crate) mod outgoing;
pub(crate) mod responses;
pub(crate) mod rest_parameters;
mod spelling;
pub(crate) mod uri;

use std::time::Duration;

pub(crate) use crate::integration::backends::Backends;
use crate::{
    answer::Answer,
    call::Call,
    integration::{http::HttpIntegration, lambda::LambdaIntegration, mock::MockIntegration},
};

/// What a method or route calls.
pub(crate) enum Integration {
    /// `http_proxy` and `http`.
    Http(HttpIntegration),
    /// `aws_proxy`.
    Lambda(LambdaIntegration),
    /// `mock`, which calls nothing.
    Mock(MockIntegration),
}

/// Why an integration gave no answer; texts are for the API's owner, never for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The backend can't be reached, or broke off.
    Network(String),
    /// No answer within this time.
    TimedOut(Duration),
    /// The document and this call do not fit together.
    Configuration(String),
    /// The backend's answer can't be used.
    Malformed(String),
    /// The Lambda function reported an error.
    Function(String),
    /// No request template for the body's media type.
    UnsupportedMediaType,
}

impl Failure {
    /// The failure in words.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Network(reason) | Self::Configuration(reason) | Self::Malformed(reason) => reason.clone(),
            Self::TimedOut(limit) => format!("no answer within {} ms", limit.as_millis()),
            Self::Function(message) => format!("the function failed: {message}"),
            Self::UnsupportedMediaType => "no request template for the body's media type".to_owned(),
        }
    }
}

impl Integration {
    /// The backend's answer to a call.
    ///
    /// # Errors
    /// Why there is none; the reason is also left in the call for the observer.
    pub(crate) async fn answer(&self, call: &mut Call<'_>, backends: &Backends) -> Result<Answer, Failure> {
        let answer = match self {
            Self::Http(integration) => integration.answer(call, backends).await,
            Self::Lambda(integration) => integration.answer(call).await,
            Self::Mock(integration) => integration.answer(call),
        };
        answer.inspect_err(|failure| call.exchange.failure = Some(failure.reason()))
    }
}
