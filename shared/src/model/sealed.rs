//! Secrets that must be read back, such as the gateway's credentials at a provider: AES-256-GCM under a data key, which
//! KMS wraps or a file holds.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{env::Env, protocol::Secret};

/// A secret only its data key opens. It is bound to the place it was sealed for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Sealed {
    /// Under a key that the installation keeps in a file: nonce and ciphertext in base64.
    Local(String),
    /// Under a data key that comes with it, wrapped by KMS.
    Wrapped {
        /// The data key.
        data_key: WrappedKey,
        /// Nonce and ciphertext in base64.
        text: String,
    },
}

impl Sealed {
    /// What stands in the place of a secret where none is to be read: no key opens it.
    pub fn nothing() -> Self {
        Self::Local(String::new())
    }

    /// The data key that comes with it.
    pub fn wrapped_key(&self) -> Option<&WrappedKey> {
        match self {
            Self::Local(_) => None,
            Self::Wrapped { data_key, .. } => Some(data_key),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Local(text) | Self::Wrapped { text, .. } => text,
        }
    }
}

/// A data key as KMS wrapped it, in base64. Without KMS it opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WrappedKey(String);

impl WrappedKey {
    /// What KMS gave.
    pub fn new(bytes: &[u8]) -> Self {
        Self(STANDARD.encode(bytes))
    }

    /// What KMS is given back; `None` for damage.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.0).ok()
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
pub struct DataKey {
    key: LessSafeKey,
    /// As it goes with every secret it seals.
    wrapped: Option<WrappedKey>,
}

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
        let key = UnboundKey::new(&AES_256_GCM, bytes).ok()?;
        Some(Self { key: LessSafeKey::new(key), wrapped: None })
    }

    /// Notes how the key is wrapped: the secrets it seals carry the wrapped key.
    #[must_use]
    pub fn wrapped_as(self, wrapped: WrappedKey) -> Self {
        Self { wrapped: Some(wrapped), ..self }
    }

    /// Seals a secret for a place (such as `spkey#…`): it opens nowhere else.
    pub fn seal(&self, secret: &Secret, place: &str, env: &Env<'_>) -> Sealed {
        let nonce: [u8; NONCE_LEN] = env.random();
        let mut text = secret.expose().as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut text)
            .expect("a secret is shorter than AES-GCM's limit");
        let text = STANDARD.encode([&nonce[..], &text].concat());
        match self.wrapped.clone() {
            None => Sealed::Local(text),
            Some(data_key) => Sealed::Wrapped { data_key, text },
        }
    }

    /// Opens a secret sealed for this place.
    ///
    /// # Errors
    /// [`Unsealable`] for another key, another place, or damage.
    pub fn open(&self, sealed: &Sealed, place: &str) -> Result<Secret, Unsealable> {
        let bytes = STANDARD.decode(sealed.text()).map_err(|_| Unsealable)?;
        let (nonce, text) = bytes.split_at_checked(NONCE_LEN).ok_or(Unsealable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unsealable)?;
        let mut text = Zeroizing::new(text.to_vec());
        let clear = self.key.open_in_place(nonce, Aad::from(place), &mut text).map_err(|_| Unsealable)?;
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

    #[test]
    fn a_secret_carries_the_wrapped_key_it_was_sealed_with() {
        let wrapped = WrappedKey::new(b"wrapped");
        let key = DataKey::new(&[1; 32]).unwrap().wrapped_as(wrapped.clone());
        let sealed = key.seal(&Secret::new("s3cret".into()), "spkey#a", &env());
        assert_eq!(sealed.wrapped_key(), Some(&wrapped));
        let read: Sealed = serde_json::from_value(serde_json::to_value(&sealed).unwrap()).unwrap();
        assert_eq!(DataKey::new(&[1; 32]).unwrap().open(&read, "spkey#a").unwrap().expose(), "s3cret");
    }

    #[test]
    fn a_secret_under_a_key_file_is_a_text_as_ever() {
        let sealed = DataKey::new(&[1; 32]).unwrap().seal(&Secret::new("s3cret".into()), "spkey#a", &env());
        let stored = serde_json::to_value(&sealed).unwrap();
        assert!(stored.is_string() && sealed.wrapped_key().is_none());
        assert_eq!(serde_json::from_value::<Sealed>(stored).unwrap(), sealed);
    }
}
