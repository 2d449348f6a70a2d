//! RFC 6749 section 2.3: how a client proves who it is, and what guessing gets.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use tests::{Call, NOW, Tollgate};

use crate::shop::{GRANT, SHOP, refuses, shop};

/// A Basic header of a pair that is not form-encoded first.
fn raw_basic(tollgate: &Tollgate, pair: &str) -> Call {
    let call = tollgate.call("POST", "/oauth2/token").form(GRANT);
    call.header("Authorization", &format!("Basic {}", STANDARD.encode(pair)))
}

#[tokio::test]
async fn the_secret_may_come_in_the_header_or_in_the_body() {
    let tollgate = shop().await;
    tollgate.token(SHOP, GRANT).await.is(200);
    let form = format!("{GRANT}&client_id={}&client_secret={}", SHOP.0, SHOP.1);
    tollgate.call("POST", "/oauth2/token").form(&form).send().await.is(200);
    let value = STANDARD.encode(format!("{}:{}", SHOP.0, SHOP.1));
    let call = tollgate.call("POST", "/oauth2/token").form(GRANT);
    call.header("authorization", &format!("bAsIc {value}")).send().await.is(200);
}

#[tokio::test]
async fn t5_id_and_secret_are_form_decoded_before_they_are_compared() {
    let tollgate = Tollgate::with(PECULIAR).await;
    tollgate.token(("my shop:%2B", "a+b%:c/é"), GRANT).await.is(200);
    let form = format!("{GRANT}&client_id=my+shop%3A%252B&client_secret=a%2Bb%25%3Ac%2F%C3%A9");
    tollgate.call("POST", "/oauth2/token").form(&form).send().await.is(200);
    raw_basic(&tollgate, "my%20shop%3a%252B:a%2bb%25%3ac/%c3%a9").send().await.is(200);
}

#[tokio::test]
async fn t5_what_was_not_encoded_is_refused_and_is_no_500() {
    let tollgate = Tollgate::with(PECULIAR).await;
    for pair in ["plain:%zz", "plain:%", "plain:%ff", "%zz:x", "plain:a+b%:c/é", "no colon", ":", ":secret", ""] {
        refuses(raw_basic(&tollgate, pair).send().await, 401, "invalid_client");
    }
    raw_basic(&tollgate, "plain:a+b").send().await.is(401);
    raw_basic(&tollgate, "plain:a%2Bb").send().await.is(200);
}

#[tokio::test]
async fn t6_refuses_two_methods_in_one_request() {
    let tollgate = shop().await;
    let secret = format!("{GRANT}&client_secret={}", SHOP.1);
    let assertion =
        "client_assertion=a.b.c&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    refuses(tollgate.token(SHOP, &secret).await, 400, "invalid_request");
    refuses(tollgate.token(SHOP, &format!("{GRANT}&{assertion}")).await, 400, "invalid_request");
    let both_in_the_body = format!("{secret}&client_id={}&{assertion}", SHOP.0);
    refuses(tollgate.call("POST", "/oauth2/token").form(&both_in_the_body).send().await, 400, "invalid_request");
}

#[tokio::test]
async fn t6_client_id_beside_the_header_must_be_the_same() {
    let tollgate = shop().await;
    tollgate.token(SHOP, &format!("{GRANT}&client_id={}", SHOP.0)).await.is(200);
    refuses(tollgate.token(SHOP, &format!("{GRANT}&client_id=another")).await, 401, "invalid_client");
}

#[tokio::test]
async fn t7_a_failure_is_401_with_a_basic_challenge() {
    let tollgate = shop().await;
    let call =
        |authorization: &str| tollgate.call("POST", "/oauth2/token").form(GRANT).header("Authorization", authorization);
    let answers = [
        tollgate.token((SHOP.0, "wrong"), GRANT).await,
        tollgate.token(("nobody", "wrong"), GRANT).await,
        call("Bearer abc").send().await,
        call("Basic").send().await,
        call("Basic *").send().await,
        tollgate.call("POST", "/oauth2/token").form(GRANT).send().await,
    ];
    for answer in answers {
        // API Gateway renames the header of a Lambda integration; the handler sends its real name.
        let challenge = r#"Basic realm="tollgate", charset="UTF-8""#;
        refuses(answer, 401, "invalid_client").has("x-amzn-remapped-www-authenticate", challenge);
    }
}

#[tokio::test]
async fn an_assertion_alone_is_no_proof() {
    let tollgate = shop().await;
    let form = format!("{GRANT}&client_id={}&client_assertion=a.b.c", SHOP.0);
    refuses(tollgate.call("POST", "/oauth2/token").form(&form).send().await, 401, "invalid_client");
}

#[tokio::test]
async fn a_public_client_gets_no_token_of_its_own() {
    let tollgate = Tollgate::with(SWITCHED_OFF).await;
    let form = format!("{GRANT}&client_id=public");
    refuses(tollgate.call("POST", "/oauth2/token").form(&form).send().await, 401, "invalid_client");
    refuses(tollgate.token(("public", "x"), GRANT).await, 401, "invalid_client");
}

#[tokio::test]
async fn t8_unknown_wrong_ended_and_switched_off_cannot_be_told_apart() {
    let tollgate = Tollgate::with(SWITCHED_OFF).await;
    let cases = [
        ("nobody", "generated-secret-0001"),
        ("shop", "generated-secret-0002"),
        ("ended", "generated-secret-0001"),
        ("off", "generated-secret-0001"),
        ("off", "generated-secret-0002"),
        ("application-off", "generated-secret-0001"),
        ("picked-off", "hand-picked"),
        ("picked", "wrong"),
        ("public", "generated-secret-0001"),
    ];
    tollgate.token(("shop", "generated-secret-0001"), GRANT).await.is(200);
    let mut by_header = Vec::new();
    let mut by_body = Vec::new();
    for case in cases {
        by_header.push(tollgate.token(case, GRANT).await.is(401).told());
        let form = format!("{GRANT}&client_id={}&client_secret={}", case.0, case.1);
        by_body.push(tollgate.call("POST", "/oauth2/token").form(&form).send().await.is(401).told());
    }
    for (at, case) in cases.iter().enumerate() {
        assert_eq!(by_header[at], by_header[0], "{case:?}");
        assert_eq!(by_body[at], by_header[0], "{case:?}");
    }
}

#[tokio::test]
async fn t9_ten_wrong_guesses_have_to_wait_and_another_source_does_not() {
    let tollgate = Tollgate::with(SWITCHED_OFF).await;
    for guess in 0..9 {
        refuses(tollgate.token(("picked", &format!("guess {guess}")), GRANT).await, 401, "invalid_client");
    }
    let form = format!("{GRANT}&client_id=picked&client_secret=guess-9");
    refuses(tollgate.call("POST", "/oauth2/token").form(&form).send().await, 401, "invalid_client");
    refuses(tollgate.token(("picked", "hand-picked"), GRANT).await, 429, "invalid_client").has("retry-after", "300");
    tollgate.clock.advance(120);
    refuses(tollgate.token(("picked", "guess 10"), GRANT).await, 429, "invalid_client").has("retry-after", "180");
    let elsewhere = tollgate.call("POST", "/oauth2/token").sent_from([127, 0, 0, 2]).basic("picked", "hand-picked");
    elsewhere.form(GRANT).send().await.is(200);
}

#[tokio::test]
async fn t9_after_the_window_the_right_secret_works_again_and_the_count_starts_anew() {
    let tollgate = Tollgate::with(SWITCHED_OFF).await;
    for _ in 0..10 {
        tollgate.token(("picked", "wrong"), GRANT).await.is(401);
    }
    tollgate.clock.advance(299);
    tollgate.token(("picked", "hand-picked"), GRANT).await.is(429).has("retry-after", "1");
    tollgate.clock.advance(1);
    for _ in 0..9 {
        tollgate.token(("picked", "wrong"), GRANT).await.is(401);
    }
    tollgate.token(("picked", "hand-picked"), GRANT).await.is(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t9_right_secrets_at_once_are_no_wrong_ones() {
    let tollgate = Arc::new(Tollgate::with(SWITCHED_OFF).await);
    let callers = Vec::from_iter((0..40).map(|_| {
        let tollgate = Arc::clone(&tollgate);
        tokio::spawn(async move {
            // A machine that is busy with other tests may take longer than the server waits.
            loop {
                match tollgate.token(("picked", "hand-picked"), GRANT).await {
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
async fn t9_a_header_of_the_caller_does_not_make_another_source() {
    let tollgate = Tollgate::with(SWITCHED_OFF).await;
    let guess = |from: usize| {
        let call = tollgate.call("POST", "/oauth2/token").basic("picked", "wrong").form(GRANT);
        call.header("X-Forwarded-For", &format!("192.0.2.{from}")).header("Forwarded", "for=192.0.2.1")
    };
    for from in 0..10 {
        guess(from).send().await.is(401);
    }
    guess(10).send().await.is(429);
}

#[tokio::test]
async fn t9_guesses_at_one_client_do_not_shut_out_another() {
    let tollgate = Tollgate::with(SWITCHED_OFF).await;
    for _ in 0..11 {
        tollgate.token(("picked", "wrong"), GRANT).await;
    }
    tollgate.token(("picked-too", "hand-picked"), GRANT).await.is(200);
    tollgate.token(("shop", "generated-secret-0001"), GRANT).await.is(200);
}

#[tokio::test]
async fn t9_a_client_that_was_proven_before_is_not_shut_out_by_its_neighbours() {
    let tollgate = Tollgate::with(SWITCHED_OFF).await;
    tollgate.token(("picked", "hand-picked"), GRANT).await.is(200);
    for _ in 0..10 {
        tollgate.token(("picked", "wrong"), GRANT).await.is(401);
    }
    tollgate.token(("picked", "wrong"), GRANT).await.is(429);
    tollgate.token(("picked", "hand-picked"), GRANT).await.is(200);
}

#[tokio::test]
async fn a_secret_works_beside_its_successor_until_it_ends() {
    for generated in [true, false] {
        let file = ROTATED.replace("GENERATED", &generated.to_string()).replace("UNTIL", &(NOW + 600).to_string());
        let tollgate = Tollgate::with(&file).await;
        for secret in ["the-secret-of-last-year", "the-secret-of-this-year"] {
            tollgate.token(("shop", secret), GRANT).await.is(200);
        }
        tollgate.clock.advance(599);
        tollgate.token(("shop", "the-secret-of-last-year"), GRANT).await.is(200);
        tollgate.clock.advance(1);
        refuses(tollgate.token(("shop", "the-secret-of-last-year"), GRANT).await, 401, "invalid_client");
        tollgate.token(("shop", "the-secret-of-this-year"), GRANT).await.is(200);
    }
}

const PECULIAR: &str = "
services:
  - { spkey: x, name: orders, base_path: /orders, backend: BACKEND/orders }
applications:
  - name: Shop
    clients:
      - { client_id: 'my shop:%2B', client_secret: 'a+b%:c/é', services: [orders] }
      - { client_id: plain, client_secret: a+b, services: [orders] }
";

const SWITCHED_OFF: &str = "
services:
  - { spkey: x, name: orders, base_path: /orders, backend: BACKEND/orders }
applications:
  - name: Shop
    clients:
      - { client_id: shop, client_secret: generated-secret-0001, client_secret_generated: true, services: [orders] }
      - { client_id: picked, client_secret: hand-picked, services: [orders] }
      - { client_id: picked-too, client_secret: hand-picked, services: [orders] }
      - { client_id: picked-off, client_secret: hand-picked, enabled: false, services: [orders] }
      - { client_id: public, token_endpoint_auth_method: none, services: [orders] }
      - client_id: 'off'
        client_secret: generated-secret-0001
        client_secret_generated: true
        enabled: false
        services: [orders]
      - client_id: ended
        client_secrets: [{ value: generated-secret-0001, expires_at: 1700000000 }]
        client_secret_generated: true
        services: [orders]
  - name: Closed
    enabled: false
    clients:
      - client_id: application-off
        client_secret: generated-secret-0001
        client_secret_generated: true
        services: [orders]
";

const ROTATED: &str = "
services:
  - { spkey: x, name: orders, base_path: /orders, backend: BACKEND/orders }
applications:
  - name: Shop
    clients:
      - client_id: shop
        client_secrets:
          - { value: the-secret-of-last-year, expires_at: UNTIL }
          - { value: the-secret-of-this-year }
        client_secret_generated: GENERATED
        services: [orders]
";
