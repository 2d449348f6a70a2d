//! A grant of a resource owner, its service and its client, for tests of decisions.

use std::sync::Arc;

use crate::{
    client_auth::{Caller, testing::authenticated},
    env::testing::{NOW, env},
    model::{
        AuthorizationCode, Client, Grant, GrantKey, SelfLocating, ServiceDefinition,
        samples::{client, with_scopes},
    },
    protocol::{CodeChallenge, CodeVerifier, Digest, Form, GrantType, Scope, Secret, Subject, Timestamp},
    store::{Change, Seen, Stored},
};

/// RFC 7636 appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What the authorization request named.
pub(super) const REDIRECT_URI: &str = "https://shop.example/cb";

/// A service with three scopes.
pub(super) fn orders() -> ServiceDefinition {
    with_scopes("spkey-o", "orders", &["read", "write", "admin"])
}

/// A client of it that may redeem and refresh.
pub(super) fn shop() -> Client {
    Client {
        grant_types: [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::Password].into(),
        redirect_uris: vec![REDIRECT_URI.to_owned()],
        ..client(&["spkey-o"], None)
    }
}

/// The client as one that has proven who it is.
pub(super) fn proven() -> Caller {
    authenticated(shop())
}

/// The client as one that has nothing to prove it by.
pub(super) fn public() -> Caller {
    Caller::Public(Arc::new(Stored { value: shop(), revision: 1 }))
}

/// A grant with a code of 60 seconds, and the code.
pub(super) fn granted() -> (Seen<Grant>, Secret) {
    let id = [7; 16];
    let code = SelfLocating::AuthorizationCode.mint(&id, &env());
    let shop = shop();
    let grant = Grant {
        id: GrantKey::of_id(&id),
        grant_type: GrantType::AuthorizationCode,
        client_id: shop.client_id,
        application: shop.application,
        subject: Subject::parse("alice").unwrap(),
        services: shop.services,
        scope: Scope::parse("read write").unwrap(),
        issued_at: NOW,
        revoked_at: None,
        listed_until: Some(NOW.plus(100_000_000)),
        code: Some(AuthorizationCode {
            digest: code.digest(),
            expires_at: NOW.plus(60),
            redirect_uri: Some(Digest::of(REDIRECT_URI.as_bytes())),
            code_challenge: Some(CodeChallenge::of(&CodeVerifier::parse(Secret::new(VERIFIER.into())).unwrap())),
            redeemed_at: None,
        }),
        refresh_tokens: None,
        access_tokens: Vec::new(),
    };
    (Seen { value: grant, attempt: "code".into() }, code)
}

/// Parameters as a client sends them.
pub(super) fn form(parameters: &[(&str, &str)]) -> Form {
    let pairs = parameters.iter().map(|(name, value)| ((*name).to_owned(), Secret::new((*value).to_owned())));
    Form::from_pairs(pairs).unwrap()
}

/// The state that the last of some changes makes.
#[track_caller]
pub(super) fn advanced(changes: &[Change]) -> Seen<Grant> {
    match changes.last() {
        Some(Change::Advance { grant, attempt, .. }) => Seen { value: grant.clone(), attempt: attempt.clone() },
        other => panic!("{other:?}"),
    }
}

/// A moment.
pub(super) fn at(seconds: u64) -> Timestamp {
    NOW.plus(seconds)
}
