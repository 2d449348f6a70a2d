//! When DynamoDB loses, delays, halves or refuses what the token endpoint writes, or the function is killed between two
//! writes: every grant type, at each of its writes.

use serde_json::Value;
use tests::{Answer, Consent, Deed, Road, redemption, refresh};

use crate::refresh_family::text;

pub(crate) const SHOP: (&str, &str) = ("s6BhdRkqt3", "picked-by-hand");

pub(crate) async fn road() -> Road {
    Road::with(FILE).await
}

/// A code of somebody who let the client in for the first time.
async fn code(road: &Road, trial: usize) -> String {
    Consent { owner: &format!("owner-{trial}"), ..Consent::default() }.code(&road.tollgate).await
}

/// What the shop asks for by the road with faults.
pub(crate) async fn ask(road: &Road, form: &str) -> Answer {
    road.post("/oauth2/token", &[], &format!("{form}&client_id={}&client_secret={}", SHOP.0, SHOP.1)).await
}

/// What the shop is given by a road without faults.
pub(crate) async fn given(road: &Road, form: &str) -> Value {
    road.tollgate.token(SHOP, form).await.is(200).json()
}

pub(crate) async fn status(road: &Road, tokens: &Value) -> u16 {
    road.tollgate.call("GET", "/orders/1").bearer(text(&tokens["access_token"])).send().await.status
}

/// The tokens of an answer, of which the access token counts.
pub(crate) async fn counts(road: &Road, answer: Answer, trial: &str) -> Value {
    assert_eq!(answer.status, 200, "{trial}: {answer:#?}");
    let tokens = answer.json();
    assert_eq!(status(road, &tokens).await, 200, "{trial}");
    tokens
}

/// A code is redeemed, for tokens without room for an id.
struct Redeem(String);

impl Deed for Redeem {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        Self(redemption(&code(road, trial).await))
    }

    async fn done(&self, road: &Road) -> Answer {
        ask(road, &self.0).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        let tokens = counts(road, answer, trial).await;
        given(road, &refresh(text(&tokens["refresh_token"]))).await;
        let again = road.tollgate.token(SHOP, &self.0).await;
        assert_eq!(again.status, 400, "{trial}: {again:#?}");
    }
}

/// A refresh token is used.
struct Rotate(String);

impl Deed for Rotate {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        let tokens = given(road, &redemption(&code(road, trial).await)).await;
        Self(refresh(text(&tokens["refresh_token"])))
    }

    async fn done(&self, road: &Road) -> Answer {
        ask(road, &self.0).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        let tokens = counts(road, answer, trial).await;
        let again = given(road, &self.0).await;
        assert_eq!(again["refresh_token"], tokens["refresh_token"], "{trial}: one pair, however often it is asked for");
        given(road, &refresh(text(&tokens["refresh_token"]))).await;
    }
}

/// A refresh token is used that two others came after: nothing of the grant counts any more.
struct Replay {
    first: String,
    newest: Value,
}

impl Deed for Replay {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        let Rotate(first) = Rotate::prepared(road, trial).await;
        let second = given(road, &first).await;
        let newest = given(road, &refresh(text(&second["refresh_token"]))).await;
        Self { first, newest }
    }

    async fn done(&self, road: &Road) -> Answer {
        ask(road, &self.first).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        assert_eq!(answer.status, 400, "{trial}: {answer:#?}");
        assert_eq!(status(road, &self.newest).await, 401, "{trial}");
    }
}

/// The password of somebody who has a token already, where there is one at a time.
struct Password {
    earlier: Value,
    form: String,
}

/// The password of somebody who never let the client in.
pub(crate) async fn password(road: &Road, trial: usize) -> String {
    format!("grant_type=password&password=wonderland&username={}", road.friend("alice", trial).await)
}

impl Deed for Password {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        let form = password(road, trial).await;
        Self { earlier: given(road, &form).await, form }
    }

    async fn done(&self, road: &Road) -> Answer {
        ask(road, &self.form).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        counts(road, answer, trial).await;
        assert_eq!(status(road, &self.earlier).await, 401, "{trial}");
    }

    async fn is_open(&self, road: &Road, trial: &str) {
        assert_eq!(status(road, &self.earlier).await, 200, "{trial}: nothing took its place");
    }
}

/// A password grant of somebody who never let the client in.
struct FirstPassword(String);

impl Deed for FirstPassword {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        Self(password(road, trial).await)
    }

    async fn done(&self, road: &Road) -> Answer {
        ask(road, &self.0).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        counts(road, answer, trial).await;
    }
}

/// A token of the client's own in the place of an earlier one.
struct Replace {
    earlier: Value,
}

const OWN: &str = "grant_type=client_credentials";

impl Deed for Replace {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, _trial: usize) -> Self {
        Self { earlier: given(road, OWN).await }
    }

    async fn done(&self, road: &Road) -> Answer {
        ask(road, OWN).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        counts(road, answer, trial).await;
        assert_eq!(status(road, &self.earlier).await, 401, "{trial}");
    }

    async fn is_open(&self, road: &Road, trial: &str) {
        assert_eq!(status(road, &self.earlier).await, 200, "{trial}: nothing took its place");
    }
}

tests::tried! {
    Redeem: a15_a_code_gives_one_family_whatever_befalls_a_write, a14_a_redemption_that_broke_off_can_be_made_again;
    Rotate: r6_a_refresh_gives_one_pair_whatever_befalls_a_write, r6_a_refresh_that_broke_off_can_be_made_again;
    Replay: r4_a_replay_ends_the_family_whatever_befalls_the_write, r4_a_replay_that_broke_off_ends_it_the_next_time;
    Password: one_token_at_a_time_whatever_befalls_a_write, a_password_that_broke_off_can_be_sent_again;
    FirstPassword: a_first_password_gives_one_token_whatever_befalls_a_write, a_first_password_that_broke_off_can_be_sent_again;
    Replace: a_token_takes_the_place_of_another_whatever_befalls_a_write, a_token_that_broke_off_can_be_asked_for_again;
}

pub(crate) const FILE: &str = "
services:
  - spkey: 942yzkggypg5dq6c4ucfv3ed
    name: orders
    base_path: /orders
    backend: BACKEND/orders
    grant_types: [client_credentials, authorization_code, refresh_token, password]
    access_token: { format: hex32 }
    allow_multiple_tokens: false
    scopes: [ { name: orders.read, default: true }, { name: orders.write } ]
applications:
  - name: Shop
    clients:
      - client_id: s6BhdRkqt3
        client_secret: picked-by-hand
        grant_types: [client_credentials, authorization_code, refresh_token, password]
        redirect_uris: [https://client.example.org/cb]
        services: [orders]
users:
  - { username: alice, password: wonderland }
";
