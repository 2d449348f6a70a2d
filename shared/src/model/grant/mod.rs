//! Grants: everything that belongs to one authorization, as one item.

mod authorization_code;
mod pushed_request;
mod refresh_tokens;
mod token_fault;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

pub use authorization_code::AuthorizationCode;
pub use pushed_request::PushedRequest;
pub use refresh_tokens::{Generations, PresentedRefreshToken, RefreshTokens, Salt, Superseded};
pub use token_fault::TokenFault;

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

    /// A key that was read from an item.
    pub fn parse(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The id of 128 bits that the key stands for; `None` where the key is a digest.
    pub fn id(&self) -> Option<[u8; 16]> {
        let mut bytes = [0; 32];
        let length = URL_SAFE_NO_PAD.decode_slice(&self.0, &mut bytes).ok()?;
        bytes[..length].try_into().ok()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One authorization: its code, its access tokens and its refresh tokens.
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
    /// What it allows at most.
    pub scope: Scope,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// Until when it stands in the list of the resource owner who made it; it may live longer only once that is moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed_until: Option<Timestamp>,
    /// Its authorization code, redeemed or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<AuthorizationCode>,
    /// Its refresh tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_tokens: Option<RefreshTokens>,
    /// Its access tokens, the oldest first.
    pub access_tokens: Vec<AccessToken>,
}

/// One access token of a grant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessToken {
    /// What is kept of its text.
    pub digest: Digest,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What it allows, where that is less than its grant does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
}

impl Grant {
    /// Seconds an item outlives its last token, so that late questions still get the right answer.
    const KEPT_AFTER_THE_END: u64 = 24 * 60 * 60;

    /// Access tokens that live side by side at most; one more ends the oldest.
    pub const MAX_ACCESS_TOKENS: usize = 16;

    /// Services that a grant is for at most: what a person agrees to for all of them enters their list in one write, whose
    /// expression DynamoDB takes up to 4 KB long.
    pub const MAX_SERVICES: usize = 64;

    /// Bytes that the scopes of tokens that allow less than the grant take together, so that the item stays under 4 KB.
    const MAX_NARROWED_BYTES: usize = 1_024;

    /// The token that was presented, judged by its times and never by whether the item is still there.
    ///
    /// # Errors
    /// [`TokenFault`] where it is none of the grant's, over or revoked.
    pub fn live_token(&self, presented: &Digest, now: Timestamp) -> Result<&AccessToken, TokenFault> {
        let token = self.token(presented).ok_or(TokenFault::Unknown)?;
        match self.revoked_at {
            Some(at) => Err(TokenFault::Revoked { at }),
            None if now >= token.expires_at => Err(TokenFault::Expired { at: token.expires_at }),
            None => Ok(token),
        }
    }

    /// The token of this digest.
    pub fn token(&self, presented: &Digest) -> Option<&AccessToken> {
        self.access_tokens.iter().find(|token| token.digest.matches(presented))
    }

    /// What one of its tokens allows.
    pub fn scope_of<'a>(&'a self, token: &'a AccessToken) -> &'a Scope {
        token.scope.as_ref().unwrap_or(&self.scope)
    }

    /// Adds an access token. Those that are over go, and the oldest where there would be too many.
    pub fn add(&mut self, token: AccessToken, now: Timestamp) {
        self.access_tokens.retain(|kept| now < kept.expires_at);
        self.access_tokens.push(token);
        while self.access_tokens.len() > Self::MAX_ACCESS_TOKENS
            || (self.narrowed_bytes() > Self::MAX_NARROWED_BYTES && self.access_tokens.len() > 1)
        {
            self.access_tokens.remove(0);
        }
    }

    /// This grant without one of its access tokens; revoked when nothing live is left in it.
    #[must_use]
    pub fn without(&self, token: &Digest, now: Timestamp) -> Self {
        let mut grant = self.clone();
        grant.access_tokens.retain(|kept| !kept.digest.matches(token));
        let refreshes = grant.refresh_tokens.as_ref().is_some_and(|tokens| tokens.is_live(now));
        if !refreshes && grant.access_tokens.iter().all(|kept| kept.expires_at <= now) {
            return Self { revoked_at: Some(now), ..self.clone() };
        }
        grant
    }

    /// Whether a person made it, and not the client for itself.
    pub fn is_of_a_person(&self) -> bool {
        self.subject.as_str() != self.client_id.as_str()
    }

    fn narrowed_bytes(&self) -> usize {
        self.access_tokens.iter().filter_map(|token| token.scope.as_ref()).map(|scope| scope.to_string().len()).sum()
    }

    /// When the last of it ends.
    pub fn ends_at(&self) -> Timestamp {
        let tokens = self.access_tokens.iter().map(|token| token.expires_at);
        let refresh = self.refresh_tokens.iter().map(|tokens| tokens.expires_at);
        let code = self.code.iter().map(|code| code.expires_at);
        tokens.chain(refresh).chain(code).max().unwrap_or(self.issued_at)
    }

    /// When the item may go.
    pub fn purge_at(&self) -> Timestamp {
        self.ends_at().plus(Self::KEPT_AFTER_THE_END)
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
            issued_at: Timestamp::from_secs(500),
            expires_at: Timestamp::from_secs(end),
            scope: None,
        };
        Grant {
            id: GrantKey::of_id(&[1; 16]),
            grant_type: GrantType::ClientCredentials,
            client_id: ClientId::parse("shop").unwrap(),
            application: ApplicationName::parse("Shop").unwrap(),
            subject: Subject::parse("shop").unwrap(),
            services: vec![],
            scope: Scope::default(),
            issued_at: Timestamp::from_secs(500),
            revoked_at: None,
            listed_until: None,
            code: None,
            refresh_tokens: None,
            access_tokens: vec![token(b"live", 1_001), token(b"over", 1_000)],
        }
    }

    #[test]
    fn z8_a_token_is_over_at_the_second_it_expires() {
        let grant = grant();
        assert!(grant.live_token(&Digest::of(b"live"), NOW).is_ok());
        assert_eq!(grant.live_token(&Digest::of(b"over"), NOW), Err(TokenFault::Expired { at: NOW }));
    }

    #[test]
    fn knowing_the_id_of_a_grant_is_worth_nothing() {
        assert_eq!(grant().live_token(&Digest::of(b"guess"), NOW), Err(TokenFault::Unknown));
    }

    #[test]
    fn z8_revocation_beats_every_token() {
        let revoked = Grant { revoked_at: Some(NOW), ..grant() };
        assert_eq!(revoked.live_token(&Digest::of(b"live"), NOW), Err(TokenFault::Revoked { at: NOW }));
    }

    #[test]
    fn the_item_outlives_its_last_token_by_a_day() {
        assert_eq!(grant().purge_at(), Timestamp::from_secs(1_001 + 86_400));
    }

    #[test]
    fn the_17th_access_token_ends_the_oldest() {
        let mut grant = grant();
        for n in 0..20 {
            let digest = Digest::of(&[n]);
            let expires_at = Timestamp::from_secs(2_000);
            grant.add(AccessToken { digest, issued_at: NOW, expires_at, scope: None }, NOW);
        }
        let kept: Vec<bool> = (0..20).map(|n| grant.token(&Digest::of(&[n])).is_some()).collect();
        assert_eq!(kept, [vec![false; 4], vec![true; 16]].concat());
        assert!(grant.token(&Digest::of(b"over")).is_none());
    }

    #[test]
    fn narrow_scopes_end_older_tokens_before_they_fill_the_item() {
        let mut grant = grant();
        for n in 0..4 {
            let scope = Scope::parse(&"s".repeat(600)).unwrap();
            let expires_at = Timestamp::from_secs(2_000);
            grant.add(AccessToken { digest: Digest::of(&[n]), issued_at: NOW, expires_at, scope: Some(scope) }, NOW);
        }
        assert_eq!(grant.access_tokens.len(), 1);
    }

    #[test]
    fn the_id_is_in_the_key_unless_the_key_is_a_digest() {
        assert_eq!(GrantKey::of_id(&[9; 16]).id(), Some([9; 16]));
        assert_eq!(GrantKey::of_digest(&Digest::of(b"x")).id(), None);
    }
}
