//! What a resource owner agrees to, without the pages: a grant with a code, listed as the authorization endpoint lists it.

use std::net::SocketAddr;

use shared::{
    env::World,
    grant::{Entering, Entry, OwnerFacts, enter, live_until},
    model::{AuthorizationCode, Grant, GrantKey, SelfLocating},
    protocol::{ClientId, CodeChallenge, CodeVerifier, Digest, GrantType, Scope, Secret, Spkey, Subject},
    store::{Change, Writer},
};

use crate::{CLIENT_ID, Tollgate, store_at};

/// The verifier of RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Where codes are sent, as the authorization request named it.
pub const REDIRECT_URI: &str = "https://client.example.org/cb";

/// What a resource owner agrees to.
#[derive(Clone, Copy, Debug)]
pub struct Consent<'a> {
    /// The client.
    pub client_id: &'a str,
    /// The service.
    pub spkey: &'a str,
    /// The resource owner.
    pub owner: &'a str,
    /// The scope.
    pub scope: &'a str,
    /// Whether the authorization request named [`REDIRECT_URI`].
    pub names_redirect_uri: bool,
    /// Whether it had the challenge of [`VERIFIER`].
    pub has_challenge: bool,
}

impl Default for Consent<'_> {
    fn default() -> Self {
        Self {
            client_id: CLIENT_ID,
            spkey: "942yzkggypg5dq6c4ucfv3ed",
            owner: "alice",
            scope: "orders.read orders.write",
            names_redirect_uri: true,
            has_challenge: true,
        }
    }
}

impl Consent<'_> {
    /// The code that comes of it.
    pub async fn code(self, tollgate: &Tollgate) -> String {
        self.code_at(tollgate.system.dynamodb, &tollgate.clock.world()).await
    }

    /// The code that comes of it, in a store at an address.
    pub async fn code_at(self, address: SocketAddr, world: &World) -> String {
        let store = store_at(address, world.clone());
        let id = world.env().random();
        let code = SelfLocating::AuthorizationCode.mint(&id, &world.env());
        loop {
            let changes = self.changes(&store, world, (&id, &code)).await;
            let is_listed = changes.len() > 1;
            store.commit_all(changes).await.expect("nobody else writes");
            if is_listed {
                return code.expose().to_owned();
            }
        }
    }

    /// The client's entry in the owner's index, or all that the grant needs.
    async fn changes(&self, store: &Writer, world: &World, code: (&[u8; 16], &Secret)) -> Vec<Change> {
        let (reader, env) = (store.reader(), world.env());
        let client_id = ClientId::parse(self.client_id).expect("an id");
        let client = reader.client(&client_id).await.expect("the store answers").expect("the client is there");
        let spkey = Spkey::parse(self.spkey).expect("an spkey");
        let service = reader.service(&spkey).await.expect("the store answers").expect("the service is there");
        let owner = Subject::parse(self.owner).expect("a name");
        let facts = OwnerFacts::load(reader, &client.value, &owner).await.expect("the store answers");
        let mut grant = self.grant(code, world);
        let until = live_until(&client.value, &service.oauth, &env);
        match enter(&mut grant, Entering { until, consents: [].into(), in_place_of: None }, (&facts, &env)) {
            Entry::Index(change) => vec![*change],
            Entry::List(enlisting) => enlisting.around([Change::Issue { grant, attempt: env.attempt() }]),
        }
    }

    fn grant(&self, (id, code): (&[u8; 16], &Secret), world: &World) -> Grant {
        let now = world.clock.now();
        let verifier = CodeVerifier::parse(Secret::new(VERIFIER.into())).expect("the verifier of RFC 7636");
        Grant {
            id: GrantKey::of_id(id),
            grant_type: GrantType::AuthorizationCode,
            client_id: ClientId::parse(self.client_id).expect("an id"),
            application: shared::protocol::ApplicationName::parse("Shop").expect("a name"),
            subject: Subject::parse(self.owner).expect("a name"),
            services: vec![Spkey::parse(self.spkey).expect("an spkey")],
            scope: Scope::parse(self.scope).expect("a scope"),
            issued_at: now,
            revoked_at: None,
            listed_until: None,
            code: Some(AuthorizationCode {
                digest: code.digest(),
                expires_at: now.plus(60),
                redirect_uri: self.names_redirect_uri.then(|| Digest::of(REDIRECT_URI.as_bytes())),
                code_challenge: self.has_challenge.then(|| CodeChallenge::of(&verifier)),
                redeemed_at: None,
            }),
            refresh_tokens: None,
            access_tokens: Vec::new(),
        }
    }
}

/// The form that redeems a code of [`Consent::default`].
pub fn redemption(code: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code").append_pair("code", code);
    form.append_pair("redirect_uri", REDIRECT_URI).append_pair("code_verifier", VERIFIER).finish()
}

/// The form that uses a refresh token.
pub fn refresh(token: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "refresh_token").append_pair("refresh_token", token).finish()
}
