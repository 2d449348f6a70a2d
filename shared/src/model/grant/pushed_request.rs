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
    /// The parameters of the authorization request.
    pub pushed: Vec<(String, String)>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When the resource owner denied it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

impl PushedRequest {
    /// Seconds it lives, in which people log in and read: RFC 9126 section 2.2 has 5 to 600, FAPI 2.0 less than 600.
    pub const LIFETIME: u64 = 590;

    /// Whether it counts no more.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.expires_at || self.revoked_at.is_some()
    }

    /// Whether it had been pushed by a moment.
    pub fn was_pushed_by(&self, moment: Timestamp) -> bool {
        self.expires_at <= moment.plus(Self::LIFETIME)
    }

    /// When the item may go. What nobody agreed to is soon worth nothing: anyone may push for a public client, and an item
    /// is up to 10 KB.
    pub fn purge_at(&self) -> Timestamp {
        self.expires_at.plus(Self::KEPT_AFTER_THE_END)
    }

    /// Seconds, so that clocks that differ agree.
    const KEPT_AFTER_THE_END: u64 = 60 * 60;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pushed_request_may_go_an_hour_after_its_end_at_the_latest() {
        let pushed = PushedRequest {
            id: GrantKey::of_id(&[1; 16]),
            digest: Digest::of(b"request_uri"),
            client_id: ClientId::parse("app").unwrap(),
            pushed: Vec::new(),
            expires_at: Timestamp::from_secs(PushedRequest::LIFETIME),
            revoked_at: None,
        };
        assert!(pushed.is_over(pushed.expires_at));
        assert_eq!(pushed.purge_at(), pushed.expires_at.plus(3_600));
    }
}
