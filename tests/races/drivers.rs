//! One service and one client, its token requests, and many of them at once.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::Value;
use tests::{Answer, CLIENT_ID, CLIENT_SECRET, Call, Consent, Tollgate, redemption, refresh};
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

/// Runs rounds one after the other and tells how long they took.
pub(crate) async fn rounds(shop: &Shop, count: usize, round: impl AsyncFn(usize)) {
    let began = Instant::now();
    for at in 0..count {
        round(at).await;
    }
    let (seconds, resent) = (began.elapsed().as_secs_f32(), shop.lines.resent());
    println!("{count} rounds in {seconds:.1} s; {resent} requests to DynamoDB were sent again");
}

/// A request of the client.
fn post(shop: &Shop, path: &str, form: &str) -> Call {
    shop.call("POST", path).basic(CLIENT_ID, CLIENT_SECRET).form(form)
}

fn token_request(shop: &Shop, form: &str) -> Call {
    post(shop, "/oauth2/token", form)
}

/// The code of a round: each has a resource owner of its own.
pub(crate) async fn code(shop: &Shop, round: usize) -> String {
    Consent { owner: &format!("owner-{round}"), ..Consent::default() }.code(shop).await
}

/// The tokens of a round's code; of a second one where the machine is too busy for the first.
pub(crate) async fn redeemed(shop: &Shop, round: usize) -> Value {
    let first = token_request(shop, &redemption(&code(shop, round).await)).send().await;
    if first.status == 200 {
        return first.json();
    }
    says_try_again(&first);
    tokio::time::sleep(RETRY_AFTER).await;
    token_request(shop, &redemption(&code(shop, round).await)).send().await.is(200).json()
}

/// The tokens that a refresh token gives.
pub(crate) async fn refreshed(shop: &Shop, tokens: &Value) -> Value {
    insist(token_request(shop, &refresh_of(tokens))).await.is(200).json()
}

/// Does as it is told for as long as that is to try again.
async fn insist(call: Call) -> Answer {
    for _ in 0..5 {
        let answer = call.clone().send().await;
        if answer.status != 503 {
            return answer;
        }
        says_try_again(&answer);
        tokio::time::sleep(RETRY_AFTER).await;
    }
    call.send().await
}

/// The form that uses the refresh token of an answer.
pub(crate) fn refresh_of(tokens: &Value) -> String {
    refresh(tokens["refresh_token"].as_str().expect("there is a refresh token"))
}

/// What becomes of a token that is introspected by its client.
pub(crate) async fn is_active(shop: &Shop, token: &Value) -> bool {
    let answer = insist(post(shop, "/oauth2/introspect", &form_of(token))).await.is(200);
    answer.json()["active"].as_bool().expect("active is a boolean")
}

/// Has a token revoked, until that is answered.
pub(crate) async fn revoke(shop: &Shop, token: &Value) {
    insist(post(shop, "/oauth2/revoke", &form_of(token))).await.is(200);
}

fn form_of(token: &Value) -> String {
    format!("token={}", token.as_str().expect("a token is a text"))
}

/// Uses all refresh tokens at the same moment. Whoever is told to try again does.
pub(crate) async fn at_once(shop: &Shop, forms: Vec<String>) -> Vec<Answer> {
    send(shop, forms, insist).await
}

/// Redeems all codes at the same moment; trying again would be a replay, so nobody does.
pub(crate) async fn once(shop: &Shop, forms: Vec<String>) -> Redeemed {
    let before = shop.lines.resent();
    let answers = send(shop, forms, Call::send).await;
    let (unavailable, told): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 503);
    unavailable.iter().for_each(says_try_again);
    Redeemed { given: given(&told), is_disturbed: !unavailable.is_empty() || shop.lines.resent() > before }
}

/// What came of redemptions at the same moment.
#[derive(Debug)]
pub(crate) struct Redeemed {
    /// The tokens that were given.
    pub(crate) given: Vec<Value>,
    /// Whether the machine was too busy for DynamoDB to answer in time. Then the winner of a code may not know that it has
    /// won, and hear of the copies alone.
    is_disturbed: bool,
}

impl Redeemed {
    /// Expects one winner, or none where somebody could not know.
    #[track_caller]
    pub(crate) fn winner(&self, round: usize) -> Option<&Value> {
        assert!(self.given.len() == 1 || self.given.is_empty() && self.is_disturbed, "round {round}: {self:#?}");
        self.given.first()
    }
}

async fn send<F>(shop: &Shop, forms: Vec<String>, ask: fn(Call) -> F) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let start = Arc::new(Barrier::new(forms.len()));
    let mut callers = JoinSet::new();
    for form in forms {
        let (call, start) = (token_request(shop, &form), Arc::clone(&start));
        callers.spawn(async move {
            start.wait().await;
            ask(call).await
        });
    }
    callers.join_all().await
}

/// Sends all forms, and hangs up on each after another time.
pub(crate) async fn hang_up(shop: &Shop, forms: Vec<String>) {
    let mut callers = JoinSet::new();
    for (caller, form) in (0..).zip(forms) {
        let call = token_request(shop, &form);
        callers.spawn(call.hang_up_after(Duration::from_micros(caller * 200)));
    }
    callers.join_all().await;
}

/// Expects that a server that is too busy says so, and when to come again.
#[track_caller]
fn says_try_again(answer: &Answer) {
    let told = (answer.status, answer.json()["error"].clone(), answer.header("retry-after"));
    assert_eq!(told, (503, "temporarily_unavailable".into(), Some("1")), "{answer:#?}");
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

/// What [`says_try_again`] says.
const RETRY_AFTER: Duration = Duration::from_secs(1);

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
