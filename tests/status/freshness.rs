//! Definitions that are kept in memory never keep a client alive that was switched off: where tokens are looked at,
//! refreshed or redeemed, it is read anew.

use serde_json::Value;
use shared::{
    endpoint::{StatusEndpoint, TokenEndpoint},
    model::HttpUri,
    protocol::Request,
    store::{Reader, Tables, Writer},
};
use tests::{Consent, Tollgate, VERIFIER};

use crate::{
    granted::family,
    shop::{FILE, GUARD, SHOP, shop},
};

/// Seconds that definitions may be old.
const MAX_AGE: u64 = 30;

/// The endpoints over the store of a running system, as two functions have them in Lambda.
struct Functions {
    token: TokenEndpoint,
    status: StatusEndpoint,
}

impl Functions {
    fn of(tollgate: &Tollgate) -> Self {
        let world = || tollgate.clock.world();
        let database = || tests::dynamodb(tollgate.system.dynamodb);
        let store = || Writer::new(Reader::new(database(), Tables::default(), world(), MAX_AGE));
        let issuer = || HttpUri::parse("https://id.example.com").unwrap();
        Self {
            token: TokenEndpoint::new(store(), world(), issuer()),
            status: StatusEndpoint::new(store(), world(), issuer()),
        }
    }

    async fn token(&self, form: &str) -> (u16, Value) {
        read(&self.token.serve(&posted("/oauth2/token", SHOP, form)).await.response)
    }

    async fn is_active(&self, client: (&str, &str), token: &str) -> bool {
        let request = posted("/oauth2/introspect", client, &format!("token={token}"));
        let (status, answer) = read(&self.status.serve(&request).await.response);
        assert_eq!(status, 200, "{answer}");
        answer["active"].as_bool().unwrap()
    }
}

fn read(response: &shared::protocol::Response) -> (u16, Value) {
    (response.status.as_u16(), serde_json::from_slice(&response.body).unwrap_or_default())
}

fn posted(path: &str, (id, secret): (&str, &str), form: &str) -> Request {
    let media_type = "application/x-www-form-urlencoded".parse().unwrap();
    Request {
        method: "POST".parse().unwrap(),
        path: path.into(),
        query: None,
        headers: [("content-type".parse().unwrap(), media_type)].into_iter().collect(),
        body: format!("{form}&client_id={id}&client_secret={secret}").into_bytes(),
        source: "192.0.2.1".into(),
        request_id: "1".into(),
    }
}

#[tokio::test]
async fn v7_a_client_that_is_switched_off_is_out_at_once_although_definitions_are_kept() {
    let tollgate = shop().await;
    let (functions, family) = (Functions::of(&tollgate), family(&tollgate, "shop").await);
    let consent = Consent { client_id: "shop", spkey: "orders-key", scope: "read", ..Consent::default() };
    let code = Consent { names_redirect_uri: false, ..consent }.code(&tollgate).await;
    let redemption = format!("grant_type=authorization_code&code={code}&code_verifier={VERIFIER}");
    let refresh = format!("grant_type=refresh_token&refresh_token={}", family.refresh);
    let own = "grant_type=client_credentials&scope=read";
    assert_eq!(functions.token(own).await.0, 200);
    for token in &family.access {
        assert!(functions.is_active(GUARD, token).await && functions.is_active(SHOP, token).await);
    }

    tollgate.apply(&FILE.replace("client_id: shop,", "client_id: shop, enabled: false,")).await;
    assert_eq!(functions.token(own).await.0, 200, "the client is kept, or this proves nothing");
    for token in [&family.access[0], &family.access[1], &family.refresh] {
        assert!(!functions.is_active(GUARD, token).await);
    }
    for form in [&refresh, &redemption] {
        let (status, answer) = functions.token(form).await;
        assert_eq!((status, &answer["error"]), (401, &"invalid_client".into()), "{form}");
    }
    let introspection = posted("/oauth2/introspect", SHOP, &format!("token={}", family.access[0]));
    assert_eq!(functions.status.serve(&introspection).await.response.status.as_u16(), 401);
    tollgate.clock.advance(MAX_AGE);
    assert_eq!(functions.token(own).await.0, 401);

    tollgate.apply(FILE).await;
    assert_eq!(functions.token(&refresh).await.0, 200, "it was the client and nothing else");
}
