//! Secrets that must be read back, such as the gateway's credentials at a provider: AES-256-GCM under a data key.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{env::Env, protocol::Secret};

/// A secret only the data key opens: nonce and ciphertext in base64. It is bound to the place it was sealed for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(String);

impl Sealed {
    /// What stands in the place of a secret where none is to be read: no key opens it.
    pub fn nothing() -> Self {
        Self(String::new())
    }
}

/// The data key, of another installation or damaged, does not open a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsealable;

impl fmt::Display for Unsealable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the data key does not open this secret: it was sealed with another key or for another place")
    }
}

impl std::error::Error for Unsealable {}

/// The key that opens sealed secrets: 256 bits.
pub struct DataKey(LessSafeKey);

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl DataKey {
    /// Length of a key in bytes.
    pub const LENGTH: usize = 32;

    /// A key by its bytes; `None` when they are not [`DataKey::LENGTH`].
    pub fn new(bytes: &[u8]) -> Option<Self> {
        UnboundKey::new(&AES_256_GCM, bytes).ok().map(|key| Self(LessSafeKey::new(key)))
    }

    /// Seals a secret for a place (such as `spkey#…`): it opens nowhere else.
    pub fn seal(&self, secret: &Secret, place: &str, env: &Env<'_>) -> Sealed {
        let nonce: [u8; NONCE_LEN] = env.random();
        let mut text = secret.expose().as_bytes().to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut text)
            .expect("a secret is shorter than AES-GCM's limit");
        Sealed(STANDARD.encode([&nonce[..], &text].concat()))
    }

    /// Opens a secret sealed for this place.
    ///
    /// # Errors
    /// [`Unsealable`] for another key, another place, or damage.
    pub fn open(&self, sealed: &Sealed, place: &str) -> Result<Secret, Unsealable> {
        let bytes = STANDARD.decode(&sealed.0).map_err(|_| Unsealable)?;
        let (nonce, text) = bytes.split_at_checked(NONCE_LEN).ok_or(Unsealable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unsealable)?;
        let mut text = Zeroizing::new(text.to_vec());
        let clear = self.0.open_in_place(nonce, Aad::from(place), &mut text).map_err(|_| Unsealable)?;
        String::from_utf8(clear.to_vec()).map(Secret::new).map_err(|_| Unsealable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing::env;

    #[test]
    fn a_sealed_secret_opens_with_its_key_in_its_place_only() {
        let (key, other) = (DataKey::new(&[1; 32]).unwrap(), DataKey::new(&[2; 32]).unwrap());
        let sealed = key.seal(&Secret::new("s3cret".into()), "spkey#a", &env());
        assert_eq!(key.open(&sealed, "spkey#a").unwrap().expose(), "s3cret");
        assert!(key.open(&sealed, "spkey#b").is_err() && other.open(&sealed, "spkey#a").is_err());
        assert!(!format!("{sealed:?}").contains("s3cret"));
    }
}
