//! Authorization codes (RFC 6749 section 4.1.2) with their PKCE challenge (RFC 7636).

use serde::{Deserialize, Serialize};

use crate::protocol::{CodeChallenge, Digest, Timestamp};

/// The code of a grant. It stays in the grant once it is redeemed, as evidence against a replay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// What is kept of its text.
    pub digest: Digest,
    /// When it ends.
    pub expires_at: Timestamp,
    /// SHA-256 of the `redirect_uri` that the authorization request named; `None` = it named none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<Digest>,
    /// What the verifier has to match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<CodeChallenge>,
    /// When it was redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redeemed_at: Option<Timestamp>,
}
