//! Which client asks, and the proof (RFC 6749 section 2.3): parse what was presented, load the client, decide.

mod memory;
mod presented;

use std::{cmp::Reverse, fmt, sync::Arc};

pub use memory::ProvenSecrets;
use presented::Proof as Proffered;
pub use presented::{Dialect, Presented};

use crate::{
    model::{AuthMethod, Client, ClientSecret, HttpUri, SecretDigest, ThrottleKey, UsedAssertion},
    protocol::{ClientId, ErrorCode, OAuthError, Secret, Timestamp},
    store::{Reader, StoreError, Stored},
};

/// Who asks.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A client that proved who it is.
    Authenticated(AuthenticatedClient),
    /// A public client: named, not proven.
    Public(Arc<Stored<Client>>),
}

impl Caller {
    /// The client, proven or not.
    pub fn client(&self) -> &Client {
        match self {
            Self::Authenticated(client) => client.client(),
            Self::Public(client) => &client.value,
        }
    }

    /// When the secret ends that proved the client, where it is to end: another has taken its place.
    pub fn secret_ends(&self) -> Option<Timestamp> {
        match self {
            Self::Authenticated(AuthenticatedClient {
                proof: Proof::Compared(secret) | Proof::Recalled(secret),
                ..
            }) => secret.expires_at,
            Self::Authenticated(_) | Self::Public(_) => None,
        }
    }
}

/// A client that proved who it is: there is no other way to get one than [`decide`].
#[derive(Clone, Debug)]
pub struct AuthenticatedClient {
    stored: Arc<Stored<Client>>,
    proof: Proof,
}

/// What proved a client.
#[derive(Clone, Debug)]
enum Proof {
    /// One of its secrets, by comparing.
    Compared(ClientSecret),
    /// One of its secrets, that this process had compared before.
    Recalled(ClientSecret),
    /// An assertion that one of its keys has signed.
    Assertion,
}

/// Who asks, and what has to be committed before that counts.
#[derive(Debug)]
#[must_use]
pub struct Identified {
    /// Who asks.
    pub caller: Caller,
    /// The assertion that proved it and may do so once.
    pub used: Option<UsedAssertion>,
}

impl AuthenticatedClient {
    fn client(&self) -> &Client {
        &self.stored.value
    }
}

/// What a decision about a client stands on.
#[derive(Clone, Debug)]
pub struct Facts {
    client: Option<Arc<Stored<Client>>>,
    kept: bool,
    /// The client's secret that the presented one was proven to be before.
    proven: Option<ClientSecret>,
}

impl Facts {
    /// The client's id, when there is such a client: logs name only what exists.
    pub fn known_client(&self) -> Option<&ClientId> {
        self.client.as_ref().map(|client| &client.value.client_id)
    }

    /// Whether the client was read a while ago, so that a refusal is worth another look.
    pub fn are_kept(&self) -> bool {
        self.kept
    }

    /// Whether the secret was proven before in this process.
    pub fn are_proven(&self) -> bool {
        self.proven.is_some()
    }

    /// Whether both speak of the same state of the client.
    pub fn agree_with(&self, other: &Self) -> bool {
        self.client == other.client
    }
}

/// How old what is known of a client may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// As old as definitions may (`DEFINITION_MAX_AGE`).
    Kept,
    /// As it is now.
    Anew,
}

/// Reads the client, which may be as old as definitions may.
///
/// # Errors
/// [`StoreError`].
pub async fn load(
    presented: &Presented,
    reader: &Reader,
    proven: &ProvenSecrets,
    now: Timestamp,
) -> Result<Facts, StoreError> {
    match reader.kept_client(presented.client_id()) {
        Some(client) => Ok(facts(presented, Some(client), proven, now).kept()),
        None => load_anew(presented, reader, proven, now).await,
    }
}

/// Reads the client as it is now.
///
/// # Errors
/// [`StoreError`].
pub async fn load_anew(
    presented: &Presented,
    reader: &Reader,
    proven: &ProvenSecrets,
    now: Timestamp,
) -> Result<Facts, StoreError> {
    let client = reader.client_anew(presented.client_id()).await?;
    Ok(facts(presented, client, proven, now))
}

/// What a client that was read just now says of what was presented.
pub fn facts(
    presented: &Presented,
    client: Option<Arc<Stored<Client>>>,
    proven: &ProvenSecrets,
    now: Timestamp,
) -> Facts {
    let recalled = client.as_ref().zip(presented.secret());
    let proven = recalled.and_then(|(client, secret)| proven.recall(&client.value, secret, now).cloned());
    Facts { client, kept: false, proven }
}

impl Facts {
    /// These facts with what this process has compared since.
    #[must_use]
    pub fn recalled_anew(&self, presented: &Presented, proven: &ProvenSecrets, now: Timestamp) -> Self {
        Self { kept: self.kept, ..facts(presented, self.client.clone(), proven, now) }
    }

    fn kept(self) -> Self {
        Self { kept: true, ..self }
    }
}

/// The counter that has to admit this attempt first: there is one where a secret that guessing could find is tried. One
/// that was generated is no guess, also beside a hand-picked one that it takes the place of.
pub fn guess(presented: &Presented, facts: &Facts, source: &str, now: Timestamp) -> Option<ThrottleKey> {
    let client = &facts.client.as_ref()?.value;
    let secret =
        presented.secret().filter(|_| client.auth_method == AuthMethod::ClientSecret && !facts.are_proven())?;
    let (guessable, generated): (Vec<_>, Vec<_>) = live(client, now).partition(|kept| kept.digest.is_guessable());
    let is_guess = !guessable.is_empty() && !generated.iter().any(|kept| kept.digest.matches(secret));
    is_guess.then(|| ThrottleKey::of_client_secret(client.client_id.as_str(), source))
}

/// The client's secrets that count.
fn live(client: &Client, now: Timestamp) -> impl Iterator<Item = &ClientSecret> {
    client.secrets.iter().filter(move |kept| kept.is_live(now))
}

/// Decides who asks. Unknown, switched off and wrong secret look the same from outside (rule T8).
///
/// # Errors
/// `invalid_client`.
pub fn decide(
    presented: &Presented,
    facts: &Facts,
    issuer: &HttpUri,
    now: Timestamp,
) -> Result<Identified, OAuthError> {
    let Some(client) = &facts.client else {
        judge_in_vain(presented, issuer, now);
        return Err(refused("unknown client"));
    };
    let (proof, used) = match (presented.proof(), client.value.auth_method) {
        (Proffered::None, AuthMethod::None) => (None, None),
        (Proffered::Secret(secret), AuthMethod::ClientSecret) => (Some(by_secret(secret, facts, client, now)?), None),
        (Proffered::Assertion(jwt), AuthMethod::PrivateKeyJwt) => {
            let keys = (&client.value.client_id, client.value.keys.as_slice());
            let used = jwt.judge(keys, issuer.as_str(), now);
            let used = used.map_err(unfit)?;
            (Some(Proof::Assertion), Some(used))
        }
        (_, method) => {
            judge_in_vain(presented, issuer, now);
            return Err(refused(match method {
                AuthMethod::None => "a public client has no secret and no key",
                AuthMethod::ClientSecret => "the client did not send its secret",
                AuthMethod::PrivateKeyJwt => "the client did not send an assertion of its key",
            }));
        }
    };
    if !client.value.is_enabled() {
        return Err(refused("the client or its application is switched off"));
    }
    let stored = Arc::clone(client);
    let caller = match proof {
        None => Caller::Public(stored),
        Some(proof) => Caller::Authenticated(AuthenticatedClient { stored, proof }),
    };
    Ok(Identified { caller, used })
}

fn by_secret(secret: &Secret, facts: &Facts, client: &Stored<Client>, now: Timestamp) -> Result<Proof, OAuthError> {
    let compared = || {
        let mut live = Vec::from_iter(live(&client.value, now));
        // Argon2id comes last. The one that counts longest is the newest, and most are on their way to it.
        let ends = |kept: &ClientSecret| kept.expires_at.map_or(u64::MAX, Timestamp::as_secs);
        live.sort_by_key(|kept| (kept.digest.is_guessable(), Reverse(ends(kept))));
        live.into_iter().find(|kept| kept.digest.matches(secret)).cloned().map(Proof::Compared)
    };
    facts.proven.clone().map(Proof::Recalled).or_else(compared).ok_or_else(|| refused("wrong secret"))
}

/// What a caller is told who has to wait.
pub fn too_many_failures(seconds: u64) -> OAuthError {
    ErrorCode::TooManyFailures
        .because("too many failed attempts from this address, wait before the next one")
        .retry_after(seconds)
        .logged_as("throttled")
}

/// The work of judging a proof where there is nothing to judge it by, so that time does not tell who is there (rule T8).
fn judge_in_vain(presented: &Presented, issuer: &HttpUri, now: Timestamp) {
    match presented.proof() {
        Proffered::None => {}
        Proffered::Secret(secret) => {
            SecretDigest::of_generated(&Secret::new(String::new())).matches(secret);
        }
        Proffered::Assertion(jwt) => drop(jwt.judge((presented.client_id(), &[]), issuer.as_str(), now)),
    }
}

/// What a caller is told whose assertion was used before.
pub fn used_before() -> OAuthError {
    unfit("it was used before")
}

/// What a caller is told whose assertion does not count: no more than with a wrong secret.
fn unfit(why: impl fmt::Display) -> OAuthError {
    ErrorCode::InvalidAssertion.because(FAILED).logged_as(format!("client assertion: {why}"))
}

fn refused(reason: &'static str) -> OAuthError {
    failed().logged_as(reason)
}

fn failed() -> OAuthError {
    ErrorCode::InvalidClient.because(FAILED)
}

const FAILED: &str = "client authentication failed";

#[cfg(test)]
pub(crate) mod testing {
    //! Callers for tests of grants.

    use super::{Arc, AuthenticatedClient, Caller, Client, ClientSecret, Proof, Secret, SecretDigest, Stored};

    pub(crate) fn authenticated(client: Client) -> Caller {
        let stored = Arc::new(Stored { value: client, revision: 1 });
        let digest = SecretDigest::of_generated(&Secret::new("s".into()));
        let proof = Proof::Compared(ClientSecret { digest, expires_at: None, is_of_file: false });
        Caller::Authenticated(AuthenticatedClient { stored, proof })
    }
}

#[cfg(test)]
mod tests;
