//! What can go wrong between the server and its memory.

use std::fmt;

use crate::protocol::{ErrorCode, OAuthError};

/// The store did not answer, or an item is not what this version writes. For the log, never for callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// No answer: no connection, no credentials, or not in time.
    Unreachable {
        /// The operation, such as `GetItem` of DynamoDB or `kms:Decrypt`.
        operation: &'static str,
        /// What is in the way.
        cause: String,
    },
    /// Refused, or throttled beyond the retries.
    Unavailable {
        /// The operation, such as `GetItem` of DynamoDB or `kms:Decrypt`.
        operation: &'static str,
        /// What the SDK says.
        cause: String,
    },
    /// An item that another version or another hand wrote.
    Malformed {
        /// Its key.
        id: String,
        /// What is wrong with it.
        cause: String,
    },
    /// KMS gives no data key to seal with.
    NoDataKey {
        /// The id, ARN or alias of the KMS key.
        key_id: String,
        /// Why.
        cause: String,
    },
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { operation, cause } | Self::Unavailable { operation, cause } => {
                write!(f, "{operation} failed: {cause}")
            }
            Self::Malformed { id, cause } => write!(f, "the item {id} is not readable: {cause}"),
            Self::NoDataKey { key_id, cause } => write!(f, "the KMS key {key_id} gives no data key: {cause}"),
        }
    }
}

impl std::error::Error for StoreError {}

/// A change that was not made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitError {
    /// Another change came first: what the decision stood on is no longer so.
    Conflict,
    /// Whether it was made is not known.
    Store(StoreError),
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict => f.write_str("another change came first"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CommitError {}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Unreachable { .. } | StoreError::Unavailable { .. } => ErrorCode::TemporarilyUnavailable
                .because("the server cannot reach its store now, try again")
                .retry_after(1)
                .logged_as(error.to_string()),
            StoreError::Malformed { .. } | StoreError::NoDataKey { .. } => ErrorCode::ServerError
                .because("the server's configuration is damaged, tell its operator")
                .logged_as(error.to_string()),
        }
    }
}

impl From<CommitError> for OAuthError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Store(error) => error.into(),
            CommitError::Conflict => {
                ErrorCode::Contended.because("another request changed the same authorization, try again").retry_after(1)
            }
        }
    }
}
