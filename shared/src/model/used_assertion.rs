//! The mark of an assertion that was used: it keeps a copy from counting (RFC 7523 section 3, `jti`).

use serde::{Deserialize, Serialize};

use crate::protocol::{ClientId, Digest, Timestamp};

/// An assertion that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedAssertion {
    /// The item's key: a digest of who signed it and of its `jti`.
    #[serde(rename = "id")]
    pub key: String,
    /// When no copy could count any more.
    pub expires_at: Timestamp,
}

impl UsedAssertion {
    /// A client's assertion about itself.
    pub fn of_client(client_id: &ClientId, jti: &str, expires_at: Timestamp) -> Self {
        let digest = Digest::of_parts(&["client_assertion", client_id.as_str(), jti]);
        Self { key: format!("assertion#{}", digest.to_key()), expires_at }
    }

    /// When the item may go: an hour later, by whichever clock.
    pub fn purge_at(&self) -> Timestamp {
        self.expires_at.plus(60 * 60)
    }
}
