//! Grants: everything that belongs to one authorization, as one item.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::protocol::{ApplicationName, ClientId, Digest, GrantType, Scope, Spkey, Subject, Timestamp};

/// Key of a grant's item, or of an item that leads to it: base64url.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantKey(String);

impl GrantKey {
    /// The key of a grant by its id of 128 bits: 22 characters.
    pub fn of_id(id: &[u8]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(id))
    }

    /// The key of a token without id: its digest, 43 characters.
    pub fn of_digest(digest: &Digest) -> Self {
        Self(digest.to_key())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One authorization and its access tokens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// Its key.
    pub id: GrantKey,
    /// How it came about.
    pub grant_type: GrantType,
    /// Who uses it.
    pub client_id: ClientId,
    /// Who owns the client.
    pub application: ApplicationName,
    /// On whose behalf.
    pub subject: Subject,
    /// Which services its tokens open, before any sharing.
    pub services: Vec<Spkey>,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// Its access tokens.
    pub access_tokens: Vec<AccessToken>,
}

/// One access token of a grant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessToken {
    /// What is kept of its text.
    pub digest: Digest,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What it allows.
    pub scope: Scope,
}

/// What a presented access token is to its grant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing<'a> {
    /// It counts.
    Active(&'a AccessToken),
    /// It is over since that moment.
    Expired(Timestamp),
    /// The grant is revoked since that moment.
    Revoked(Timestamp),
    /// The key is the grant's, the token is not: guessed, or replaced by a newer one.
    Unknown,
}

impl Grant {
    /// Seconds an item outlives its last token, so that late questions still get the right answer.
    const KEPT_AFTER_THE_END: u64 = 24 * 60 * 60;

    /// What a presented token is to this grant, decided by its times and never by whether the item is still there.
    pub fn standing(&self, presented: &Digest, now: Timestamp) -> Standing<'_> {
        let Some(token) = self.token(presented) else { return Standing::Unknown };
        match self.revoked_at {
            Some(moment) => Standing::Revoked(moment),
            None if now >= token.expires_at => Standing::Expired(token.expires_at),
            None => Standing::Active(token),
        }
    }

    /// The token of this digest.
    pub fn token(&self, presented: &Digest) -> Option<&AccessToken> {
        self.access_tokens.iter().find(|token| token.digest.matches(presented))
    }

    /// When the item may go.
    pub fn purge_at(&self) -> Timestamp {
        let last = self.access_tokens.iter().map(|token| token.expires_at).max().unwrap_or(self.issued_at);
        last.plus(Self::KEPT_AFTER_THE_END)
    }
}

/// An item that leads from the digest of a token without id to its grant. It never changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pointer {
    /// The digest's key.
    pub id: GrantKey,
    /// Where the grant is.
    pub grant: GrantKey,
    /// When the token ends.
    pub expires_at: Timestamp,
}

impl Pointer {
    /// When the item may go.
    pub fn purge_at(&self) -> Timestamp {
        self.expires_at.plus(Grant::KEPT_AFTER_THE_END)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_000);

    fn grant() -> Grant {
        let token = |text: &[u8], end| AccessToken {
            digest: Digest::of(text),
            expires_at: Timestamp::from_secs(end),
            scope: Scope::default(),
        };
        Grant {
            id: GrantKey::of_id(&[1; 16]),
            grant_type: GrantType::ClientCredentials,
            client_id: ClientId::parse("shop").unwrap(),
            application: ApplicationName::parse("Shop").unwrap(),
            subject: Subject::parse("shop").unwrap(),
            services: vec![],
            issued_at: Timestamp::from_secs(500),
            revoked_at: None,
            access_tokens: vec![token(b"live", 1_001), token(b"over", 1_000)],
        }
    }

    #[test]
    fn z8_a_token_is_over_at_the_second_it_expires() {
        let grant = grant();
        assert!(matches!(grant.standing(&Digest::of(b"live"), NOW), Standing::Active(_)));
        assert_eq!(grant.standing(&Digest::of(b"over"), NOW), Standing::Expired(NOW));
    }

    #[test]
    fn knowing_the_id_of_a_grant_is_worth_nothing() {
        assert_eq!(grant().standing(&Digest::of(b"guess"), NOW), Standing::Unknown);
    }

    #[test]
    fn z8_revocation_beats_every_token() {
        let revoked = Grant { revoked_at: Some(NOW), ..grant() };
        assert_eq!(revoked.standing(&Digest::of(b"live"), NOW), Standing::Revoked(NOW));
    }

    #[test]
    fn the_item_outlives_its_last_token_by_a_day() {
        assert_eq!(grant().purge_at(), Timestamp::from_secs(1_001 + 86_400));
    }
}
