//! Hand-picked secrets and passwords proven before, so that Argon2id runs once per process for each.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use ring::hmac;

use super::{AuthenticatedClient, Proof};
use crate::{
    env::Env,
    model::{Client, ClientSecret, SecretDigest, User},
    protocol::{ClientId, Digest, Secret, Timestamp},
};

/// Remembers proofs as an HMAC under a key that never leaves the process.
#[derive(Default)]
pub struct ProvenSecrets {
    key: OnceLock<hmac::Key>,
    /// By whose digest a secret was proven to match.
    proofs: Mutex<HashMap<Digest, hmac::Tag>>,
}

impl ProvenSecrets {
    /// Proofs remembered at most.
    const CAPACITY: usize = 1_000;

    /// The client's secret that this one was proven to be, while it is still one of the client's.
    pub(super) fn recall<'c>(&self, client: &'c Client, secret: &Secret, now: Timestamp) -> Option<&'c ClientSecret> {
        let mut live = client.secrets.iter().filter(|kept| kept.is_live(now) && kept.digest.is_guessable());
        live.find(|kept| self.has(&secret_of(&client.client_id, &kept.digest), secret))
    }

    /// Remembers a proof that was costly to make.
    pub fn remember(&self, client: &AuthenticatedClient, secret: &Secret, env: &Env<'_>) {
        let Proof::Compared(ClientSecret { digest: matched, .. }) = &client.proof else { return };
        if matched.is_guessable() {
            self.keep(secret_of(&client.client().client_id, matched), secret, env);
        }
    }

    /// Whether a password is the user's as they were read.
    pub fn is_password_of(&self, user: &User, password: &Secret, env: &Env<'_>) -> bool {
        let place = password_of(user);
        if self.has(&place, password) {
            return true;
        }
        let is_right = user.password.matches(password);
        if is_right {
            self.keep(place, password, env);
        }
        is_right
    }

    fn has(&self, place: &Digest, secret: &Secret) -> bool {
        let Some(key) = self.key.get() else { return false };
        let proofs = self.proofs();
        let tag = proofs.get(place);
        tag.is_some_and(|tag| hmac::verify(key, secret.expose().as_bytes(), tag.as_ref()).is_ok())
    }

    fn keep(&self, place: Digest, secret: &Secret, env: &Env<'_>) {
        let key = self.key.get_or_init(|| hmac::Key::new(hmac::HMAC_SHA256, &env.random::<32>()));
        let tag = hmac::sign(key, secret.expose().as_bytes());
        let mut proofs = self.proofs();
        if proofs.len() >= Self::CAPACITY {
            proofs.clear();
        }
        proofs.insert(place, tag);
    }

    fn proofs(&self) -> MutexGuard<'_, HashMap<Digest, hmac::Tag>> {
        self.proofs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ProvenSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvenSecrets").finish_non_exhaustive()
    }
}

fn secret_of(client_id: &ClientId, digest: &SecretDigest) -> Digest {
    Digest::of_parts(&["secret", client_id.as_str(), &digest.fingerprint().to_key()])
}

fn password_of(user: &User) -> Digest {
    Digest::of_parts(&["password", user.username.as_str(), &user.password.fingerprint().to_key()])
}
