//! Calls with Tollgate's own tokens.

use std::fs;

use aws_sdk_dynamodb::types::AttributeValue;
use cli::dev::demo;
use shared::{model::TokenKey, protocol::Secret, store::Table};

use super::{explained, file_explained, lacks, set, tells};
use crate::running::{Dev, folder};

#[tokio::test]
async fn a_valid_token_is_told_with_its_origin_and_its_way() {
    let dev = Dev::start(&[]).await;
    let printed = explained(&dev, &["--service", "invoices", "--path", "/7"], demo::TOKEN).await;
    tells(
        &printed,
        &[
            ("request", "GET /7"),
            ("called", "invoices (t4wq8nrb2x6mzc9vkhp3ydsf), named by the stage variable spkey"),
            ("tokens of", "orders (942yzkggypg5dq6c4ucfv3ed), on, by shared_token_spkey"),
            ("issued", "1970-01-01T00:00:00Z by client_credentials"),
            ("client", "shop of the application Shop"),
            ("ends", "2100-01-01T00:00:00Z"),
            ("allowed on orders", "yes"),
            ("allowed on invoices", "no; not asked for"),
            ("X-Tollgate-Oauth-Client-Id", "client-id = \"shop\""),
            ("decision", "allowed"),
            ("caller sees", "the answer of http://"),
        ],
    );
}

#[tokio::test]
async fn an_expired_token_is_told_with_its_end_and_the_callers_401() {
    let dev = Dev::start(&[]).await;
    let printed = explained(&dev, &["--service", "orders", "--path", "/42"], demo::EXPIRED_TOKEN).await;
    tells(
        &printed,
        &[
            ("ends", "2001-09-09T01:46:40Z"),
            ("state", "expired "),
            ("reason", "token_expired"),
            ("caller sees", "401, gateway response UNAUTHORIZED"),
            ("WWW-Authenticate", "Bearer realm=\"orders\""),
            ("what to do", "the caller gets a new token"),
        ],
    );
}

#[tokio::test]
async fn a_revoked_token_is_told_with_the_moment() {
    let dev = Dev::start(&[]).await;
    let TokenKey::Grant(key) = TokenKey::of(&Secret::new(demo::TOKEN.into())) else { panic!("an opaque token") };
    set(&dev, Table::Tokens, key.as_str(), "revoked_at", AttributeValue::N("1700000000".into())).await;
    let printed = explained(&dev, &["--service", "orders"], demo::TOKEN).await;
    tells(&printed, &[("state", "revoked at 2023-11-14T22:13:20Z"), ("reason", "token_revoked")]);
}

#[tokio::test]
async fn an_unknown_token_and_no_token_are_told_apart() {
    let dev = Dev::start(&[]).await;
    let unknown = "tga_demo-token-that-nobody-was-ever-given-for-refusals-0000000000000";
    let printed = explained(&dev, &["--service", "orders"], unknown).await;
    tells(&printed, &[("grant", "none in the store"), ("reason", "unknown_token")]);
    let printed = explained(&dev, &["--service", "orders"], "a-provider's-token").await;
    tells(&printed, &[("credentials", "Authorization: Bearer, and what follows is no token"), ("reason", "no_token")]);
    let printed = explained(&dev, &["--service", "orders"], "").await;
    tells(&printed, &[("credentials", "no Authorization header"), ("reason", "no_token"), ("caller sees", "401")]);
}

#[tokio::test]
async fn a_switched_off_client_is_told() {
    let dev = Dev::start(&[]).await;
    set(&dev, Table::Clients, "client#shop", "application_enabled", AttributeValue::Bool(false)).await;
    let printed = explained(&dev, &["--service", "orders"], demo::TOKEN).await;
    tells(&printed, &[("application", "Shop: switched off"), ("reason", "client_disabled"), ("what to do", "switch")]);
}

#[tokio::test]
async fn a_missing_scope_is_named_with_its_rule_and_the_callers_403() {
    let dev = Dev::start(&[]).await;
    let call = ["--service", "orders", "--method", "POST", "--path", "/42"];
    let printed = explained(&dev, &call, demo::READ_ONLY_TOKEN).await;
    tells(
        &printed,
        &[
            ("scope", "orders.read"),
            ("rules", "1 of 2 match POST /42"),
            ("POST /**", "needs one of orders.write: the token lacks orders.write"),
            ("decision", "refused"),
            ("reason", "insufficient_scope"),
            ("caller sees", "403, gateway response ACCESS_DENIED"),
            ("WWW-Authenticate", "Bearer realm=\"orders\", error=\"insufficient_scope\", scope=\"orders.write\""),
            ("body", "{\"error\":\"insufficient_scope\""),
        ],
    );
}

#[tokio::test]
async fn a_token_of_another_service_and_a_missing_identity_source_are_told() {
    let file = folder("explain").join("tollgate.yaml");
    fs::write(&file, TWO_SERVICES).unwrap();
    let dev = Dev::start(&["--config", file.to_str().unwrap()]).await;
    let answer = dev.token(("shop", "tgs_generated-secret-of-the-shop")).await.is(200);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let printed = explained(&dev, &["--service", "stock"], &token).await;
    tells(&printed, &[("for services", "ord1"), ("reason", "wrong_service")]);
    let printed = explained(&dev, &["--service", "stock"], "").await;
    tells(
        &printed,
        &[("verdicts kept", "up to 60 seconds"), ("authorizer asked", "no: an identity source is missing")],
    );
}

#[tokio::test]
async fn a_call_that_the_api_answers_by_itself_has_no_verdict() {
    let file = folder("explain-unasked").join("tollgate.yaml");
    fs::write(&file, UNASKED).unwrap();
    let dev = Dev::start(&["--config", file.to_str().unwrap()]).await;
    for method in ["PUT", "FOO"] {
        let printed = explained(&dev, &["--service", "orders", "--method", method], "").await;
        let answer = [("caller sees", "405"), ("Allow", "GET,POST,OPTIONS"), ("body", r#"{"message":"Method Not"#)];
        tells(&printed, &[&[("authorizer asked", "no, not by the generated API")], &answer[..]].concat());
        lacks(&printed, &["decision", "reason", "what to do"]);
    }
    let printed = explained(&dev, &["--service", "orders", "--method", "HEAD"], "").await;
    tells(&printed, &[("caller sees", "405"), ("body", "none")]);
    let origin = "Origin: https://app.example";
    let preflight = ["--service", "orders", "--method", "OPTIONS", "--header", origin];
    let printed = explained(&dev, &preflight, "").await;
    tells(&printed, &[("authorizer asked", "no, not by the generated API"), ("caller sees", "204"), ("body", "none")]);
    lacks(&printed, &["decision", "reason", "what to do"]);
}

#[tokio::test]
async fn a_service_without_authorizer_has_no_verdict() {
    let folder = folder("explain-unguarded");
    let file = folder.join("tollgate.yaml");
    fs::write(&file, UNASKED).unwrap();
    let dev = Dev::start(&["--config", file.to_str().unwrap()]).await;
    for shape in ["rest", "http2"] {
        let printed = explained(&dev, &["--service", "weather", "--shape", shape], "").await;
        tells(&printed, &[("authorizer asked", "no, the API asks none"), ("caller sees", "the answer of http://")]);
        lacks(&printed, &["decision", "reason", "what to do"]);
    }
    let printed = explained(&dev, &["--service", "weather", "--method", "PUT"], "").await;
    tells(&printed, &[("authorizer asked", "no, the API asks none"), ("caller sees", "405")]);
    // An event shows that some other API does ask.
    let event = folder.join("event.json");
    fs::write(&event, WEATHER_EVENT).unwrap();
    let printed = file_explained(&dev, &event).await;
    tells(&printed, &[("decision", "failed"), ("reason", "config_failure"), ("caller sees", "500")]);
}

const UNASKED: &str = "
services:
  - spkey: ord1
    name: orders
    base_path: /orders
    backend: http://127.0.0.1:1
    methods: [GET, POST]
    cors_origins: [https://app.example]
  - { spkey: wea1, name: weather, base_path: /weather, backend: http://127.0.0.1:1, methods: [GET], authorizer: none }
";

const WEATHER_EVENT: &str = r#"{
    "type": "REQUEST",
    "methodArn": "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/production/GET/",
    "stageVariables": { "spkey": "wea1" }
}"#;

const TWO_SERVICES: &str = "
services:
  - { spkey: ord1, name: orders, base_path: /orders, backend: http://127.0.0.1:1 }
  - { spkey: sto1, name: stock, base_path: /stock, backend: http://127.0.0.1:1, authorizer_ttl: 60, forward_authorization: true }
applications:
  - name: Shop
    clients:
      - client_id: shop
        client_secret: tgs_generated-secret-of-the-shop
        client_secret_generated: true
        grant_types: [client_credentials]
        services: [orders]
";
