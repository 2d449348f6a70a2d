//! One service and one client, its token requests, and many of them at once.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tests::{Answer, CLIENT_ID, CLIENT_SECRET, Consent, Tollgate, redemption, refresh};
use tokio::{sync::Barrier, task::JoinSet};

/// Who calls at once.
pub(crate) const CALLERS: usize = 50;

/// Rounds in every run of the tests, and where a thousand are asked for.
pub(crate) const FEW: usize = 2;
pub(crate) const MANY: usize = 1_000;

/// A running system.
pub(crate) type Shop = Arc<Tollgate>;

/// Starts with members of the service's refresh tokens.
pub(crate) async fn shop(refresh_token: &str) -> Shop {
    Arc::new(Tollgate::with(&FILE.replace("REFRESH", refresh_token)).await)
}

/// A token request of the client.
pub(crate) async fn ask(shop: Shop, form: String) -> Answer {
    shop.token((CLIENT_ID, CLIENT_SECRET), &form).await
}

/// The code of a round: each has a resource owner of its own.
pub(crate) async fn code(shop: &Shop, round: usize) -> String {
    Consent { owner: &format!("owner-{round}"), ..Consent::default() }.code(shop).await
}

/// The tokens of a round's code.
pub(crate) async fn redeemed(shop: &Shop, round: usize) -> Value {
    let form = redemption(&code(shop, round).await);
    ask(Arc::clone(shop), form).await.is(200).json()
}

/// The tokens that a refresh token gives.
pub(crate) async fn refreshed(shop: &Shop, tokens: &Value) -> Value {
    ask(Arc::clone(shop), refresh_of(tokens)).await.is(200).json()
}

/// The form that uses the refresh token of an answer.
pub(crate) fn refresh_of(tokens: &Value) -> String {
    refresh(tokens["refresh_token"].as_str().expect("there is a refresh token"))
}

/// What becomes of a token that is introspected by its client.
pub(crate) async fn is_active(shop: &Shop, token: &Value) -> bool {
    let form = format!("token={}", token.as_str().expect("a token is a text"));
    let call = shop.call("POST", "/oauth2/introspect").basic(CLIENT_ID, CLIENT_SECRET).form(&form);
    call.send().await.is(200).json()["active"].as_bool().expect("active is a boolean")
}

/// Sends all forms at the same moment.
pub(crate) async fn at_once(shop: &Shop, forms: Vec<String>) -> Vec<Answer> {
    let start = Arc::new(Barrier::new(forms.len()));
    let mut callers = JoinSet::new();
    for form in forms {
        let (shop, start) = (Arc::clone(shop), Arc::clone(&start));
        callers.spawn(async move {
            start.wait().await;
            ask(shop, form).await
        });
    }
    callers.join_all().await
}

/// Sends all forms, and hangs up on each after another time.
pub(crate) async fn hang_up(shop: &Shop, forms: Vec<String>) {
    let mut callers = JoinSet::new();
    for (caller, form) in (0..).zip(forms) {
        let call = shop.call("POST", "/oauth2/token").basic(CLIENT_ID, CLIENT_SECRET).form(&form);
        callers.spawn(call.hang_up_after(Duration::from_micros(caller * 200)));
    }
    callers.join_all().await;
}

/// The tokens of those who got some; expects that all others are told `invalid_grant`.
#[track_caller]
pub(crate) fn given(answers: &[Answer]) -> Vec<Value> {
    let (given, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    for answer in refused {
        assert_eq!((answer.status, &answer.json()["error"]), (400, &"invalid_grant".into()), "{answer:#?}");
    }
    given.into_iter().map(Answer::json).collect()
}

const FILE: &str = "
services:
  - spkey: 942yzkggypg5dq6c4ucfv3ed
    name: orders
    base_path: /orders
    backend: BACKEND/orders
    scopes: [ { name: orders.read }, { name: orders.write } ]
    refresh_token: { REFRESH }
applications:
  - name: Shop
    clients:
      - client_id: s6BhdRkqt3
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        grant_types: [authorization_code, refresh_token]
        redirect_uris: [https://client.example.org/cb]
        services: [orders]
";
