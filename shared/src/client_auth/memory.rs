//! Hand-picked secrets proven before, so that Argon2id runs once per process and revision of the client.

use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock, PoisonError},
};

use ring::hmac;

use crate::{
    env::World,
    model::Client,
    protocol::{ClientId, Secret},
    store::Stored,
};

/// Remembers proofs as an HMAC under a key that never leaves the process.
#[derive(Default)]
pub struct ProvenSecrets {
    key: OnceLock<hmac::Key>,
    entries: Mutex<HashMap<ClientId, (u64, hmac::Tag)>>,
}

impl ProvenSecrets {
    /// Clients remembered at most.
    const CAPACITY: usize = 1_000;

    /// Whether this secret was proven for this revision of the client.
    pub(super) fn knows(&self, client: &Stored<Client>, secret: &Secret) -> bool {
        let Some(key) = self.key.get() else { return false };
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((revision, tag)) = entries.get(&client.value.client_id) else { return false };
        let still_whole = client.value.secrets.iter().all(|kept| kept.expires_at.is_none());
        *revision == client.revision
            && still_whole
            && hmac::verify(key, secret.expose().as_bytes(), tag.as_ref()).is_ok()
    }

    /// Remembers a proof. A client with a secret that ends is proven each time.
    pub fn remember(&self, client: &super::AuthenticatedClient, secret: &Secret, world: &World) {
        if !client.has_guessable_secret() {
            return;
        }
        let client = client.stored();
        let key = self.key.get_or_init(|| hmac::Key::new(hmac::HMAC_SHA256, &world.env().random::<32>()));
        let tag = hmac::sign(key, secret.expose().as_bytes());
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= Self::CAPACITY {
            entries.clear();
        }
        entries.insert(client.value.client_id.clone(), (client.revision, tag));
    }
}
