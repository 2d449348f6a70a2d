//! What the SDK says of a request that failed, in one sentence.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use super::StoreError;

/// The failure of an operation: not answered, or answered with an error.
pub(super) fn failed<E>(operation: &'static str, error: &SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let cause = cause_of(error);
    match error {
        SdkError::ServiceError(_) | SdkError::ResponseError(_) => StoreError::Unavailable { operation, cause },
        _ => StoreError::Unreachable { operation, cause },
    }
}

/// Why AWS did not do as it was asked: the service's own words, or what stood in the way of an answer.
pub fn cause_of<E>(error: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        _ => match (error.code(), error.message()) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(code), None) => code.to_owned(),
            (None, _) => innermost(error),
        },
    }
}

/// The SDK wraps what happened in sentences that say nothing.
fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
