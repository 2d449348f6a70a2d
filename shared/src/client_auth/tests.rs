//! Proofs of clients judged, as tables.

use serde_json::json;

use super::*;
use crate::{
    assertion::{
        JwtAssertion,
        testing::{public, signed},
    },
    env::testing::{NOW, env},
    model::{User, samples},
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
fn t9_a_generated_secret_beside_a_hand_picked_one_is_no_guess() {
    let mut rotated = client(AuthMethod::ClientSecret);
    let digest = SecretDigest::of_hand_picked(&secret("picked"), &env());
    rotated.secrets.push(ClientSecret { digest, expires_at: Some(NOW.plus(60)), is_of_file: true });
    let counted = |client: &Client, text: &str| {
        guess(&with_secret(text), &facts(Some(client.clone())), "192.0.2.1", NOW).is_some()
    };
    assert!(!counted(&rotated, "right") && counted(&rotated, "picked") && counted(&rotated, "wrong"));
    rotated.secrets[0].expires_at = Some(NOW);
    assert!(counted(&rotated, "right"), "one that has ended is a guess like any other");
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
    let alice = samples::user("alice", hashed("right"));
    let proven = ProvenSecrets::default();
    for _ in 0..2 {
        assert!(proven.is_password_of(&alice, &secret("right"), &env()));
        assert!(!proven.is_password_of(&alice, &secret("wrong"), &env()));
    }
    let changed = User { password: hashed("other"), ..alice.clone() };
    assert!(!proven.is_password_of(&changed, &secret("right"), &env()));
    let namesake = samples::user("bob", hashed("another"));
    assert!(!proven.is_password_of(&namesake, &secret("right"), &env()));
}
