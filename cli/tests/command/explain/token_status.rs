//! Requests about tokens.

use std::{fs, path::Path};

use cli::dev::demo;
use serde_json::json;

use super::{event_explained, file_explained, json, tables, tells};
use crate::running::{Dev, folder};

async fn explained(dev: &Dev, case: &str) -> String {
    event_explained(dev, "token-status", case).await
}

#[tokio::test]
async fn every_request_about_a_token_is_explained_as_the_function_answers_and_ends_nothing() {
    let dev = Dev::start(&[]).await;
    let before = tables(&dev).await;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seen = 0;
    for entry in fs::read_dir(repository.join("events/token-status")).unwrap() {
        let file = entry.unwrap().path();
        let case = file.file_name().unwrap().to_str().unwrap();
        let answer = json(&repository.join("tests/answers/token-status").join(case));
        tells(&explained(&dev, case).await, &[("caller sees", &answer["statusCode"].to_string())]);
        seen += 1;
    }
    assert!(seen > 30, "{seen} events: are they still where they were?");
    assert_eq!(tables(&dev).await, before, "nothing is ended and no guess counted");
}

#[tokio::test]
async fn an_introspection_is_explained_with_its_client_and_what_is_known_of_the_token() {
    let dev = Dev::start(&[]).await;
    tells(
        &explained(&dev, "http2_introspect_active.json").await,
        &[
            ("request", "POST /oauth2/introspect"),
            ("parameters", "token"),
            ("client_id", "shop"),
            ("proven", "yes"),
            ("introspects", "its own tokens, and those of: none"),
            ("kind", "access token"),
            ("issued", "1970-01-01T00:00:00Z by client_credentials"),
            ("on behalf of", "shop"),
            ("opens services", "942yzkggypg5dq6c4ucfv3ed"),
            ("ends", "2100-01-01T00:00:00Z"),
            ("state", "active, ends in "),
            ("orders (942yzkggypg5dq6c4ucfv3ed)", "on; its client may use it"),
            ("decision", "active"),
            ("body", "{\"active\":true,\"scope\":\"orders.read orders.write\",\"client_id\":\"shop\""),
        ],
    );
    tells(
        &explained(&dev, "http2_introspect_expired.json").await,
        &[
            ("state", "not active: the token expired"),
            ("decision", "inactive"),
            ("reason", "token_expired"),
            ("body", "{\"active\":false}"),
        ],
    );
    tells(
        &explained(&dev, "http2_introspect_refresh_token.json").await,
        &[("kind", "refresh token"), ("on behalf of", "alice"), ("state", "active, ends in "), ("decision", "active")],
    );
    tells(
        &explained(&dev, "http2_introspect_unknown.json").await,
        &[("grant", "none in the store"), ("reason", "unknown_token")],
    );
}

#[tokio::test]
async fn a_client_that_is_not_proven_is_told_with_the_reason_and_learns_nothing() {
    let dev = Dev::start(&[]).await;
    let printed = explained(&dev, "http2_introspect_wrong_secret.json").await;
    let facts = [
        ("proven", "no: wrong secret"),
        ("state", "active, ends in "),
        ("decision", "refused"),
        ("caller sees", "401"),
    ];
    tells(&printed, &facts);
    tells(&printed, &[("body", "{\"error\":\"invalid_client\"")]);
    tells(&explained(&dev, "http2_introspect_no_client.json").await, &[("known", "no"), ("reason", "invalid_client")]);
}

#[tokio::test]
async fn a_revocation_is_rehearsed_and_token_information_asks_for_no_client() {
    let dev = Dev::start(&[]).await;
    for case in ["http2_revoke_refresh_token.json", "rest_revoke.json"] {
        tells(
            &explained(&dev, case).await,
            &[
                ("client_id", "shop"),
                ("state", "active, ends in "),
                ("decision", "revoked"),
                ("caller sees", "200"),
                ("ended", "nothing: this is a rehearsal, the same request ends what it names"),
            ],
        );
    }
    tells(
        &explained(&dev, "http2_revoke_unknown.json").await,
        &[("grant", "none in the store"), ("decision", "ignored"), ("reason", "unknown_token"), ("caller sees", "200")],
    );
    tells(
        &explained(&dev, "http2_token_info.json").await,
        &[
            ("asked for", "no: whoever has the token"),
            ("state", "active, ends in "),
            ("body", "{\"audience\":\"Shop\""),
        ],
    );
    tells(
        &explained(&dev, "http2_token_info_expired.json").await,
        &[("state", "not active: the token expired"), ("caller sees", "400")],
    );
    let document = explained(&dev, "http2_metadata.json").await;
    tells(
        &document,
        &[("parameters", "none"), ("decision", "shown"), ("body", "{\"issuer\":\"https://id.example.com\"")],
    );
    assert!(!document.contains("\nclient\n"), "{document}");
}

#[tokio::test]
async fn a_public_client_introspects_nothing() {
    let dev = Dev::start(&[]).await;
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/token-status/http2_introspect_active.json");
    let mut event = json(&sample);
    event["headers"].as_object_mut().unwrap().remove("authorization");
    event["body"] = json!(format!("token={}&client_id=shop-terminal", demo::TOKEN));
    event["isBase64Encoded"] = json!(false);
    let file = folder("explain-public-client").join("event.json");
    fs::write(&file, event.to_string()).unwrap();
    tells(
        &file_explained(&dev, &file).await,
        &[
            ("client_id", "shop-terminal"),
            ("proven", "no: a public client may not introspect tokens"),
            ("introspects", "nothing: a public client"),
            ("caller sees", "401"),
        ],
    );
}
