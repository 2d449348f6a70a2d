//! The integration `aws_proxy`: the whole request as an event, the function's answer as the response.

use std::{sync::Arc, time::Duration};

use crate::{
    answer::Answer,
    call::Call,
    event::{self, EventBody},
    function::{self, Function, Unanswered},
    headers::media_type,
    integration::{Failure, lambda_answer, media_types::MediaTypes},
};

/// A Lambda function behind a route.
pub(crate) struct LambdaIntegration {
    pub(crate) function: Arc<dyn Function>,
    pub(crate) format: PayloadFormat,
    pub(crate) time_limit: Duration,
}

/// The shape of event and answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PayloadFormat {
    /// REST APIs, which take bodies as bytes only where declared.
    Rest { binary: MediaTypes },
    /// HTTP APIs, format 1.0.
    V1,
    /// HTTP APIs, format 2.0.
    V2,
}

impl LambdaIntegration {
    /// # Errors
    /// Why the function gave no answer, or none that API Gateway can use.
    pub(crate) async fn answer(&self, call: &Call<'_>) -> Result<Answer, Failure> {
        let body = EventBody::of(call, self.is_binary(call));
        let event = match self.format {
            PayloadFormat::Rest { .. } | PayloadFormat::V1 => event::rest::proxy(call, body),
            PayloadFormat::V2 => event::http::proxy(call, body),
        };
        let answered = function::invoke(&self.function, event, self.time_limit).await;
        let answer = answered.map_err(|unanswered| match unanswered {
            Unanswered::Failed(message) => Failure::Function(message),
            Unanswered::TimedOut => Failure::TimedOut(self.time_limit),
        })?;
        match &self.format {
            PayloadFormat::Rest { binary } => {
                lambda_answer::v1(&answer, binary.cover(call.request.headers.last("accept")))
            }
            PayloadFormat::V1 => lambda_answer::v1(&answer, true),
            PayloadFormat::V2 => lambda_answer::v2(&answer),
        }
        .map_err(Failure::Malformed)
    }

    fn is_binary(&self, call: &Call<'_>) -> bool {
        let content_type = call.request.headers.last("content-type");
        match &self.format {
            PayloadFormat::Rest { binary } => binary.cover(content_type),
            PayloadFormat::V1 | PayloadFormat::V2 => !is_text(&media_type(content_type.unwrap_or_default())),
        }
    }
}

/// What HTTP APIs hand on as text, as observed on AWS; forms and bodies of no type are not among it.
fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/")
        || ["application/json", "application/javascript", "application/xml"].contains(&media_type)
}
