//! The refresh tokens of a grant: one that counts, the one before it, and what remains of all earlier ones
//! (RFC 9700 section 4.14.2).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::protocol::{Digest, Timestamp};

/// The refresh tokens of a grant, each made of the one before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RefreshTokens {
    /// The one that counts.
    pub current: Digest,
    /// The one before it, which may come again when its answer was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Superseded>,
    /// All before that one.
    #[serde(default, skip_serializing_if = "Generations::is_empty")]
    pub older: Generations,
    /// When the current one ends, unless it is used before.
    pub expires_at: Timestamp,
    /// When the last of them ends, however often they are used; `None` = never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
}

/// A refresh token that another has taken the place of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Superseded {
    /// What is kept of its text.
    pub digest: Digest,
    /// What the tokens that followed were derived with, besides its text.
    pub salt: Salt,
    /// The time of the rotation.
    pub at: Timestamp,
}

/// 256 random bits of a rotation. With the presented token they give its successors; alone they give nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

/// What a presented refresh token is to its grant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PresentedRefreshToken<'a> {
    /// The one that counts.
    Current,
    /// The one before.
    Previous(&'a Superseded),
    /// An earlier one: whoever presents it has a copy.
    Replayed,
    /// None of them: its sender knows an id and no secret.
    Unknown,
}

impl RefreshTokens {
    /// What a presented token is.
    pub fn presented(&self, presented: &Digest) -> PresentedRefreshToken<'_> {
        if self.current.matches(presented) {
            return PresentedRefreshToken::Current;
        }
        match &self.previous {
            Some(previous) if previous.digest.matches(presented) => PresentedRefreshToken::Previous(previous),
            _ if self.older.contain(presented) => PresentedRefreshToken::Replayed,
            _ => PresentedRefreshToken::Unknown,
        }
    }

    /// Whether the current one still counts.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at && self.ends_at.is_none_or(|end| now < end)
    }

    /// Replaces the current token by a successor, which lives `ttl` seconds unless it is used.
    #[must_use]
    pub fn rotated(mut self, next: Digest, salt: Salt, now: Timestamp, ttl: u64) -> Self {
        if let Some(previous) = &self.previous {
            self.older.add(&previous.digest);
        }
        self.previous = Some(Superseded { digest: self.current, salt, at: now });
        self.current = next;
        self.used(now, ttl)
    }

    /// Starts the life of the current token anew.
    #[must_use]
    pub fn used(mut self, now: Timestamp, ttl: u64) -> Self {
        let idle = now.plus(ttl);
        self.expires_at = self.ends_at.map_or(idle, |end| idle.min(end));
        self
    }
}

/// The first 8 bytes of the digests of earlier refresh tokens, the oldest first: enough to know a copy, too little to
/// find one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generations(Vec<[u8; 8]>);

impl Generations {
    /// How many are kept; older ones are unknown.
    pub const KEPT: usize = 128;

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn contain(&self, digest: &Digest) -> bool {
        self.0.contains(&stub(digest))
    }

    fn add(&mut self, digest: &Digest) {
        if self.0.len() == Self::KEPT {
            self.0.remove(0);
        }
        self.0.push(stub(digest));
    }
}

fn stub(digest: &Digest) -> [u8; 8] {
    let (stub, _) = digest.as_bytes().split_first_chunk().expect("a digest has 32 bytes");
    *stub
}

/// One text of base64url.
impl Serialize for Generations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(self.0.as_flattened()))
    }
}

impl<'de> Deserialize<'de> for Generations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = URL_SAFE_NO_PAD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)?;
        match bytes.as_chunks() {
            (stubs, []) => Ok(Self(stubs.to_vec())),
            _ => Err(D::Error::custom("generations are 8 bytes each")),
        }
    }
}

impl Serialize for Salt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = URL_SAFE_NO_PAD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)?;
        bytes.try_into().map(Self).map_err(|_| D::Error::custom("a salt has 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_000);
    const SALT: Salt = Salt([7; 32]);

    fn generation(n: usize) -> Digest {
        Digest::of(&n.to_be_bytes())
    }

    fn after(rotations: usize) -> RefreshTokens {
        let first = RefreshTokens {
            current: generation(0),
            previous: None,
            older: Generations::default(),
            expires_at: NOW.plus(60),
            ends_at: None,
        };
        (1..=rotations).fold(first, |tokens, n| tokens.rotated(generation(n), SALT, NOW, 60))
    }

    #[test]
    fn r4_every_earlier_token_is_known_as_a_copy() {
        let tokens = after(130);
        assert_eq!(tokens.presented(&generation(130)), PresentedRefreshToken::Current);
        let PresentedRefreshToken::Previous(previous) = tokens.presented(&generation(129)) else { panic!() };
        assert_eq!((previous.salt, previous.at), (SALT, NOW));
        for n in 1..129 {
            assert_eq!(tokens.presented(&generation(n)), PresentedRefreshToken::Replayed, "{n}");
        }
        assert_eq!(tokens.presented(&generation(0)), PresentedRefreshToken::Unknown, "only 128 are kept");
        assert_eq!(tokens.presented(&generation(999)), PresentedRefreshToken::Unknown);
    }

    #[test]
    fn r9_use_starts_the_idle_time_anew_and_never_passes_the_end() {
        let tokens = RefreshTokens { ends_at: Some(NOW.plus(100)), ..after(0) };
        assert!(tokens.is_live(NOW.plus(59)) && !tokens.is_live(NOW.plus(60)));
        let used = tokens.used(NOW.plus(59), 60);
        assert_eq!(used.expires_at, NOW.plus(100));
        assert!(used.is_live(NOW.plus(99)) && !used.is_live(NOW.plus(100)));
    }

    proptest! {
        #[test]
        fn the_stored_form_reads_back(rotations in 0_usize..140) {
            let tokens = after(rotations);
            let text = serde_json::to_string(&tokens).unwrap();
            prop_assert_eq!(serde_json::from_str::<RefreshTokens>(&text).unwrap(), tokens);
        }
    }
}
