//! A new secret for a client, and a while in which the one that it replaces still counts.

use std::fmt;

use super::{AuthMethod, Client, ClientSecret, SecretDigest};
use crate::protocol::Timestamp;

/// Why a client gets no new secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationRefused {
    /// It proves itself in another way, or not at all.
    NoSecrets,
    /// Two secrets count already.
    TwoCount {
        /// When the first of them ends, if one does.
        until: Option<Timestamp>,
    },
}

impl Client {
    /// The client with another secret. The one that it has ends after `overlap` seconds, or sooner if it was to; with
    /// an overlap of 0 every other secret ends at once.
    ///
    /// # Errors
    /// [`RotationRefused`].
    pub fn with_secret(&self, digest: SecretDigest, overlap: u64, now: Timestamp) -> Result<Self, RotationRefused> {
        if self.auth_method != AuthMethod::ClientSecret {
            return Err(RotationRefused::NoSecrets);
        }
        let end = now.plus(overlap);
        let ending = |kept: &ClientSecret| ClientSecret {
            expires_at: Some(kept.expires_at.map_or(end, |earlier| earlier.min(end))),
            ..kept.clone()
        };
        let older: Vec<ClientSecret> = self.secrets.iter().map(ending).filter(|kept| kept.is_live(now)).collect();
        if older.len() > 1 {
            let until = self.secrets.iter().filter(|kept| kept.is_live(now)).filter_map(|kept| kept.expires_at).min();
            return Err(RotationRefused::TwoCount { until });
        }
        let secrets = older.into_iter().chain([ClientSecret { digest, expires_at: None, is_of_file: false }]).collect();
        Ok(Self { secrets, ..self.clone() })
    }
}

impl fmt::Display for RotationRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSecrets => f.write_str("it has no secrets, because of its token_endpoint_auth_method"),
            Self::TwoCount { until: Some(until) } => {
                write!(f, "two of its secrets count already: wait until {}, or end both with ", until.rfc3339())?;
                f.write_str(END_BOTH)
            }
            Self::TwoCount { until: None } => write!(f, "two of its secrets count already: end both with {END_BOTH}"),
        }
    }
}

const END_BOTH: &str = "an overlap of 0s";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{env::testing::NOW, model::samples, protocol::Secret};

    fn digest(text: &str) -> SecretDigest {
        SecretDigest::of_generated(&Secret::new(text.into()))
    }

    fn client(secrets: &[(&str, Option<Timestamp>)]) -> Client {
        let secret = |(text, expires_at): &(&str, Option<Timestamp>)| ClientSecret {
            digest: digest(text),
            expires_at: *expires_at,
            is_of_file: false,
        };
        Client { secrets: secrets.iter().map(secret).collect(), ..samples::client(&[], None) }
    }

    fn rotated(secrets: &[(&str, Option<Timestamp>)], overlap: u64) -> Result<Client, RotationRefused> {
        client(secrets).with_secret(digest("new"), overlap, NOW)
    }

    #[test]
    fn the_older_secret_gets_an_end_and_the_new_one_has_none() {
        let expected = client(&[("old", Some(NOW.plus(60))), ("new", None)]);
        assert_eq!(rotated(&[("old", None)], 60), Ok(expected.clone()));
        assert_eq!(rotated(&[("older", Some(NOW)), ("old", None)], 60), Ok(expected), "one that is over is dropped");
    }

    #[test]
    fn an_end_is_never_put_off() {
        let soon = Some(NOW.plus(5));
        assert_eq!(rotated(&[("old", soon)], 60), Ok(client(&[("old", soon), ("new", None)])));
    }

    #[test]
    fn a_third_secret_waits_for_the_end_of_the_first_or_ends_both() {
        let two = [("older", Some(NOW.plus(5))), ("old", None)];
        assert_eq!(rotated(&two, 60), Err(RotationRefused::TwoCount { until: Some(NOW.plus(5)) }));
        assert_eq!(rotated(&[("a", None), ("b", None)], 60), Err(RotationRefused::TwoCount { until: None }));
        assert_eq!(rotated(&two, 0), Ok(client(&[("new", None)])));
    }

    #[test]
    fn a_public_client_gets_no_secret() {
        let public = Client { auth_method: AuthMethod::None, ..client(&[]) };
        assert_eq!(public.with_secret(digest("new"), 60, NOW), Err(RotationRefused::NoSecrets));
    }
}
