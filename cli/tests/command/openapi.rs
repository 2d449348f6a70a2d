//! `tollgate openapi`.

use std::fs;

use serde_json::Value;

use crate::running::{complaint, folder, tollgate};

const FILE: &str = "
services:
  - spkey: x1
    name: orders
    base_path: /orders
    backend: https://orders.example.com
    forward_authorization: true
";

/// What the command prints for the service of [`FILE`] with these options besides.
async fn printed(test: &str, options: &[&str]) -> String {
    let file = folder(test).join("tollgate.yaml");
    fs::write(&file, FILE).expect("the folder can be written");
    let file = file.to_str().expect("cargo's folder for tests is text");
    let output = tollgate(&[&["openapi", "orders", "--config", file], options].concat(), &[]).await;
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("the command writes text")
}

#[tokio::test]
async fn an_http_api_has_its_own_kind_of_authorizer() {
    let authorizer = |text: &str| {
        let document: Value = serde_json::from_str(text).unwrap();
        document["components"]["securitySchemes"]["tollgate"]["x-amazon-apigateway-authorizer"].clone()
    };
    let rest = authorizer(&printed("openapi-rest", &[]).await);
    assert_eq!(rest.get("authorizerPayloadFormatVersion"), None);
    let policy = authorizer(&printed("openapi-policy", &["--http-api", "--region", "eu-west-1"]).await);
    assert_eq!(
        (&policy["authorizerPayloadFormatVersion"], &policy["enableSimpleResponses"]),
        (&"2.0".into(), &false.into())
    );
    assert!(policy["authorizerUri"].as_str().unwrap().starts_with("arn:aws:apigateway:eu-west-1:"), "{policy}");
    let simple = authorizer(&printed("openapi-simple", &["--http-api", "--simple-responses"]).await);
    assert_eq!(simple["enableSimpleResponses"], true);
    let snippet = printed("openapi-snippet", &["--http-api", "--snippet"]).await;
    assert!(snippet.starts_with("# Service `orders` on an existing HTTP API"), "{snippet}");
}

#[tokio::test]
async fn what_an_http_api_cannot_do_is_refused_with_the_switch_that_helps() {
    let said = complaint(&["openapi", "orders", "--http-api"], &[]).await;
    assert!(
        said.contains("the service orders cannot be an HTTP API") && said.contains("forward_authorization: true"),
        "{said}"
    );
    let said = complaint(&["openapi", "travel", "--http-api"], &[]).await;
    assert!(said.contains("block_authorization_header: false"), "{said}");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_told_which_are() {
    let said = complaint(&["openapi", "order"], &[]).await;
    assert!(said.contains("\"order\"") && said.contains("orders, invoices, travel"), "{said}");
}
