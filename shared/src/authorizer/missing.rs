//! What a decision needs and does not have: 5xx for the caller, never allow.

use crate::store::StoreError;

/// Why a call cannot be judged.
#[derive(Debug)]
pub(super) enum Missing {
    /// The store did not answer.
    Store(StoreError),
    /// What is configured does not say.
    Configuration(String),
}

impl Missing {
    /// Something that the configuration does not say.
    pub(super) fn configuration(text: impl Into<String>) -> Self {
        Self::Configuration(text.into())
    }
}

impl From<StoreError> for Missing {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unreachable { .. } | StoreError::Unavailable { .. } => Self::Store(error),
            StoreError::Malformed { .. } | StoreError::NoDataKey { .. } => Self::Configuration(error.to_string()),
        }
    }
}
