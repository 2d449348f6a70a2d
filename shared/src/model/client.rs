//! Applications and what they own: OAuth clients and API keys.

use std::{collections::BTreeSet, ops::Not};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::phc::{PasswordHash, Salt},
};
use pages::DisplayName;
use serde::{Deserialize, Serialize};

use super::{ClientTexts, PublicKey};
use crate::{
    env::Env,
    protocol::{ApplicationName, ClientId, Digest, GrantType, RedirectUri, Scope, Secret, Spkey, Timestamp},
};

/// An application: it groups credentials, which its switch turns off together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// Its name.
    pub name: ApplicationName,
    /// Whether its credentials count.
    pub enabled: bool,
}

/// An OAuth client, with everything that deciding about one of its requests needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Client {
    /// Its id.
    pub client_id: ClientId,
    /// Who owns it.
    pub application: ApplicationName,
    /// Whether the client itself is switched on.
    pub enabled: bool,
    /// Whether its application is, repeated here so that one read tells.
    pub application_enabled: bool,
    /// At most two, so that one can replace the other without a gap.
    pub secrets: Vec<ClientSecret>,
    /// Its public keys: for [`AuthMethod::PrivateKeyJwt`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<PublicKey>,
    /// How it proves who it is.
    pub auth_method: AuthMethod,
    /// Grant types it may use, where the service allows them too.
    pub grant_types: BTreeSet<GrantType>,
    /// Registered redirect URIs, compared as text.
    pub redirect_uris: Vec<String>,
    /// What it may ask for; `None` = whatever its services declare.
    pub scope: Option<Scope>,
    /// Services it gets tokens for.
    pub services: Vec<Spkey>,
    /// Services whose tokens it may introspect besides its own.
    pub introspects: Vec<Spkey>,
    /// Seconds its access tokens live at most.
    pub access_token_ttl: Option<u64>,
    /// What people are told about it.
    #[serde(default, skip_serializing_if = "ClientTexts::are_none")]
    pub texts: ClientTexts,
}

impl Client {
    /// What people know it as.
    pub fn shown_name(&self) -> &str {
        self.texts.name.as_ref().map_or(self.application.as_str(), DisplayName::as_str)
    }

    /// Whether the client and its application are switched on.
    pub fn is_enabled(&self) -> bool {
        self.enabled && self.application_enabled
    }

    /// The redirect URI that a request names, where the client has registered it. Programs on the user's machine are
    /// public clients (RFC 8252 section 8.5): of theirs alone the port of a loopback address does not count.
    pub fn redirect_uri(&self, presented: &str) -> Option<RedirectUri> {
        match self.auth_method {
            AuthMethod::None => RedirectUri::registered_on_any_port(presented, &self.redirect_uris),
            AuthMethod::ClientSecret | AuthMethod::PrivateKeyJwt => {
                RedirectUri::registered(presented, &self.redirect_uris)
            }
        }
    }
}

/// How a client proves who it is (RFC 7591 `token_endpoint_auth_method`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// `client_secret_basic` or `client_secret_post`, whichever it likes.
    ClientSecret,
    /// `private_key_jwt`: an assertion that one of its keys has signed (RFC 7523 section 2.2).
    PrivateKeyJwt,
    /// `none`: a public client.
    None,
}

/// One secret of a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// What is kept of it.
    pub digest: SecretDigest,
    /// When it ends; `None` = never.
    pub expires_at: Option<Timestamp>,
    /// Whether a configuration file gave it, so that applying the file brings it back.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub is_of_file: bool,
}

impl ClientSecret {
    /// Whether it still counts.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// What is kept of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretDigest {
    /// SHA-256: enough for a random secret of 120 bits and more.
    Sha256(Digest),
    /// Argon2id in PHC form: for what a person picked.
    Argon2id(String),
}

impl SecretDigest {
    /// The digest of a generated secret.
    pub fn of_generated(secret: &Secret) -> Self {
        Self::Sha256(secret.digest())
    }

    /// The digest of a password or a hand-picked secret: Argon2id, 19 MiB, 2 passes (OWASP). It takes tens of
    /// milliseconds on purpose.
    pub fn of_hand_picked(secret: &Secret, env: &Env<'_>) -> Self {
        let salt = Salt::new(&env.random::<16>()).expect("16 bytes are within a salt's limits");
        let hash = argon2id().hash_password_with_salt(secret.expose().as_bytes(), salt.as_ref());
        Self::Argon2id(hash.expect("a secret of any length and a salt of 16 bytes are fine").to_string())
    }

    /// Whether a secret is the one.
    pub fn matches(&self, secret: &Secret) -> bool {
        match self {
            Self::Sha256(digest) => digest.matches(&secret.digest()),
            Self::Argon2id(phc) => PasswordHash::new(phc)
                .is_ok_and(|hash| argon2id().verify_password(secret.expose().as_bytes(), &hash).is_ok()),
        }
    }

    /// What tells it from the digest of another secret, or of the same one with another salt.
    pub fn fingerprint(&self) -> Digest {
        match self {
            Self::Sha256(digest) => Digest::of(digest.as_bytes()),
            Self::Argon2id(phc) => Digest::of(phc.as_bytes()),
        }
    }

    /// Whether guessing could find it, so that attempts are counted.
    pub fn is_guessable(&self) -> bool {
        matches!(self, Self::Argon2id(_))
    }
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these parameters are within Argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// An API key of an application, found by the digest of the key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiKey {
    /// SHA-256 of the key.
    pub digest: Digest,
    /// Its name in the file.
    pub name: String,
    /// Who owns it.
    pub application: ApplicationName,
    /// Whether the key itself is switched on.
    pub enabled: bool,
    /// Whether its application is.
    pub application_enabled: bool,
    /// Services it opens.
    pub services: Vec<Spkey>,
}

impl ApiKey {
    /// Whether the key and its application are switched on.
    pub fn is_enabled(&self) -> bool {
        self.enabled && self.application_enabled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing::env;

    fn secret(text: &str) -> Secret {
        Secret::new(text.into())
    }

    #[test]
    fn a_hand_picked_secret_is_kept_as_argon2id_with_its_own_salt() {
        let (first, second) =
            (SecretDigest::of_hand_picked(&secret("s"), &env()), SecretDigest::of_hand_picked(&secret("s"), &env()));
        assert_ne!(first, second);
        assert!(matches!(&first, SecretDigest::Argon2id(phc) if phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")));
        assert!(first.matches(&secret("s")) && !first.matches(&secret("t")));
    }

    #[test]
    fn a_generated_secret_is_kept_as_sha_256() {
        let digest = SecretDigest::of_generated(&secret("tgs_x"));
        assert!(digest.matches(&secret("tgs_x")) && !digest.matches(&secret("tgs_y")));
    }
}
