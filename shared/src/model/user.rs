//! Resource owners.

use std::{fmt, ops::Not};

use serde::{Deserialize, Serialize};

use super::SecretDigest;
use crate::protocol::{Digest, Secret, Subject};

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
    /// Whether what they let clients do is still to be taken back. It is set in the same write as the change that
    /// demands it.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub revocation_due: bool,
    /// How often they were switched off: a login made before does not come back to life when they are switched on again.
    #[serde(default, skip_serializing_if = "is_never")]
    pub times_disabled: u64,
}

impl User {
    /// Characters of a password at least (NIST SP 800-63B section 5.1.1.1).
    pub const MIN_PASSWORD: usize = 8;

    /// Whether a text may become a password.
    ///
    /// # Errors
    /// [`UnfitPassword`].
    pub fn refuse_unfit(password: &Secret) -> Result<(), UnfitPassword> {
        let characters = password.expose().chars().count();
        match characters {
            1.. if password.expose().chars().any(char::is_control) => Err(UnfitPassword::ControlCharacters),
            Self::MIN_PASSWORD.. => Ok(()),
            _ => Err(UnfitPassword::Short { characters }),
        }
    }

    /// Whether what they let clients do ends where they become `after`.
    pub fn is_shut_out_by(&self, after: &Self) -> bool {
        self.revocation_due || (self.enabled && !after.enabled) || self.password != after.password
    }

    /// What tells one password of the user from the next, and nothing else about it.
    pub fn password_digest(&self) -> Digest {
        self.password.fingerprint()
    }

    /// What a login stands on: this password, and not having been switched off since.
    pub fn login_digest(&self) -> Digest {
        Digest::of_parts(&[&self.password_digest().to_key(), &self.times_disabled.to_string()])
    }
}

/// Why a text cannot become a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfitPassword {
    /// Nobody can type it.
    ControlCharacters,
    /// It has fewer than [`User::MIN_PASSWORD`].
    Short {
        /// So many.
        characters: usize,
    },
}

impl fmt::Display for UnfitPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ControlCharacters => f.write_str("a password with control characters"),
            Self::Short { characters: 0 } => f.write_str("an empty password"),
            Self::Short { characters } => write!(f, "a password of {characters} characters"),
        }
    }
}

impl std::error::Error for UnfitPassword {}

fn is_never(times: &u64) -> bool {
    *times == 0
}
