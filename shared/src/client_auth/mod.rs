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
    /// The same with what this process has compared since.
    #[must_use]
    pub fn recalled_anew(&self, presented: &Presented, proven: &ProvenSecrets, now: Timestamp) -> Self {
        Self { kept: self.kept, ..facts(presented, self.client.clone(), proven, now) }
    }

    fn kept(self) -> Self {
        Self { kept: true, ..self }
    }
}

/// The counter that has to admit this attempt first: there is one where a secret that guessing could find is tried.
pub fn guess(presented: &Presented, facts: &Facts, source: &str, now: Timestamp) -> Option<ThrottleKey> {
    let client = &facts.client.as_ref()?.value;
    let guessable = client.secrets.iter().any(|secret| secret.digest.is_guessable() && secret.is_live(now));
    let tried = presented.secret().is_some() && client.auth_method == AuthMethod::ClientSecret && !facts.are_proven();
    (guessable && tried).then(|| ThrottleKey::of_client_secret(client.client_id.as_str(), source))
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
        let mut live = Vec::from_iter(client.value.secrets.iter().filter(|kept| kept.is_live(now)));
        // The one that counts longest is the newest, and most are on their way to it.
        live.sort_by_key(|kept| Reverse(kept.expires_at.map_or(u64::MAX, Timestamp::as_secs)));
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
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        assertion::{
            JwtAssertion,
            testing::{public, signed},
        },
        env::testing::{NOW, env},
        model::{User, samples},
        protocol::Subject,
    };

    fn secret(text: &str) -> Secret {
        Secret::new(text.into())
    }

    fn client(auth_method: AuthMethod) -> Client {
        let digest = SecretDigest::of_generated(&secret("right"));
        let secrets = vec![ClientSecret { digest, expires_at: None, is_of_file: false }];
        Client { secrets, auth_method, ..samples::client(&[], None) }
    }

    fn facts(client: Option<Client>) -> Facts {
        let stored = client.map(|value| Arc::new(Stored { value, revision: 1 }));
        Facts { client: stored, kept: false, proven: None }
    }

    fn with_secret(text: &str) -> Presented {
        Presented::new(ClientId::parse("s6BhdRkqt3").unwrap(), Some(secret(text)))
    }

    fn outcome(presented: &Presented, facts: &Facts) -> Result<Caller, (ErrorCode, String)> {
        let issuer = HttpUri::parse("https://id.example.com").unwrap();
        let decided = decide(presented, facts, &issuer, NOW).map(|identified| identified.caller);
        decided.map_err(|error| (error.code, error.description.into_owned()))
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
            let same = (ErrorCode::InvalidClient, "client authentication failed".to_owned());
            assert_eq!(answer.unwrap_err(), same);
        }
    }

    #[test]
    fn the_right_secret_proves_the_client_and_an_expired_one_does_not() {
        let mut fading = client(AuthMethod::ClientSecret);
        assert!(matches!(outcome(&with_secret("right"), &facts(Some(fading.clone()))), Ok(Caller::Authenticated(_))));
        fading.secrets[0].expires_at = Some(NOW.plus(1));
        let used = outcome(&with_secret("right"), &facts(Some(fading.clone()))).unwrap();
        assert_eq!(used.secret_ends(), Some(NOW.plus(1)));
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
    fn t24_a_client_with_keys_proves_itself_by_an_assertion_alone_and_each_is_to_be_marked() {
        let keyed = Client { keys: vec![public(1)], secrets: vec![], ..client(AuthMethod::PrivateKeyJwt) };
        let id = keyed.client_id.as_str().to_owned();
        let issuer = HttpUri::parse("https://id.example.com").unwrap();
        let claims = json!({"iss": id, "sub": id, "aud": issuer.as_str(), "exp": NOW.as_secs() + 9, "jti": "1"});
        let text = signed(&json!({"alg": "EdDSA"}), &claims, 1);
        let proof = Proffered::Assertion(Box::new(JwtAssertion::parse(&text).unwrap()));
        let presented = Presented::proven(keyed.client_id.clone(), proof);
        let decided = |client: Client| decide(&presented, &facts(Some(client)), &issuer, NOW);
        let identified = decided(keyed.clone()).unwrap();
        assert!(matches!(identified.caller, Caller::Authenticated(_)) && identified.used.is_some());
        assert!(decided(Client { enabled: false, ..keyed.clone() }).is_err());
        assert!(decided(Client { keys: vec![public(2)], ..keyed.clone() }).is_err());
        assert!(decided(Client { auth_method: AuthMethod::ClientSecret, ..keyed.clone() }).is_err());
        assert!(decided(Client { auth_method: AuthMethod::None, ..keyed.clone() }).is_err());
        let nothing = Presented::new(keyed.client_id.clone(), None);
        for other in [with_secret("right"), nothing] {
            assert!(outcome(&other, &facts(Some(keyed.clone()))).is_err());
        }
    }

    #[test]
    fn t9_only_a_secret_that_guessing_could_find_has_a_counter() {
        let counted = |client: Client| guess(&with_secret("x"), &facts(Some(client)), "192.0.2.1", NOW).is_some();
        let mut picked = client(AuthMethod::ClientSecret);
        picked.secrets[0].digest = SecretDigest::of_hand_picked(&secret("right"), &env());
        assert!(counted(picked.clone()) && !counted(client(AuthMethod::ClientSecret)));
        let proven = Facts { proven: picked.secrets.first().cloned(), ..facts(Some(picked)) };
        assert!(guess(&with_secret("x"), &proven, "192.0.2.1", NOW).is_none());
    }

    #[test]
    fn a_proof_is_remembered_for_the_very_secret_that_the_client_still_has() {
        let mut picked = client(AuthMethod::ClientSecret);
        picked.secrets[0].digest = SecretDigest::of_hand_picked(&secret("right"), &env());
        let proven = ProvenSecrets::default();
        let Ok(Caller::Authenticated(caller)) = outcome(&with_secret("right"), &facts(Some(picked.clone()))) else {
            panic!("the right secret proves the client")
        };
        proven.remember(&caller, &secret("right"), &env());
        let knows = |client: &Client, text: &str| proven.recall(client, &secret(text), NOW).is_some();
        assert!(knows(&picked, "right") && !knows(&picked, "wrong"));
        let fading = ClientSecret { expires_at: Some(NOW), ..picked.secrets[0].clone() };
        assert!(!knows(&Client { secrets: vec![fading], ..picked.clone() }, "right"));
        let digest = SecretDigest::of_hand_picked(&secret("another"), &env());
        let other = Client { secrets: vec![ClientSecret { digest, expires_at: None, is_of_file: false }], ..picked };
        assert!(!knows(&other, "right"));
    }

    #[test]
    fn two_secrets_that_overlap_are_remembered_side_by_side() {
        let kept = |text: &str, expires_at| {
            let digest = SecretDigest::of_hand_picked(&secret(text), &env());
            ClientSecret { digest, expires_at, is_of_file: true }
        };
        let secrets = vec![kept("older", Some(NOW.plus(60))), kept("newer", None)];
        let client = Client { secrets, ..client(AuthMethod::ClientSecret) };
        let proven = ProvenSecrets::default();
        for text in ["older", "newer"] {
            let Ok(Caller::Authenticated(caller)) = outcome(&with_secret(text), &facts(Some(client.clone()))) else {
                panic!("{text} proves the client")
            };
            proven.remember(&caller, &secret(text), &env());
        }
        let recalled = |text: &str| proven.recall(&client, &secret(text), NOW).map(|kept| kept.expires_at);
        assert_eq!((recalled("older"), recalled("newer")), (Some(Some(NOW.plus(60))), Some(None)));
    }

    #[test]
    fn a_password_is_remembered_for_the_user_as_they_are() {
        let hashed = |text: &str| SecretDigest::of_hand_picked(&secret(text), &env());
        let alice = User {
            username: Subject::parse("alice").unwrap(),
            enabled: true,
            password: hashed("right"),
            name: None,
            email: None,
            roles: vec![],
            revocation_due: false,
            times_disabled: 0,
        };
        let proven = ProvenSecrets::default();
        for _ in 0..2 {
            assert!(proven.is_password_of(&alice, &secret("right"), &env()));
            assert!(!proven.is_password_of(&alice, &secret("wrong"), &env()));
        }
        let changed = User { password: hashed("other"), ..alice.clone() };
        assert!(!proven.is_password_of(&changed, &secret("right"), &env()));
        let namesake = User { username: Subject::parse("bob").unwrap(), password: hashed("another"), ..alice };
        assert!(!proven.is_password_of(&namesake, &secret("right"), &env()));
    }
}
