//! How tokens look, how long they live, and that one with every look opens its service.

use std::collections::HashSet;

use tests::Tollgate;

use crate::shop::GRANT;

const CLIENT: (&str, &str) = ("shop", "generated-secret-0001");
const NEIGHBOUR: (&str, &str) = ("neighbour", "generated-secret-0001");

/// Whether a text has the shape of a format.
type Shape = fn(&str) -> bool;

const FORMATS: [(&str, Shape); 4] = [("opaque", opaque), ("hex32", hex32), ("alnum24", alnum24), ("alnum54", alnum54)];

fn opaque(token: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    token.strip_prefix("tga_").is_some_and(|rest| rest.len() == 64 && rest.chars().all(plain))
}

fn hex32(token: &str) -> bool {
    token.len() == 32 && token.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
}

fn alnum24(token: &str) -> bool {
    token.len() == 24 && token.chars().all(|c| matches!(c, '0'..='9' | 'a'..='z'))
}

fn alnum54(token: &str) -> bool {
    token.len() == 54 && token.chars().all(|c| c.is_ascii_alphanumeric())
}

/// A system whose one service has these lines.
async fn service(lines: &str) -> Tollgate {
    Tollgate::with(&FILE.replace("LINES", lines)).await
}

async fn token(tollgate: &Tollgate) -> String {
    tollgate.access_token(CLIENT, "").await
}

async fn status(tollgate: &Tollgate, token: &str) -> u16 {
    tollgate.call("GET", "/orders/1").bearer(token).send().await.status
}

#[tokio::test]
async fn every_format_has_its_shape_and_opens_the_service() {
    for (format, shape) in FORMATS {
        let tollgate = service(&format!("access_token: {{ format: {format} }}")).await;
        let token = token(&tollgate).await;
        assert!(shape(&token), "{format}: {token}");
        assert_eq!(status(&tollgate, &token).await, 200, "{format}");
    }
}

#[tokio::test]
async fn the_default_format_is_opaque() {
    assert!(opaque(&token(&service("").await).await));
}

#[tokio::test]
async fn t18_tokens_repeat_neither_as_a_whole_nor_in_part() {
    for (format, _) in FORMATS {
        let tollgate = service(&format!("access_token: {{ format: {format} }}")).await;
        let mut halves = HashSet::new();
        for _ in 0..50 {
            let token = token(&tollgate).await;
            let body = token.strip_prefix("tga_").unwrap_or(&token);
            let (first, second) = body.split_at(body.len() / 2);
            assert!(halves.insert(first.to_owned()) && halves.insert(second.to_owned()), "{format}: {token}");
        }
    }
}

#[tokio::test]
async fn a_token_that_is_nearly_right_opens_nothing() {
    for (format, _) in FORMATS {
        let tollgate = service(&format!("access_token: {{ format: {format} }}")).await;
        let token = token(&tollgate).await;
        let (start, last) = token.split_at(token.len() - 1);
        let other = if last == "0" { "1" } else { "0" };
        for wrong in [start.to_owned(), format!("{start}{other}"), format!("{token}0"), token.to_uppercase()] {
            assert_eq!(status(&tollgate, &wrong).await, 401, "{format}: {wrong}");
        }
        assert_eq!(status(&tollgate, &token).await, 200, "{format}");
    }
}

#[tokio::test]
async fn a_client_may_have_several_tokens() {
    for (format, _) in FORMATS {
        let tollgate = service(&format!("access_token: {{ format: {format} }}")).await;
        let (first, second) = (token(&tollgate).await, token(&tollgate).await);
        assert_eq!((status(&tollgate, &first).await, status(&tollgate, &second).await), (200, 200), "{format}");
    }
}

#[tokio::test]
async fn with_allow_multiple_tokens_false_the_earlier_token_dies_at_once() {
    for (format, shape) in FORMATS {
        let lines = format!("allow_multiple_tokens: false\n    access_token: {{ format: {format} }}");
        let tollgate = service(&lines).await;
        let neighbours = tollgate.access_token(NEIGHBOUR, "").await;
        let mut earlier = token(&tollgate).await;
        for _ in 0..3 {
            assert_eq!(status(&tollgate, &earlier).await, 200, "{format}");
            let newest = token(&tollgate).await;
            assert!(shape(&newest), "{format}: {newest}");
            assert_eq!(status(&tollgate, &earlier).await, 401, "{format}");
            assert_eq!(status(&tollgate, &newest).await, 200, "{format}");
            earlier = newest;
        }
        assert_eq!(status(&tollgate, &neighbours).await, 200, "{format}: another client's token stays");
    }
}

#[tokio::test]
async fn with_allow_multiple_tokens_false_a_new_token_lives_its_own_time() {
    let tollgate = service("allow_multiple_tokens: false").await;
    token(&tollgate).await;
    tollgate.clock.advance(3000);
    let newest = token(&tollgate).await;
    tollgate.clock.advance(3599);
    assert_eq!(status(&tollgate, &newest).await, 200);
    tollgate.clock.advance(1);
    assert_eq!(status(&tollgate, &newest).await, 401);
}

#[tokio::test]
async fn a_token_lives_expires_in_seconds_and_no_second_more() {
    for (format, _) in FORMATS {
        let tollgate = service(&format!("access_token: {{ ttl: 90, format: {format} }}")).await;
        tollgate.token(CLIENT, GRANT).await.is(200).says("expires_in", 90);
        let token = token(&tollgate).await;
        tollgate.clock.advance(89);
        assert_eq!(status(&tollgate, &token).await, 200, "{format}");
        tollgate.clock.advance(1);
        assert_eq!(status(&tollgate, &token).await, 401, "{format}");
    }
}

#[tokio::test]
async fn a_lifetime_of_null_is_3650_days() {
    let tollgate = service("access_token: { ttl: null }").await;
    tollgate.token(CLIENT, GRANT).await.is(200).says("expires_in", 315_360_000);
    let token = token(&tollgate).await;
    tollgate.clock.advance(315_359_999);
    assert_eq!(status(&tollgate, &token).await, 200);
    tollgate.clock.advance(1);
    assert_eq!(status(&tollgate, &token).await, 401);
}

#[tokio::test]
async fn a_clients_own_lifetime_shortens_the_services_and_never_lengthens_it() {
    let tollgate = service("access_token: { ttl: 600 }").await;
    for (client, seconds) in [("shop", 600), ("hasty", 60), ("patient", 600)] {
        let client = (client, "generated-secret-0001");
        tollgate.token(client, GRANT).await.is(200).says("expires_in", seconds);
    }
    let token = tollgate.access_token(("hasty", "generated-secret-0001"), "").await;
    tollgate.clock.advance(60);
    assert_eq!(status(&tollgate, &token).await, 401);
}

const FILE: &str = "
services:
  - spkey: orders-key
    name: orders
    base_path: /orders
    backend: BACKEND/orders
    LINES
applications:
  - name: Shop
    clients:
      - { client_id: shop, client_secret: generated-secret-0001, client_secret_generated: true, services: [orders] }
      - { client_id: neighbour, client_secret: generated-secret-0001, client_secret_generated: true, services: [orders] }
      - client_id: hasty
        client_secret: generated-secret-0001
        client_secret_generated: true
        access_token_ttl: 60
        services: [orders]
      - client_id: patient
        client_secret: generated-secret-0001
        client_secret_generated: true
        access_token_ttl: 6000
        services: [orders]
";
