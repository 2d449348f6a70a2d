//! Calls with tokens of another server.

use std::fs;

use cli::dev::demo;
use tests::{Provider, Reply, secrets};

use super::{explained, tells};
use crate::running::{Dev, folder, tollgate_told};

#[tokio::test]
async fn the_call_to_a_provider_is_told_with_each_header() {
    let dev = Dev::start(&[]).await;
    let call = ["--service", "travel", "--path", "/trips", "--header", "HTTP-REQUEST-REGION-KEY: FR"];
    let printed = explained(&dev, &call, "travel-valid\ndemo-key-of-the-shop-web-app").await;
    tells(
        &printed,
        &[
            ("query parameter api_key", "sent"),
            ("found", "\"web\" of the application Shop"),
            ("region", "FR, by HTTP-REQUEST-REGION-KEY"),
            ("endpoint", "regionCodeValue FR"),
            ("answered", "200, application/xml, 67 bytes"),
            ("document", "XML with user, uid, email"),
            ("X-User-Email", "//email: injected, sent as \"jason@boutique.example\""),
            ("X-User-Id", "no expression in this group: unset, sent as \"-\""),
            ("decision", "allowed"),
        ],
    );
    let call = ["--service", "travel", "--header", "HTTP-REQUEST-REGION-KEY: SE"];
    let printed = explained(&dev, &call, "travel-valid\ndemo-key-of-the-shop-web-app").await;
    tells(
        &printed,
        &[
            ("region", "HTTP-REQUEST-REGION-KEY says \"SE\", which regionCodeValue does not list: the default counts"),
            ("document", "JSON with uid (text), email (text), lastName (text), active (boolean)"),
        ],
    );
}

#[tokio::test]
async fn a_provider_that_refuses_and_one_that_is_out_of_order_are_told_apart() {
    let dev = Dev::start(&[]).await;
    let key = demo::API_KEY;
    let printed = explained(&dev, &["--service", "travel"], &format!("travel-inactive\n{key}")).await;
    tells(
        &printed,
        &[
            ("answered", "200, application/json"),
            ("document", "JSON with active (boolean)"),
            ("reason", "token_inactive"),
            ("caller sees", "401, gateway response ACCESS_DENIED"),
            ("body", "{\"error\":\"TokenValidationFails\""),
        ],
    );
    let printed = explained(&dev, &["--service", "travel"], &format!("travel-failing\n{key}")).await;
    tells(&printed, &[("answered", "500, text/plain"), ("reason", "provider_failure")]);
    let printed = explained(&dev, &["--service", "travel"], "travel-valid\nanother-key").await;
    tells(&printed, &[("found", "no"), ("asked", "no: refused before"), ("reason", "api_key_unknown")]);
}

#[tokio::test]
async fn a_provider_that_hangs_and_a_value_that_holds_the_token_are_told_without_it() {
    let provider = Provider::start(|question| match &*question.token() {
        "hanging-token" => Reply::Hang,
        token => Reply::json(format!("{{\"uid\": \"u-1\", \"echo\": \"<{token}>\", \"{token}\": 1}}")),
    });
    let provider = provider.await;
    let file = folder("explain-provider").join("tollgate.yaml");
    fs::write(&file, THIRD_PARTY.replace("PROVIDER", &provider.address.to_string())).unwrap();
    let dev = Dev::start(&["--config", file.to_str().unwrap()]).await;
    let printed = explained(&dev, &["--service", "travel"], "hanging-token").await;
    tells(&printed, &[("answered", "no: time over before an answer began"), ("reason", "provider_failure")]);
    assert!(!printed.contains("of-the-gateway"), "the provider's query: {printed}");
    let printed = explained(&dev, &["--service", "travel"], "the-token-that-is-echoed").await;
    tells(
        &printed,
        &[
            ("document", "JSON with uid (text), echo (text), [hidden] (number)"),
            ("X-Echo", "$.echo: injected, sent as \"<[hidden]>\""),
            ("X-User-Email", "$.email: no match, sent as \"-\""),
        ],
    );
}

#[tokio::test]
async fn a_token_that_is_a_common_word_eats_no_words_of_the_report() {
    let dev = Dev::start(&[]).await;
    let call = ["explain", "--service", "travel", "--path", "/default", "--header", "HTTP-REQUEST-REGION-KEY: default"];
    let output = tollgate_told(&call, &dev.environment(), &format!("default\n{}", demo::API_KEY)).await;
    let printed = String::from_utf8_lossy(&output.stdout);
    tells(
        &printed,
        &[
            ("request", "GET /[hidden]"),
            (
                "region",
                "HTTP-REQUEST-REGION-KEY says \"[hidden]\", which regionCodeValue does not list: the default counts",
            ),
            ("endpoint", "defaultURI"),
            ("called", "travel (tpx1)"),
        ],
    );
    secrets::are_not_in(&[demo::API_KEY], &printed);
}

const THIRD_PARTY: &str = "
services:
  - spkey: tpx1
    name: travel
    base_path: /travel
    backend: http://127.0.0.1:1
    authorizer: introspection
    api_key: null
    validation: { timeout_ms: 300 }
    pre_inputs: |
      token_validation_uri: { defaultURI: http://PROVIDER/check?key=of-the-gateway }
      inject_headers: {\"default\":{\"X-Echo\":\"$.echo\",\"X-User-Email\":\"$.email\"}}
";
