//! Hand-picked secrets proven before, so that Argon2id runs once per process and secret.

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock, PoisonError},
};

use ring::hmac;

use super::AuthenticatedClient;
use crate::{
    env::Env,
    model::{Client, SecretDigest},
    protocol::{ClientId, Secret, Timestamp},
};

/// Remembers proofs as an HMAC under a key that never leaves the process.
#[derive(Default)]
pub struct ProvenSecrets {
    key: OnceLock<hmac::Key>,
    proofs: Mutex<HashMap<ClientId, Proof>>,
}

/// Which of a client's digests a secret has matched.
struct Proof {
    matched: SecretDigest,
    tag: hmac::Tag,
}

impl ProvenSecrets {
    /// Clients remembered at most.
    const CAPACITY: usize = 1_000;

    /// Whether this secret was proven, by a digest that is still one of the client's.
    pub(super) fn know(&self, client: &Client, secret: &Secret, now: Timestamp) -> bool {
        let Some(key) = self.key.get() else { return false };
        let proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(proof) = proofs.get(&client.client_id) else { return false };
        let mut live = client.secrets.iter().filter(|kept| kept.is_live(now));
        live.any(|kept| kept.digest == proof.matched)
            && hmac::verify(key, secret.expose().as_bytes(), proof.tag.as_ref()).is_ok()
    }

    /// Remembers a proof that was costly to make.
    pub fn remember(&self, client: &AuthenticatedClient, secret: &Secret, env: &Env<'_>) {
        let Some(matched) = client.proof.clone().filter(SecretDigest::is_guessable) else { return };
        let key = self.key.get_or_init(|| hmac::Key::new(hmac::HMAC_SHA256, &env.random::<32>()));
        let tag = hmac::sign(key, secret.expose().as_bytes());
        let mut proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        if proofs.len() >= Self::CAPACITY {
            proofs.clear();
        }
        proofs.insert(client.client().client_id.clone(), Proof { matched, tag });
    }
}
