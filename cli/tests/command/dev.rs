//! `tollgate dev`.

use std::fs;

use cli::dev::demo;
use tests::{Provider, Reply, secrets};
use tokio::net::TcpListener;

use crate::running::{Dev, complaint, folder};

#[tokio::test]
async fn it_answers_from_the_ready_line_on() {
    let dev = Dev::start(&[]).await;
    assert!(dev.address.ip().is_loopback());
    dev.call("GET", "/orders/42").send().await.is(401);
}

#[tokio::test]
async fn port_0_is_any_that_is_free() {
    let (first, second) = (Dev::start(&[]).await, Dev::start(&[]).await);
    assert_ne!(first.address.port(), second.address.port());
    assert_ne!(first.address.port(), 0);
}

#[tokio::test]
async fn another_address_than_127_0_0_1_takes_an_option() {
    let dev = Dev::start(&["--listen", "127.0.0.2"]).await;
    assert_eq!(dev.address.ip().to_string(), "127.0.0.2");
}

#[tokio::test]
async fn an_address_that_others_reach_is_told_with_urls_that_work_and_a_warning() {
    let dev = Dev::start(&["--listen", "0.0.0.0"]).await;
    assert!(dev.address.ip().is_loopback() && !dev.preface.contains("0.0.0.0"), "{}", dev.preface);
    dev.call("GET", "/orders/42").send().await.is(401);
    let port = dev.address.port();
    let (_, text) = dev.stop_by("TERM").await;
    let warning = format!("warning: whoever reaches 0.0.0.0:{port} can use what runs here, and the demo's secrets");
    assert_eq!(text.matches(&warning).count(), 1, "{text}");
}

#[tokio::test]
async fn what_a_backend_refuses_is_told_as_its_own_answer() {
    let backend = Provider::start(|_| Reply::of(404, "text/plain", "no such order")).await;
    let file = folder("backend").join("tollgate.yaml");
    fs::write(&file, OPEN.replace("BACKEND", &backend.address.to_string())).unwrap();
    let dev = Dev::start(&["--config", file.to_str().unwrap()]).await;
    let token = dev.token(("shop", "tgs_generated-secret-of-the-shop")).await.is(200);
    let token = token.json()["access_token"].as_str().unwrap().to_owned();
    dev.call("GET", "/orders/42").bearer(&token).send().await.is(404);
    dev.call("GET", "/open/42").send().await.is(404);
    let (_, text) = dev.stop_by("TERM").await;
    for path in ["/orders/42", "/open/42"] {
        let line = format!("backend 404 GET {path}: the call was let through, and the backend answered so [");
        assert!(text.contains(&line), "{text}");
    }
    assert!(!text.contains("refused"), "{text}");
}

#[tokio::test]
async fn what_a_redirect_refuses_is_told_with_its_reason() {
    let dev = Dev::start(&[]).await;
    let request = "/oauth2/authorize?response_type=code&client_id=shop";
    dev.call("GET", request).send().await.is(303);
    let challenged = format!("{request}&code_challenge={}&code_challenge_method=S256", demo::CODE_CHALLENGE);
    dev.call("GET", &challenged).send().await.is(303);
    let (_, text) = dev.stop_by("TERM").await;
    let told: Vec<&str> = text.lines().filter(|line| line.starts_with("refused")).collect();
    assert_eq!(told.len(), 1, "the way to the login is no refusal: {text}");
    assert!(told[0].starts_with("refused 303 GET /oauth2/authorize: code_challenge is missing: "), "{text}");
}

#[tokio::test]
async fn a_busy_port_names_the_option_for_another() {
    let busy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = busy.local_addr().unwrap().port().to_string();
    let said = complaint(&["dev", "--port", &port, "--dynamodb-port", "0"], &[]).await;
    assert!(said.contains(&format!("127.0.0.1:{port}")) && said.contains("--port"), "{said}");
    let said = complaint(&["dev", "--port", "0", "--dynamodb-port", &port], &[]).await;
    assert!(said.contains(&format!("127.0.0.1:{port}")) && said.contains("--dynamodb-port"), "{said}");
}

#[tokio::test]
async fn every_mistake_of_the_configuration_ends_the_start() {
    let file = folder("mistakes").join("tollgate.yaml");
    fs::write(&file, "services:\n  - name: orders\n    base_path: orders\n    backend: nowhere\n").unwrap();
    let file = file.to_str().unwrap();
    let said = complaint(&["dev", "--config", file, "--port", "0"], &[]).await;
    assert!(said.contains(&format!("{file}:3")) && said.contains(&format!("{file}:4")), "{said}");
}

#[tokio::test]
async fn a_service_runs_as_an_http_api_where_it_can() {
    let file = folder("http-api").join("tollgate.yaml");
    let service =
        "{ spkey: x, name: orders, base_path: /orders, backend: 'http://127.0.0.1:1', forward_authorization: true }";
    fs::write(&file, format!("services: [{service}]\n")).unwrap();
    let dev = Dev::start(&["--config", file.to_str().unwrap(), "--http-api", "orders"]).await;
    let answer = dev.call("GET", "/orders/1").send().await.is(401);
    assert!(answer.header("apigw-requestid").is_some() && answer.header("www-authenticate").is_none(), "{answer:?}");
    let said = complaint(&["dev", "--port", "0", "--http-api", "orders"], &[]).await;
    assert!(said.contains("--http-api") && said.contains("forward_authorization: true"), "{said}");
    let said = complaint(&["dev", "--port", "0", "--http-api", "order"], &[]).await;
    assert!(said.contains("there is no service \"order\""), "{said}");
}

#[tokio::test]
async fn a_configuration_file_that_is_not_there_is_named() {
    let said = complaint(&["dev", "--config", "nowhere.yaml"], &[]).await;
    assert!(said.contains("nowhere.yaml"), "{said}");
}

#[tokio::test]
async fn ctrl_c_and_sigterm_stop_it_in_peace() {
    for signal in ["INT", "TERM"] {
        let dev = Dev::start(&[]).await;
        dev.call("GET", "/orders/42").send().await.is(401);
        let (status, _) = dev.stop_by(signal).await;
        assert_eq!(status.code(), Some(0), "{signal}");
    }
}

#[tokio::test]
async fn what_was_answered_before_kill_9_counts_after_a_restart() {
    let folder = folder("kill");
    let file = folder.join("tollgate.yaml");
    fs::write(&file, GENERATED).unwrap();
    let arguments = ["--config", file.to_str().unwrap(), "--data", folder.to_str().unwrap()];

    let dev = Dev::start(&arguments).await;
    let secret = generated(&dev.preface).expect("a secret is generated and shown").to_owned();
    let mut tokens = Vec::new();
    for _ in 0..10 {
        let answer = dev.token(("shop", &secret)).await.is(200);
        tokens.push(answer.json()["access_token"].as_str().unwrap().to_owned());
    }
    let before = sorted(&secrets::tables(dev.dynamodb()).await);
    dev.stop_by("KILL").await;

    let dev = Dev::start(&arguments).await;
    assert_eq!(sorted(&secrets::tables(dev.dynamodb()).await), before, "the second start writes nothing");
    assert_eq!(generated(&dev.preface), None, "a secret is shown once");
    dev.token(("shop", &secret)).await.is(200);
    for token in tokens {
        // The backend is not there, so 504 is the gateway's word for a call that the authorizer let pass.
        dev.call("GET", "/orders/42").bearer(&token).send().await.is(504);
    }
}

/// The secret of the line that shows one.
fn generated(preface: &str) -> Option<&str> {
    preface.lines().find_map(|line| line.strip_prefix("generated for ")?.rsplit_once(": ")).map(|(_, secret)| secret)
}

fn sorted(dump: &str) -> Vec<String> {
    let mut lines: Vec<String> = dump.lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}

const OPEN: &str = "
services:
  - { name: orders, spkey: ord1, base_path: /orders, backend: \"http://BACKEND\" }
  - { name: open, spkey: opn1, base_path: /open, backend: \"http://BACKEND\", authorizer: none }
applications:
  - name: Shop
    clients:
      - client_id: shop
        client_secret: tgs_generated-secret-of-the-shop
        client_secret_generated: true
        grant_types: [client_credentials]
        services: [orders]
";

/// The client's secret and the service's spkey are left to be generated; its `resource` does not follow the port.
const GENERATED: &str = "
services:
  - name: orders
    resource: https://api.example/orders
    base_path: /orders
    backend: http://127.0.0.1:1
applications:
  - name: Shop
    clients:
      - client_id: shop
        grant_types: [client_credentials]
        services: [orders]
";
