//! `tollgate event`.

use std::fs;

use serde_json::Value;

use crate::running::{Dev, complaint, folder, tollgate};

async fn event(dev: &Dev, arguments: &[&str]) -> Value {
    let output = tollgate(&[&["event"], arguments].concat(), &dev.environment()).await;
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("an event is JSON")
}

#[tokio::test]
async fn the_token_in_the_event_opens_the_service() {
    let dev = Dev::start(&[]).await;
    for service in ["orders", "invoices"] {
        let event = event(&dev, &["shared-token-authorizer", "--service", service]).await;
        let authorization = event["headers"]["Authorization"].as_str().unwrap();
        let call = dev.call("GET", event["path"].as_str().unwrap());
        call.header("Authorization", authorization).send().await.is(200);
    }
}

#[tokio::test]
async fn what_is_named_stands_in_the_event() {
    let dev = Dev::start(&[]).await;
    let arguments = ["shared-token-authorizer", "--service", "orders", "--shape", "http2"];
    let event =
        event(&dev, &[&arguments[..], &["--token", "tga_x", "--method", "POST", "--path", "/7"]].concat()).await;
    assert_eq!(event["headers"]["authorization"], "Bearer tga_x");
    assert!(event["routeArn"].as_str().unwrap().ends_with("/POST/7"));
    assert_eq!(event["rawPath"], "/orders/7");
}

#[tokio::test]
async fn a_printed_event_has_the_members_of_the_sample_of_its_shape() {
    let dev = Dev::start(&[]).await;
    for (shape, sample) in
        [("rest", "rest"), ("token", "rest_token"), ("http1", "http1"), ("http2", "http2"), ("websocket", "websocket")]
    {
        let printed = event(&dev, &["shared-token-authorizer", "--service", "orders", "--shape", shape]).await;
        let sample = tests::sample("shared-token-authorizer", &format!("{sample}_allowed"));
        assert_eq!(members(&printed), members(&sample), "{shape}");
    }
    for shape in ["rest", "http1", "http2"] {
        let printed = event(&dev, &["token", "--shape", shape]).await;
        let sample = tests::sample("token", &format!("{shape}_client_credentials"));
        assert_eq!(members(&printed), members(&sample), "{shape}");
    }
}

#[tokio::test]
async fn a_token_request_of_another_client_takes_its_secret_from_the_file() {
    let file = folder("event").join("tollgate.yaml");
    fs::write(&file, FILE).unwrap();
    let file = file.to_str().unwrap();
    let dev = Dev::start(&["--config", file]).await;
    let event = event(&dev, &["token", "--config", file]).await;
    let call =
        dev.call("POST", "/oauth2/token").header("Authorization", event["headers"]["authorization"].as_str().unwrap());
    call.form("grant_type=client_credentials").send().await.is(200);
    let said = complaint(&["event", "token"], &dev.environment()).await;
    assert!(said.contains("--config") && said.contains("--client-secret"), "{said}");
    let said = complaint(&["event", "token", "--config", file, "--client-id", "web"], &dev.environment()).await;
    assert!(said.contains("no client \"web\" with a secret") && said.ends_with("there are: batch\n"), "{said}");
}

const FILE: &str = "
services:
  - { name: orders, spkey: ord1, base_path: /orders, backend: \"http://127.0.0.1:1\" }
applications:
  - name: Shop
    clients:
      - { client_id: web, grant_types: [authorization_code], token_endpoint_auth_method: none, services: [orders] }
      - { client_id: batch, client_secret: picked-by-hand, grant_types: [client_credentials], services: [orders] }
";

#[tokio::test]
async fn without_the_environment_it_says_where_that_comes_from() {
    let said = complaint(&["event", "token"], &[]).await;
    assert!(said.contains("AWS_ACCESS_KEY_ID") && said.contains("`tollgate dev`"), "{said}");
}

#[tokio::test]
async fn a_service_that_does_not_fit_is_told_with_those_that_are_there() {
    let dev = Dev::start(&[]).await;
    let environment = dev.environment();
    let said = complaint(&["event", "shared-token-authorizer", "--service", "order"], &environment).await;
    assert!(said.contains("\"order\"") && said.contains("orders, invoices, travel"), "{said}");
    let said = complaint(&["event", "shared-token-authorizer", "--service", "travel"], &environment).await;
    assert!(said.contains("travel"), "{said}");
    let said = complaint(&["event", "token", "--shape", "websocket"], &environment).await;
    assert!(said.contains("rest, http1 or http2"), "{said}");
}

/// The paths of all members, `/requestContext/identity/sourceIp` for one.
fn members(event: &Value) -> Vec<String> {
    let mut paths = Vec::new();
    collect("", event, &mut paths);
    paths.sort();
    paths
}

fn collect(path: &str, value: &Value, paths: &mut Vec<String>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = format!("{path}/{name}");
        collect(&path, value, paths);
        paths.push(path);
    }
}
