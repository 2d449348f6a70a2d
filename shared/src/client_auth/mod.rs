//! Which client asks, and the proof (RFC 6749 section 2.3): parse what was presented, load the client, decide.

mod memory;
mod presented;

use std::sync::Arc;

pub use memory::ProvenSecrets;
pub use presented::{Dialect, Presented};

use crate::{
    env::Env,
    model::{AuthMethod, Client, SecretDigest, Throttle, ThrottleKey},
    protocol::{ClientId, ErrorCode, OAuthError, Secret},
    store::{Change, Reader, StoreError, Stored},
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
            Self::Authenticated(client) => &client.0.value,
            Self::Public(client) => &client.value,
        }
    }
}

/// A client that proved who it is: there is no other way to get one than [`decide`].
#[derive(Clone, Debug)]
pub struct AuthenticatedClient(Arc<Stored<Client>>);

/// What a decision about a client stands on.
#[derive(Clone, Debug)]
pub struct Facts {
    client: Option<Arc<Stored<Client>>>,
    proven: bool,
    throttle: Option<Throttle>,
}

/// A client was not accepted, and perhaps that is to be counted.
#[derive(Debug)]
pub struct Refused {
    /// What the caller gets.
    pub error: OAuthError,
    /// The failure to count.
    pub change: Option<Box<Change>>,
}

/// Reads the client, and the counter of failures where its secret could be guessed and was not proven before.
///
/// # Errors
/// [`StoreError`].
pub async fn load(
    presented: &Presented,
    source: &str,
    reader: &Reader,
    proven: &ProvenSecrets,
) -> Result<Facts, StoreError> {
    let Some(client) = reader.client(presented.client_id()).await? else {
        return Ok(Facts { client: None, proven: false, throttle: None });
    };
    let known = presented.secret().is_some_and(|secret| proven.knows(&client, secret));
    let guessable = client.value.secrets.iter().any(|secret| secret.digest.is_guessable());
    let throttle = match presented.secret() {
        Some(_) if guessable && !known => reader.throttle(&throttle_key(presented, source)).await?,
        _ => None,
    };
    Ok(Facts { client: Some(client), proven: known, throttle })
}

/// Decides who asks. Unknown, switched off and wrong secret look the same from outside (rule T8).
///
/// # Errors
/// [`Refused`] with `invalid_client`, or 429 when there were too many failures from this place.
pub fn decide(presented: &Presented, facts: &Facts, source: &str, env: &Env<'_>) -> Result<Caller, Refused> {
    let Some(client) = &facts.client else {
        if let Some(secret) = presented.secret() {
            absent().matches(secret);
        }
        return Err(refused("unknown client"));
    };
    match (presented.secret(), client.value.auth_method) {
        (None, AuthMethod::None) => named(client),
        (None, AuthMethod::ClientSecret) => Err(refused("the client sent no secret")),
        (Some(_), AuthMethod::None) => Err(refused("a public client has no secret")),
        (Some(secret), AuthMethod::ClientSecret) => {
            if let Some(seconds) = facts.throttle.and_then(|throttle| throttle.wait(env.now)) {
                return Err(too_many(seconds));
            }
            prove(client, secret, facts.proven, env).map_err(|reason| {
                let guessable = client.value.secrets.iter().any(|secret| secret.digest.is_guessable());
                let key = throttle_key(presented, source);
                let change =
                    (guessable && reason == WRONG).then(|| Box::new(Change::CountFailure { key, now: env.now }));
                Refused { change, ..refused(reason) }
            })
        }
    }
}

fn named(client: &Arc<Stored<Client>>) -> Result<Caller, Refused> {
    if client.value.is_enabled() { Ok(Caller::Public(Arc::clone(client))) } else { Err(refused(SWITCHED_OFF)) }
}

fn prove(client: &Arc<Stored<Client>>, secret: &Secret, proven: bool, env: &Env<'_>) -> Result<Caller, &'static str> {
    let live = client.value.secrets.iter().filter(|kept| kept.is_live(env.now));
    let matches = proven || live.fold(false, |found, kept| found | kept.digest.matches(secret));
    match (matches, client.value.is_enabled()) {
        (false, _) => Err(WRONG),
        (true, false) => Err(SWITCHED_OFF),
        (true, true) => Ok(Caller::Authenticated(AuthenticatedClient(Arc::clone(client)))),
    }
}

impl AuthenticatedClient {
    /// Whether one of its secrets could be guessed, so that proving it again is worth saving.
    pub fn has_guessable_secret(&self) -> bool {
        self.0.value.secrets.iter().any(|secret| secret.digest.is_guessable())
    }

    /// The stored client.
    pub(crate) fn stored(&self) -> &Stored<Client> {
        &self.0
    }
}

/// The digest that an unknown client's secret is compared with, so that it takes the same path.
fn absent() -> SecretDigest {
    SecretDigest::of_generated(&Secret::new(String::new()))
}

fn throttle_key(presented: &Presented, source: &str) -> ThrottleKey {
    ThrottleKey::of_client_secret(presented.client_id().as_str(), source)
}

fn refused(reason: &'static str) -> Refused {
    let error = ErrorCode::InvalidClient.because("client authentication failed").logged_as(reason);
    Refused { error, change: None }
}

fn too_many(seconds: u64) -> Refused {
    let error = ErrorCode::TooManyFailures
        .because("too many failed attempts from this address, wait before the next one")
        .retry_after(seconds)
        .logged_as("throttled");
    Refused { error, change: None }
}

/// Whether an id is a client's at all, for logs that name only what exists.
impl Facts {
    /// The client's id, when there is such a client.
    pub fn known_client(&self) -> Option<&ClientId> {
        self.client.as_ref().map(|client| &client.value.client_id)
    }
}

const WRONG: &str = "wrong secret";
const SWITCHED_OFF: &str = "the client or its application is switched off";

#[cfg(test)]
pub(crate) mod testing {
    //! Callers for tests of grants.

    use super::{Arc, AuthenticatedClient, Caller, Client, Stored};

    pub(crate) fn authenticated(client: Client) -> Caller {
        Caller::Authenticated(AuthenticatedClient(Arc::new(Stored { value: client, revision: 1 })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        env::testing::{NOW, env},
        model::{ClientSecret, samples},
        protocol::Timestamp,
    };

    fn client(auth_method: AuthMethod) -> Client {
        let digest = SecretDigest::of_generated(&Secret::new("right".into()));
        let secrets = vec![ClientSecret { digest, expires_at: None }];
        Client { secrets, auth_method, ..samples::client(&[], None) }
    }

    fn facts(client: Option<Client>) -> Facts {
        let stored = client.map(|value| Arc::new(Stored { value, revision: 1 }));
        Facts { client: stored, proven: false, throttle: None }
    }

    fn with_secret(secret: &str) -> Presented {
        Presented::new(ClientId::parse("s6BhdRkqt3").unwrap(), Some(Secret::new(secret.into())))
    }

    fn outcome(presented: &Presented, facts: &Facts) -> Result<Caller, (ErrorCode, String, bool)> {
        decide(presented, facts, "192.0.2.1", &env())
            .map_err(|r| (r.error.code, r.error.description.into_owned(), r.change.is_some()))
    }

    #[test]
    fn t8_unknown_wrong_and_switched_off_look_the_same() {
        let off = Client { enabled: false, ..client(AuthMethod::ClientSecret) };
        let parent_off = Client { application_enabled: false, ..client(AuthMethod::ClientSecret) };
        let answers = [
            outcome(&with_secret("right"), &facts(None)),
            outcome(&with_secret("wrong"), &facts(Some(client(AuthMethod::ClientSecret)))),
            outcome(&with_secret("right"), &facts(Some(off))),
            outcome(&with_secret("right"), &facts(Some(parent_off))),
        ];
        for answer in answers {
            let same = (ErrorCode::InvalidClient, "client authentication failed".to_owned(), false);
            assert_eq!(answer.unwrap_err(), same);
        }
    }

    #[test]
    fn the_right_secret_proves_the_client_and_an_expired_one_does_not() {
        let mut fading = client(AuthMethod::ClientSecret);
        assert!(matches!(outcome(&with_secret("right"), &facts(Some(fading.clone()))), Ok(Caller::Authenticated(_))));
        fading.secrets[0].expires_at = Some(NOW);
        assert!(outcome(&with_secret("right"), &facts(Some(fading))).is_err());
    }

    #[test]
    fn a_public_client_is_named_and_never_proven() {
        let presented = Presented::new(ClientId::parse("s6BhdRkqt3").unwrap(), None);
        assert!(matches!(outcome(&presented, &facts(Some(client(AuthMethod::None)))), Ok(Caller::Public(_))));
        assert!(outcome(&with_secret("right"), &facts(Some(client(AuthMethod::None)))).is_err());
        assert!(outcome(&presented, &facts(Some(client(AuthMethod::ClientSecret)))).is_err());
    }

    #[test]
    fn t9_a_wrong_guess_is_counted_and_too_many_have_to_wait() {
        let mut guessable = client(AuthMethod::ClientSecret);
        guessable.secrets[0].digest = SecretDigest::of_hand_picked(&Secret::new("right".into()), &env());
        let mut facts = facts(Some(guessable));
        assert!(outcome(&with_secret("wrong"), &facts).unwrap_err().2);
        assert!(outcome(&with_secret("right"), &facts).is_ok());
        facts.throttle = Some(Throttle { failures: 10, window_ends: Timestamp::from_secs(NOW.as_secs() + 7) });
        let refused = decide(&with_secret("right"), &facts, "192.0.2.1", &env()).unwrap_err();
        assert_eq!((refused.error.code, refused.error.retry_after), (ErrorCode::TooManyFailures, Some(7)));
    }
}
