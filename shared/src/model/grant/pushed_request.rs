//! Pushed authorization requests (RFC 9126): the item that becomes the grant when the resource owner agrees.

use serde::{Deserialize, Serialize};

use super::GrantKey;
use crate::protocol::{ClientId, Digest, Timestamp};

/// An authorization request that its client pushed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PushedRequest {
    /// Its key, and that of the grant it becomes.
    pub id: GrantKey,
    /// What is kept of its `request_uri`.
    pub digest: Digest,
    /// Who pushed it, and alone may use it.
    pub client_id: ClientId,
    /// The parameters of the authorization request, each once.
    pub pushed: Vec<(String, String)>,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl PushedRequest {
    /// When the item may go.
    pub fn purge_at(&self) -> Timestamp {
        self.expires_at.plus(super::Grant::KEPT_AFTER_THE_END)
    }
}
