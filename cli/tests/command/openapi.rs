//! `tollgate openapi`.

use std::{fs, process::Output};

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

const SECRETIVE: &str = r#"
services:
  - { spkey: x1, name: orders, base_path: /orders, backend: "http://127.0.0.1:9001", usage_plan: true }
applications:
  - { name: Shop, clients: [{ client_id: shop, client_secret: "${env:SHOP_SECRET}", services: [orders] }] }
users:
  - { username: alice, password: "${file:nowhere}" }
"#;

/// The output of a command about [`SECRETIVE`].
async fn about_unset_secrets(test: &str, arguments: impl Fn(&str) -> Vec<String>) -> Output {
    let file = folder(test).join("tollgate.yaml");
    fs::write(&file, SECRETIVE).expect("the folder can be written");
    let arguments = arguments(file.to_str().expect("cargo's folder for tests is text"));
    tollgate(&arguments.iter().map(String::as_str).collect::<Vec<_>>(), &[]).await
}

#[tokio::test]
async fn documents_need_no_secret_and_doubt_what_aws_cannot_reach() {
    let openapi = |file: &str| ["openapi", "orders", "--config", file].map(str::to_owned).into();
    let stack = |file: &str| ["stack", file].map(str::to_owned).into();
    for output in [about_unset_secrets("bare-openapi", openapi).await, about_unset_secrets("bare-stack", stack).await] {
        assert!(output.status.success(), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("tollgate.yaml:3:61: services[0].backend: found `http://127.0.0.1:9001`"), "{said}");
        assert!(
            said.contains("services[0].usage_plan: found true, expected a usage plan with keys that you make"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn check_takes_an_unset_secret_for_a_mistake_unless_told() {
    let strict = about_unset_secrets("check", |file| ["check", file].map(str::to_owned).into()).await;
    assert_eq!(strict.status.code(), Some(1));
    assert!(String::from_utf8(strict.stderr).unwrap().contains("2 mistakes in "));
    let lenient = |file: &str| ["check", "--without-secrets", file].map(str::to_owned).into();
    let lenient = about_unset_secrets("check-lenient", lenient).await;
    assert!(lenient.status.success(), "{lenient:?}");
    let said = String::from_utf8(lenient.stderr).unwrap();
    assert!(said.contains("warning: ") && said.contains("the environment variable SHOP_SECRET to be set"), "{said}");
    assert!(String::from_utf8(lenient.stdout).unwrap().contains("1 clients, 1 users, no mistakes"));
}
