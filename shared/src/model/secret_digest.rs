//! What is kept of secrets: SHA-256 of generated ones, Argon2id of what a person picked.

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::phc::{PasswordHash, Salt},
};
use serde::{Deserialize, Serialize};

use crate::{
    env::Env,
    protocol::{Digest, Secret},
};

/// What is kept of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretDigest {
    /// SHA-256: enough for a random secret of 120 bits and more.
    Sha256(Digest),
    /// Argon2id in PHC form: for what a person picked.
    Argon2id(String),
}

impl SecretDigest {
    /// The digest of a generated secret.
    pub fn of_generated(secret: &Secret) -> Self {
        Self::Sha256(secret.digest())
    }

    /// The digest of a password or a hand-picked secret: Argon2id, 19 MiB, 2 passes (OWASP). It takes tens of
    /// milliseconds on purpose.
    pub fn of_hand_picked(secret: &Secret, env: &Env<'_>) -> Self {
        let salt = Salt::new(&env.random::<16>()).expect("16 bytes are within a salt's limits");
        let hash = argon2id().hash_password_with_salt(secret.expose().as_bytes(), salt.as_ref());
        Self::Argon2id(hash.expect("a secret of any length and a salt of 16 bytes are fine").to_string())
    }

    /// Whether a secret is the one.
    pub fn matches(&self, secret: &Secret) -> bool {
        match self {
            Self::Sha256(digest) => digest.matches(&secret.digest()),
            Self::Argon2id(phc) => PasswordHash::new(phc)
                .is_ok_and(|hash| argon2id().verify_password(secret.expose().as_bytes(), &hash).is_ok()),
        }
    }

    /// What tells it from the digest of another secret, or of the same one with another salt.
    pub fn fingerprint(&self) -> Digest {
        match self {
            Self::Sha256(digest) => Digest::of(digest.as_bytes()),
            Self::Argon2id(phc) => Digest::of(phc.as_bytes()),
        }
    }

    /// Whether guessing could find it, so that attempts are counted.
    pub fn is_guessable(&self) -> bool {
        matches!(self, Self::Argon2id(_))
    }
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these parameters are within Argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing::env;

    fn secret(text: &str) -> Secret {
        Secret::new(text.into())
    }

    #[test]
    fn a_hand_picked_secret_is_kept_as_argon2id_with_its_own_salt() {
        let (first, second) =
            (SecretDigest::of_hand_picked(&secret("s"), &env()), SecretDigest::of_hand_picked(&secret("s"), &env()));
        assert_ne!(first, second);
        assert!(matches!(&first, SecretDigest::Argon2id(phc) if phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")));
        assert!(first.matches(&secret("s")) && !first.matches(&secret("t")));
    }

    #[test]
    fn a_generated_secret_is_kept_as_sha_256() {
        let digest = SecretDigest::of_generated(&secret("tgs_x"));
        assert!(digest.matches(&secret("tgs_x")) && !digest.matches(&secret("tgs_y")));
    }
}
