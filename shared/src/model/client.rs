//! Applications and what they own: OAuth clients and API keys.

use std::{collections::BTreeSet, ops::Not};

use pages::DisplayName;
use serde::{Deserialize, Serialize};

use super::{ClientTexts, PublicKey, SecretDigest};
use crate::protocol::{ApplicationName, ClientId, Digest, GrantType, RedirectUri, Scope, Spkey, Timestamp};

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
