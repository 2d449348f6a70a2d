//! Resource owners and administrators.

use serde::{Deserialize, Serialize};

use super::SecretDigest;
use crate::protocol::{Digest, Subject};

/// A person who can log in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// The name to log in with; also `sub` of their tokens.
    pub username: Subject,
    /// Whether they can.
    pub enabled: bool,
    /// Argon2id of the password.
    pub password: SecretDigest,
    /// Their name, for pages.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// What they may administer.
    pub roles: Vec<String>,
}

impl User {
    /// What tells one password of the user from the next, and nothing else about it.
    pub fn password_digest(&self) -> Digest {
        match &self.password {
            SecretDigest::Sha256(digest) => Digest::of(digest.as_bytes()),
            SecretDigest::Argon2id(phc) => Digest::of(phc.as_bytes()),
        }
    }
}
