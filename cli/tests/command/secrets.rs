//! Rule M21 for `tollgate dev`: no secret, token, API key or password in what it writes and keeps.

use std::fs;

use tests::{Provider, Reply, secrets};

use crate::running::{Dev, folder};

#[tokio::test]
async fn m21_no_secret_stands_in_the_output_or_a_table() {
    let provider = Provider::start(|question| match question.token().as_str() {
        PARTNER_TOKEN => Reply::json(r#"{"active":true,"email":"jason@marketplace.example"}"#),
        _ => Reply::json(r#"{"active":false}"#),
    });
    let file = folder("secrets").join("tollgate.yaml");
    fs::write(&file, CONFIGURATION.replace("PROVIDER", &provider.await.address.to_string())).unwrap();
    let dev = Dev::start(&["--config", file.to_str().unwrap()]).await;

    let token = use_everything(&dev).await;
    let tables = secrets::tables(dev.dynamodb()).await;
    let (_, output) = dev.stop_by("TERM").await;

    let secrets = [&token, CLIENT_SECRET, SECOND_SECRET, "a-wrong-secret", PARTNER_TOKEN, "partner-unknown", API_KEY];
    let secrets = [&secrets[..], &[PASSWORD, PROVIDER_SECRET, "an-unknown-api-key", "tga_unknown"]].concat();
    assert!(output.contains("refused 401") && output.contains("headers GET"), "{output}");
    secrets::are_not_in(&secrets, &output);
    secrets::are_not_in(&secrets, &tables);
}

/// Requests that are answered and requests that are refused; gives the token.
async fn use_everything(dev: &Dev) -> String {
    dev.token(("shop", SECOND_SECRET)).await.is(200);
    dev.token(("shop", "a-wrong-secret")).await.is(401);
    let answer = dev.token(("shop", CLIENT_SECRET)).await.is(200);
    let token = answer.json()["access_token"].as_str().expect("an access token is a text").to_owned();
    let mediator = "/rest/pub.mediator.oauth2.getOAuth2AccessToken";
    let form = format!("client_id=shop&client_secret={CLIENT_SECRET}&scope=orders");
    dev.call("POST", mediator).form(&form).send().await.is(200);
    dev.call("POST", &format!("{mediator}?client_secret={CLIENT_SECRET}")).send().await.is(400);
    dev.call("GET", "/orders/42").bearer(&token).send().await.is(504);
    dev.call("GET", "/orders/42").bearer("tga_unknown").send().await.is(401);
    dev.call("GET", &format!("/orders/42?access_token={token}")).send().await.is(401);
    let trips = format!("/travel/trips?api_key={API_KEY}");
    dev.call("GET", &trips).bearer(PARTNER_TOKEN).send().await.is(504);
    dev.call("GET", &trips).bearer("partner-unknown").send().await.is(401);
    dev.call("GET", "/travel/trips?api_key=an-unknown-api-key").bearer(PARTNER_TOKEN).send().await.is(401);
    token
}

const CLIENT_SECRET: &str = "hand-picked-secret-of-the-shop";
const SECOND_SECRET: &str = "tgs_generated-secret-of-the-shop";
const API_KEY: &str = "api-key-of-the-shop";
const PASSWORD: &str = "password-of-alice";
const PROVIDER_SECRET: &str = "secret-for-the-provider";
const PARTNER_TOKEN: &str = "partner-token-that-counts";

const CONFIGURATION: &str = "
services:
  - spkey: ord1
    name: orders
    base_path: /orders
    backend: http://127.0.0.1:1
    forwarded_headers: [client-id, access-token]
  - spkey: tpx1
    name: travel
    base_path: /travel
    backend: http://127.0.0.1:1
    authorizer: introspection
    validation: { method: introspection, client_id: tollgate, client_secret: secret-for-the-provider }
    pre_inputs: |
      token_validation_uri: { defaultURI: http://PROVIDER/introspect }
      inject_headers: {\"default\":{\"X-User-Email\":\"$.email\"}}
applications:
  - name: Shop
    clients:
      - client_id: shop
        client_secrets:
          - { value: hand-picked-secret-of-the-shop }
          - { value: tgs_generated-secret-of-the-shop }
        grant_types: [client_credentials]
        services: [orders]
    api_keys: [ { name: web, key: api-key-of-the-shop, services: [travel] } ]
users:
  - { username: alice, password: password-of-alice }
";
