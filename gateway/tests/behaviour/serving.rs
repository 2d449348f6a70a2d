//! The server: many APIs, many requests, and an orderly end.

use std::time::Duration;

use gateway::ApiKind;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Local, Setup, answers, backend, http_proxy, lambda_proxy, operation, rest_api};

fn rest(name: &str) -> Value {
    let integration = json!({ "x-amazon-apigateway-integration": lambda_proxy(name) });
    rest_api(
        None,
        json!({ "/": { "get": integration }, "/{proxy+}": { "x-amazon-apigateway-any-method": integration } }),
    )
}

async fn named(apis: &[(&'static str, &str)]) -> Local {
    let mut setup = Setup::default();
    for (name, base_path) in apis {
        let echo = |name: &'static str| answers(json!({ "statusCode": 200, "body": name }));
        setup = setup.api(ApiKind::Rest, base_path, rest(name)).function(name, echo(name));
    }
    setup.start().await
}

#[tokio::test]
async fn the_longest_base_path_decides() {
    let local = named(&[("root", ""), ("orders", "/orders"), ("archive", "/orders/archive")]).await;
    local.get("/orders/7", &[]).await.says("orders");
    local.get("/orders/archive/7", &[]).await.says("archive");
    local.get("/orders", &[]).await.says("orders");
    local.get("/ordersx", &[]).await.says("root");
}

#[tokio::test]
async fn without_a_base_path_it_is_403() {
    let local = named(&[("orders", "/orders")]).await;
    local.get("/other", &[]).await.is(403).says(r#"{"message":"Forbidden"}"#);
    assert_eq!(local.last_exchange().api, None);
}

#[tokio::test]
async fn a_connection_carries_request_after_request() {
    let local = named(&[("a", "")]).await;
    let mut stream = TcpStream::connect(local.address).await.unwrap();
    let chunked = "POST /1 HTTP/1.1\r\nhost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    let last = "GET /2 HTTP/1.1\r\nhost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(format!("{chunked}{last}").as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 2, "{text}");
    let bodies: Vec<_> = local.events("a").iter().map(|event| event["body"].clone()).collect();
    assert_eq!(bodies, [json!("hi"), Value::Null]);
}

#[tokio::test]
async fn a_client_that_waits_for_100_continue_gets_it() {
    let local = named(&[("a", "")]).await;
    let mut stream = TcpStream::connect(local.address).await.unwrap();
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
    stream.write_all(head).await.unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"hi").await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 "), "{text}");
}

#[tokio::test]
async fn a_head_that_is_none_is_400_and_the_end() {
    let local = named(&[("a", "")]).await;
    let mut stream = TcpStream::connect(local.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 400 "), "{text}");
}

#[tokio::test]
async fn slow_requests_do_not_hold_up_others_and_are_answered_before_the_end() {
    let mut slow = operation(http_proxy(backend().await, json!({})));
    slow.as_object_mut().unwrap().remove("security");
    slow["x-amazon-apigateway-integration"]["timeoutInMillis"] = json!(500);
    let local = Setup::default().rest(rest_api(None, json!({ "/{proxy+}": { "get": slow } }))).start().await;
    let address = local.address;
    let waiting = tokio::spawn(async move { crate::support::exchange(address, "GET /slow", &[], b"").await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    local.get("/quick", &[]).await.is(200);
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(idle.read(&mut [0; 1024]).await.unwrap() > 0);
    let serving = local.stop();
    waiting.await.unwrap().is(504);
    tokio::time::timeout(Duration::from_secs(2), serving).await.expect("the server ends").unwrap().unwrap();
    drop(idle);
    assert!(TcpStream::connect(address).await.is_err());
}
