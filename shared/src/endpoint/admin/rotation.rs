//! A new secret for a client: read it, decide, and write it over the revision that was read.

use std::fmt;

use super::apply::DrawnSecret;
use crate::{
    env::World,
    model::{ClientSecret, RotationRefused, SecretDigest, generated_secret},
    protocol::ClientId,
    store::{Change, CommitError, Record, StoreError, Writer},
};

/// A new secret, and what becomes of the older one.
#[derive(Debug)]
pub struct Rotated {
    /// The new secret, to be shown once.
    pub drawn: DrawnSecret,
    /// The secret that counts beside it for a while.
    pub older: Option<ClientSecret>,
    /// Whether a file gave a secret that this one replaces: applying that file again brings it back.
    pub is_undone_by_file: bool,
}

/// Why a client has no new secret, or perhaps none.
#[derive(Debug)]
pub enum RotationError {
    /// There is no such client.
    Unknown,
    /// It takes none.
    Refused(RotationRefused),
    /// It could not be read; nothing was written.
    Read(StoreError),
    /// It was changed by somebody else meanwhile; nothing was written.
    Changed,
    /// The write had no answer: the new secret may count or not.
    Unconfirmed {
        /// What may have become so.
        rotated: Box<Rotated>,
        /// What happened.
        error: StoreError,
    },
}

/// Draws a secret for a client. The one that it has ends after `overlap` seconds.
///
/// # Errors
/// [`RotationError`].
pub async fn rotate_secret(
    client_id: &ClientId,
    overlap: u64,
    store: &Writer,
    world: &World,
) -> Result<Rotated, RotationError> {
    let (env, now) = (world.env(), world.clock.now());
    let stored = store.reader().client_anew(client_id).await.map_err(RotationError::Read)?;
    let stored = stored.ok_or(RotationError::Unknown)?;
    let secret = generated_secret(&env);
    let client = stored.value.with_secret(SecretDigest::of_generated(&secret), overlap, now);
    let client = client.map_err(RotationError::Refused)?;
    let older = client.secrets.iter().find(|kept| kept.expires_at.is_some()).cloned();
    let is_undone_by_file = stored.value.secrets.iter().any(|kept| kept.is_of_file);
    let drawn = DrawnSecret::new(format!("client {client_id}"), secret);
    let mut rotated = Rotated { drawn, older, is_undone_by_file };
    let record = Record::Client(Box::new(client));
    match store.commit(Change::Save { record, over: Some(stored.revision), attempt: env.attempt() }).await {
        Ok(()) => {
            rotated.drawn.confirmed = true;
            Ok(rotated)
        }
        Err(CommitError::Conflict) => Err(RotationError::Changed),
        Err(CommitError::Store(error)) => Err(RotationError::Unconfirmed { rotated: Box::new(rotated), error }),
    }
}

impl fmt::Display for RotationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("there is no such client"),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Read(error) => write!(f, "nothing was written: {error}"),
            Self::Changed => f.write_str("nothing was written: it was changed meanwhile, try again"),
            Self::Unconfirmed { error, .. } => write!(f, "the new secret may count or not: {error}"),
        }
    }
}

impl std::error::Error for RotationError {}
