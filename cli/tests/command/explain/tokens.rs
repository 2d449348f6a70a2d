//! Token requests.

use std::{fs, path::Path};

use tests::secrets;

use super::{decision, explained, json, tables, tells};
use crate::running::{Dev, tollgate_told};

#[tokio::test]
async fn every_token_request_is_explained_as_the_function_answers_and_none_is_served() {
    let dev = Dev::start(&[]).await;
    let before = tables(&dev).await;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seen = 0;
    for entry in fs::read_dir(repository.join("events/token")).unwrap() {
        let file = entry.unwrap().path();
        let answer = json(&repository.join("tests/answers/token").join(file.file_name().unwrap()));
        let output =
            tollgate_told(&["explain", "--json", "--request", file.to_str().unwrap()], &dev.environment(), "").await;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{file:?}: {output:?}");
        secrets::are_not_in(&secrets::DEMO, &printed);
        let expected = if answer["statusCode"] == 200 { "issued" } else { "refused" };
        assert_eq!(decision(&printed), expected, "{file:?}: {printed}");
        assert!(printed.contains(&format!("\"{}\"", answer["statusCode"])), "{file:?}: {printed}");
        seen += 1;
    }
    assert!(seen > 30, "{seen} events: are they still where they were?");
    assert_eq!(tables(&dev).await, before, "nothing is issued and no guess counted");
}

#[tokio::test]
async fn a_token_request_is_explained_with_its_client_and_its_services() {
    let dev = Dev::start(&[]).await;
    let explain = async |case: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/token").join(case);
        explained(&dev, &["--request", file.to_str().unwrap()], "").await
    };
    tells(
        &explain("http2_wrong_secret.json").await,
        &[
            ("request", "POST /oauth2/token"),
            ("Authorization", "Basic"),
            ("grant_type", "\"client_credentials\""),
            ("application", "Shop: on"),
            ("secrets", "1 kept, 1 not over"),
            ("orders (942yzkggypg5dq6c4ucfv3ed)", "on; gives tokens by authorization_code, client_credentials"),
            ("reason", "invalid_client"),
            ("message", "wrong secret"),
            ("caller sees", "401"),
            ("body", "{\"error\":\"invalid_client\""),
        ],
    );
    tells(
        &explain("http2_invalid_scope.json").await,
        &[
            ("may ask for", "orders orders.read orders.write"),
            ("reason", "invalid_scope"),
            ("what to do", "the caller asks"),
        ],
    );
    tells(
        &explain("http2_password_is_off.json").await,
        &[
            ("reason", "unauthorized_client"),
            ("message", "grant_types of the client shop does not list password: it is off until both"),
        ],
    );
    tells(
        &explain("http2_client_credentials.json").await,
        &[("scope", "orders.read orders.write"), ("issued", "nothing: this is a rehearsal"), ("caller sees", "200")],
    );
    tells(&explain("http2_unknown_client.json").await, &[("known", "no"), ("message", "unknown client")]);
}
