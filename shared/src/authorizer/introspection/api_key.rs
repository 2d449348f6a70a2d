//! The API key that comes before the token.

use std::sync::Arc;

use super::Asked;
use crate::{
    authorizer::{Call, Outcome, Reason, refusal::ConnectorError},
    model::{ApiKey, ApiKeyLocation, IntrospectionPolicy},
    protocol::Digest,
    store::{Reader, StoreError},
};

/// The key that a call presents; `None` when it is absent, empty, or given in two versions.
pub(super) fn presented<'a>(call: &'a Call, policy: &'a IntrospectionPolicy) -> Option<&'a str> {
    let values: Vec<&str> = match policy.api_key.as_ref()? {
        ApiKeyLocation::Query(name) => call.query(name).collect(),
        ApiKeyLocation::Header(name) => call.header(name.as_str()).map(str::trim).collect(),
    };
    let (first, rest) = values.split_first()?;
    (!first.is_empty() && rest.iter().all(|value| value == first)).then_some(first)
}

/// Reads the key that a call presents.
pub(super) async fn load(
    call: &Call,
    policy: &IntrospectionPolicy,
    reader: &Reader,
) -> Result<Option<Arc<ApiKey>>, StoreError> {
    match presented(call, policy) {
        Some(text) => reader.api_key(&Digest::of(text.as_bytes())).await,
        None => Ok(None),
    }
}

impl Asked<'_> {
    /// Refuses a call whose key does not open the service.
    pub(super) fn key_refusal(&self) -> Option<Outcome> {
        self.policy.api_key.as_ref()?;
        let (error, reason) = match (presented(self.call, self.policy), self.key) {
            (None, _) => (ConnectorError::ApiKeyMissing, Reason::ApiKeyMissing),
            (Some(_), None) => (ConnectorError::ApiKeyUnknown, Reason::ApiKeyUnknown),
            (Some(_), Some(key)) if !key.is_enabled() => (ConnectorError::ApiKeyInactive, Reason::ApiKeyInactive),
            (Some(_), Some(key)) if !key.services.contains(&self.called.spkey) => {
                (ConnectorError::ApiKeyNotAuthorized, Reason::ApiKeyNotAuthorized)
            }
            (Some(_), Some(_)) => return None,
        };
        Some(self.refuse(error, reason))
    }
}
