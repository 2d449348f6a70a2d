//! Hand-picked secrets proven before, so that Argon2id runs once per process and secret.

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock, PoisonError},
};

use ring::hmac;

use super::{AuthenticatedClient, Proof};
use crate::{
    env::Env,
    model::{Client, ClientSecret, SecretDigest},
    protocol::{ClientId, Secret, Timestamp},
};

/// Remembers proofs as an HMAC under a key that never leaves the process.
#[derive(Default)]
pub struct ProvenSecrets {
    key: OnceLock<hmac::Key>,
    proofs: Mutex<HashMap<ClientId, Known>>,
}

/// Which of a client's digests a secret has matched.
struct Known {
    matched: SecretDigest,
    tag: hmac::Tag,
}

impl ProvenSecrets {
    /// Clients remembered at most.
    const CAPACITY: usize = 1_000;

    /// The client's secret that this one was proven to be, while it is still one of the client's.
    pub(super) fn recall<'c>(&self, client: &'c Client, secret: &Secret, now: Timestamp) -> Option<&'c ClientSecret> {
        let key = self.key.get()?;
        let proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        let proof = proofs.get(&client.client_id)?;
        let kept = client.secrets.iter().find(|kept| kept.is_live(now) && kept.digest == proof.matched)?;
        hmac::verify(key, secret.expose().as_bytes(), proof.tag.as_ref()).is_ok().then_some(kept)
    }

    /// Remembers a proof that was costly to make.
    pub fn remember(&self, client: &AuthenticatedClient, secret: &Secret, env: &Env<'_>) {
        let Proof::Compared(ClientSecret { digest: matched, .. }) = &client.proof else { return };
        if !matched.is_guessable() {
            return;
        }
        let key = self.key.get_or_init(|| hmac::Key::new(hmac::HMAC_SHA256, &env.random::<32>()));
        let tag = hmac::sign(key, secret.expose().as_bytes());
        let mut proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        if proofs.len() >= Self::CAPACITY {
            proofs.clear();
        }
        let matched = matched.clone();
        proofs.insert(client.client().client_id.clone(), Known { matched, tag });
    }
}
