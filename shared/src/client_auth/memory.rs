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

    /// The client's secret that this one was proven to be, while it is still one of the client's and the client may ask: a
    /// refusal that comes at once would tell that the secret is right (rule T8).
    pub(super) fn recall<'c>(&self, client: &'c Client, secret: &Secret, now: Timestamp) -> Option<&'c ClientSecret> {
        if !client.is_enabled() {
            return None;
        }
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

    /// Whether a password is the user's as they were read. That of a user who may not log in is compared each time: a
    /// refusal that comes at once would tell that the password is right.
    pub fn is_password_of(&self, user: &User, password: &Secret, env: &Env<'_>) -> bool {
        if !user.enabled {
            return user.password.matches(password);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        env::testing::{NOW, env},
        model::samples,
    };

    fn secret(text: &str) -> Secret {
        Secret::new(text.into())
    }

    fn hashed(text: &str) -> SecretDigest {
        SecretDigest::of_hand_picked(&secret(text), &env())
    }

    #[test]
    fn t8_of_a_user_who_is_switched_off_no_password_is_recalled_or_remembered() {
        let (proven, on) = (ProvenSecrets::default(), samples::user("alice", hashed("right")));
        let off = User { enabled: false, ..on.clone() };
        assert!(proven.is_password_of(&off, &secret("right"), &env()));
        assert!(proven.proofs().is_empty());
        proven.keep(password_of(&on), &secret("recalled"), &env());
        let recalls = |user: &User| proven.is_password_of(user, &secret("recalled"), &env());
        assert!(recalls(&on) && !recalls(&off));
    }

    #[test]
    fn t8_of_a_client_that_is_switched_off_no_secret_is_recalled() {
        let kept = ClientSecret { digest: hashed("right"), expires_at: None, is_of_file: false };
        let on = Client { secrets: vec![kept.clone()], ..samples::client(&[], None) };
        let off = [Client { enabled: false, ..on.clone() }, Client { application_enabled: false, ..on.clone() }];
        let proven = ProvenSecrets::default();
        proven.keep(secret_of(&on.client_id, &kept.digest), &secret("right"), &env());
        assert!(proven.recall(&on, &secret("right"), NOW).is_some());
        assert!(off.iter().all(|client| proven.recall(client, &secret("right"), NOW).is_none()));
    }
}
