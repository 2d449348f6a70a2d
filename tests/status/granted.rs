//! Grants with refresh tokens, put into the store as the token endpoint would.

use shared::{
    model::{AccessToken, Grant, GrantKey, RefreshTokens, SelfLocating},
    protocol::{ApplicationName, ClientId, Digest, GrantType, Scope, Secret, Spkey, Subject, Timestamp},
    store::{Change, Writer},
};
use tests::{NOW, Tollgate};

/// The tokens of a grant that alice has made.
pub(crate) struct Family {
    pub(crate) access: [String; 2],
    pub(crate) refresh: String,
}

pub(crate) fn store(tollgate: &Tollgate) -> Writer {
    tollgate.store()
}

/// Puts a grant of a client for `orders` with two access tokens for an hour and a refresh token for two.
pub(crate) async fn family(tollgate: &Tollgate, client_id: &str) -> Family {
    let world = tollgate.clock.world();
    let (grant, family) = drawn(tollgate, client_id);
    let store = store(tollgate);
    store.commit(Change::Issue { grant, attempt: world.env().attempt() }).await.unwrap();
    family
}

/// Such a grant, not put yet.
pub(crate) fn drawn(tollgate: &Tollgate, client_id: &str) -> (Grant, Family) {
    let world = tollgate.clock.world();
    let env = world.env();
    let id: [u8; 16] = env.random();
    let mint = |kind: SelfLocating| kind.mint(&id, &env);
    let access = [mint(SelfLocating::AccessToken), mint(SelfLocating::AccessToken)];
    let refresh = mint(SelfLocating::RefreshToken);
    let grant = grant(GrantKey::of_id(&id), client_id, &access, refresh.digest());
    let text = |secret: &Secret| secret.expose().to_owned();
    let family = Family { access: access.each_ref().map(text), refresh: text(&refresh) };
    (grant, family)
}

fn grant(id: GrantKey, client_id: &str, access: &[Secret], refresh: Digest) -> Grant {
    let now = Timestamp::from_secs(NOW);
    let (expires_at, scope) = (now.plus(3_600), Some(Scope::parse("read").unwrap()));
    let token = |text: &Secret| AccessToken { digest: text.digest(), issued_at: now, expires_at, scope: scope.clone() };
    let refresh_tokens = RefreshTokens {
        current: refresh,
        previous: None,
        older: Default::default(),
        expires_at: now.plus(7_200),
        ends_at: None,
    };
    Grant {
        id,
        grant_type: GrantType::AuthorizationCode,
        client_id: ClientId::parse(client_id).unwrap(),
        application: ApplicationName::parse("Shop").unwrap(),
        subject: Subject::parse("alice").unwrap(),
        services: vec![Spkey::parse("orders-key").unwrap()],
        scope: Scope::parse("read write").unwrap(),
        issued_at: now,
        revoked_at: None,
        listed_until: None,
        code: None,
        refresh_tokens: Some(refresh_tokens),
        access_tokens: access.iter().map(token).collect(),
    }
}
