//! RFC 6749 section 4.3: the password of a resource owner, where client and service both name it.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use futures_util::future::join_all;
use shared::model::{FAILURES_ALLOWED, FAILURES_ALLOWED_OF_ALL_NAMES, ThrottleKey};
use tests::{Answer, CountingProxy, Tollgate};

use crate::{
    endpoint::{ask_with, endpoint_by},
    refresh_family::text,
    shop::refuses,
};

const SHOP: (&str, &str) = ("legacy", "secret-of-the-legacy-client");
const RIGHT: &str = "grant_type=password&username=alice&password=wonderland&scope=orders.read";

async fn tollgate() -> Tollgate {
    Tollgate::with(FILE).await
}

async fn guess(tollgate: &Tollgate, form: &str, source: u8) -> Answer {
    let call = tollgate.call("POST", "/oauth2/token").sent_from(Ipv4Addr::new(127, 0, 0, source));
    call.basic(SHOP.0, SHOP.1).form(form).send().await
}

#[tokio::test]
async fn a_password_gives_tokens_that_act_for_its_owner() {
    let tollgate = tollgate().await;
    for _ in 0..2 {
        let tokens = tollgate.token(SHOP, RIGHT).await.is(200).says("scope", "orders.read").json();
        let call = tollgate.call("GET", "/orders/1").bearer(text(&tokens["access_token"])).send().await.is(200);
        assert_eq!(call.reached("x-tollgate-oauth-user-context").as_deref(), Some("alice"));
        let next = format!("grant_type=refresh_token&refresh_token={}", text(&tokens["refresh_token"]));
        tollgate.token(SHOP, &next).await.is(200);
    }
}

#[tokio::test]
async fn t20_the_password_grant_is_off_unless_client_and_service_name_it() {
    let tollgate = tollgate().await;
    let other = ("modern", "secret-of-the-modern-client");
    refuses(tollgate.token(other, RIGHT).await, 400, "unauthorized_client");
    let invoices = RIGHT.replace("orders.read", "invoices");
    refuses(tollgate.token(SHOP, &invoices).await, 400, "unauthorized_client");
}

#[tokio::test]
async fn m11_only_a_client_that_has_proven_itself_hears_which_services_would_fit() {
    let tollgate = tollgate().await;
    let form = "grant_type=password&username=x&password=y&resource=foo";
    let proven = refuses(tollgate.token(SHOP, form).await, 400, "invalid_target");
    assert!(proven.body.contains("(orders)"), "{proven:#?}");
    for path in ["/oauth2/token", "/api/oauth/token"] {
        let call = tollgate.call("POST", path).form(&format!("{form}&client_id=phone"));
        let anybody = refuses(call.send().await, 400, "invalid_target");
        assert!(!anybody.body.contains("orders"), "{anybody:#?}");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_or_disabled_user_are_answered_alike() {
    let tollgate = tollgate().await;
    let mut told = Vec::new();
    for (user, password) in [("alice", "wrong"), ("nobody", "wonderland"), ("%00", "x"), ("carol", "looking-glass")] {
        let form = RIGHT.replace("alice", user).replace("wonderland", password);
        told.push(refuses(tollgate.token(SHOP, &form).await, 400, "invalid_grant").body);
    }
    assert!(told.iter().all(|body| *body == told[0]), "{told:?}");
    refuses(tollgate.token(SHOP, "grant_type=password&username=alice").await, 400, "invalid_request");
    refuses(tollgate.token(SHOP, "grant_type=password&password=x").await, 400, "invalid_request");
}

/// The reads of a request must not tell what the words of its answer do not.
#[tokio::test]
async fn a_wrong_password_costs_the_same_whoever_has_the_name_and_whatever_they_have_let_the_client_do() {
    // A list of one, of which each is read, and a full one.
    for (file, grants) in
        [(FILE.replace("allow_multiple_tokens: true", "allow_multiple_tokens: false"), 1), (FILE.into(), 101)]
    {
        let tollgate = Tollgate::with(&file).await;
        for _ in 0..grants {
            tollgate.token(SHOP, RIGHT).await.is(200);
        }
        let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
        let endpoint = endpoint_by(proxy.address, 30);
        let mut costs = Vec::new();
        for name in ["alice", "bob", "carol", "nobody"] {
            let form = RIGHT.replace("wonderland", "wrong").replace("alice", name);
            for _ in 0..2 {
                proxy.take();
                assert_eq!(ask_with(&endpoint, SHOP, &form).await.0, 400);
            }
            costs.push((name, proxy.take()));
        }
        assert!(costs.iter().all(|(_, cost)| *cost == costs[0].1), "{grants} grants: {costs:?}");
    }
}

/// Anyone may name a public client, so that counting these would let anyone write an item for each name.
#[tokio::test]
async fn t21_a_request_that_no_password_would_help_writes_nothing() {
    let tollgate = tollgate().await;
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let endpoint = endpoint_by(proxy.address, 30);
    let app = (("app", ""), RIGHT.to_owned(), "unauthorized_client");
    let nothing = (("phone", ""), RIGHT.replace("orders.read", "nothing"), "invalid_scope");
    let invoices = (SHOP, RIGHT.replace("orders.read", "invoices"), "unauthorized_client");
    for (client, form, error) in [app, nothing, invoices] {
        assert_eq!(ask_with(&endpoint, client, &form).await.1["error"], error);
        proxy.take();
        assert_eq!(ask_with(&endpoint, client, &form).await.1["error"], error);
        assert_eq!(proxy.take(), [("GetItem".to_owned(), 1)].into(), "the client anew, for {error}");
    }
}

#[tokio::test]
async fn t21_guesses_are_throttled_per_user_and_place_and_the_right_one_counts_elsewhere() {
    let tollgate = tollgate().await;
    let wrong = RIGHT.replace("wonderland", "wrong");
    for _ in 0..10 {
        refuses(guess(&tollgate, &wrong, 2).await, 400, "invalid_grant");
    }
    for form in [&wrong, RIGHT] {
        let answer = refuses(guess(&tollgate, form, 2).await, 429, "invalid_grant");
        assert_eq!(answer.header("retry-after"), Some("300"));
    }
    guess(&tollgate, RIGHT, 3).await.is(200);
    guess(&tollgate, &RIGHT.replace("alice&password=wonderland", "bob&password=builder"), 2).await.is(200);
    tollgate.clock.advance(300);
    guess(&tollgate, RIGHT, 2).await.is(200);
}

#[tokio::test]
async fn t21_a_hundred_guesses_at_all_names_shut_their_place_to_public_clients_alone() {
    let tollgate = tollgate().await;
    let public = format!("{RIGHT}&client_id=phone");
    let guess_by_phone = async |form: &str, source: u8| {
        let call = tollgate.call("POST", "/oauth2/token").sent_from(Ipv4Addr::new(127, 0, 0, source));
        call.form(form).send().await
    };
    tests::count_wrong_passwords(&tollgate, "127.0.0.2", FAILURES_ALLOWED_OF_ALL_NAMES - 1).await;
    guess_by_phone(&public, 2).await.is(200);
    refuses(guess_by_phone(&public.replace("alice", "nobody"), 2).await, 400, "invalid_grant");
    for form in [&public.replace("alice", "somebody"), &public] {
        refuses(guess_by_phone(form, 2).await, 429, "invalid_grant");
    }
    guess_by_phone(&public, 3).await.is(200);
    guess(&tollgate, RIGHT, 2).await.is(200);
    refuses(guess(&tollgate, &RIGHT.replace("alice", "somebody"), 2).await, 400, "invalid_grant");
    tollgate.clock.advance(300);
    guess_by_phone(&public, 2).await.is(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t21_right_passwords_at_once_are_no_wrong_ones() {
    let tollgate = Arc::new(tollgate().await);
    let callers = Vec::from_iter((0..40).map(|_| {
        let tollgate = Arc::clone(&tollgate);
        tokio::spawn(async move {
            // A machine that is busy with other tests may take longer than the server waits.
            loop {
                match guess(&tollgate, RIGHT, 2).await {
                    given if given.status == 200 => break,
                    busy => busy.is(503).has("retry-after", "1"),
                };
            }
        })
    }));
    for caller in join_all(callers).await {
        caller.unwrap();
    }
}

#[tokio::test]
async fn t21_guesses_in_flight_are_waited_for_and_count_until_their_end_is_told() {
    let tollgate = tollgate().await;
    let key = ThrottleKey::of_password_by_client("alice", "127.0.0.2");
    let mut in_flight = Vec::new();
    for _ in 0..FAILURES_ALLOWED {
        in_flight.push(tests::begin_guess(&tollgate, &key).await);
    }
    let answer = refuses(guess(&tollgate, RIGHT, 2).await, 503, "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    let ends = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        tests::end_guess(&tollgate, &key, in_flight.pop().unwrap(), true).await;
    };
    tokio::join!(guess(&tollgate, RIGHT, 2), ends).0.is(200);
    in_flight.push(tests::begin_guess(&tollgate, &key).await);
    for one in in_flight {
        tests::end_guess(&tollgate, &key, one, false).await;
    }
    let answer = refuses(guess(&tollgate, RIGHT, 2).await, 429, "invalid_grant");
    assert_eq!(answer.header("retry-after"), Some("300"));
}

#[tokio::test]
async fn t21_a_right_password_is_not_counted_whatever_else_is_wrong() {
    let tollgate = tollgate().await;
    for _ in 0..12 {
        guess(&tollgate, RIGHT, 2).await.is(200);
        refuses(guess(&tollgate, &RIGHT.replace("orders.read", "nothing"), 2).await, 400, "invalid_scope");
    }
}

#[tokio::test]
async fn one_token_at_a_time_holds_for_passwords_too() {
    let tollgate = Tollgate::with(&FILE.replace("allow_multiple_tokens: true", "allow_multiple_tokens: false")).await;
    let first = tollgate.token(SHOP, RIGHT).await.is(200).json();
    tollgate.clock.advance(1);
    let second = tollgate.token(SHOP, RIGHT).await.is(200).json();
    let bob = RIGHT.replace("alice&password=wonderland", "bob&password=builder");
    let bob = tollgate.token(SHOP, &bob).await.is(200).json();
    for (tokens, status) in [(first, 401), (second, 200), (bob, 200)] {
        tollgate.call("GET", "/orders/1").bearer(text(&tokens["access_token"])).send().await.is(status);
    }
}

/// Each is given a token, and of all those one counts in the end: no two of them missed each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_token_at_a_time_holds_for_passwords_at_once_too() {
    let file = FILE.replace("allow_multiple_tokens: true", "allow_multiple_tokens: false");
    let tollgate = Arc::new(Tollgate::with(&file).await);
    for round in 0..4 {
        let callers = Vec::from_iter((0..4).map(|_| {
            let tollgate = Arc::clone(&tollgate);
            tokio::spawn(async move { tollgate.token(SHOP, RIGHT).await.is(200).json() })
        }));
        let mut live = 0;
        for tokens in join_all(callers).await {
            let token = text(&tokens.unwrap()["access_token"]).to_owned();
            live += usize::from(tollgate.call("GET", "/orders/1").bearer(&token).send().await.status == 200);
        }
        assert_eq!(live, 1, "round {round}");
    }
}

const FILE: &str = "
services:
  - name: orders
    base_path: /orders
    backend: BACKEND/orders
    grant_types: [password, refresh_token]
    allow_multiple_tokens: true
    scopes: [ { name: orders.read } ]
    forwarded_headers: [user-context]
  - { name: invoices, base_path: /invoices, backend: BACKEND/invoices }
applications:
  - name: Shop
    clients:
      - client_id: legacy
        client_secret: secret-of-the-legacy-client
        client_secret_generated: true
        grant_types: [password, refresh_token]
        services: [orders, invoices]
      - { client_id: phone, token_endpoint_auth_method: none, grant_types: [password], services: [orders] }
      - client_id: app
        token_endpoint_auth_method: none
        grant_types: [authorization_code]
        redirect_uris: [com.example.app:/cb]
        services: [orders]
      - client_id: modern
        client_secret: secret-of-the-modern-client
        client_secret_generated: true
        grant_types: [client_credentials]
        services: [orders]
users:
  - { username: alice, password: wonderland }
  - { username: bob, password: builder }
  - { username: carol, password: looking-glass, enabled: false }
";
