//! RFC 8707: which service a token is for, when a client has several.

use tests::{Answer, Tollgate};

use crate::shop::{GRANT, refuses};

const CLIENT: (&str, &str) = ("shop", "generated-secret-0001");
const BOTH: [&str; 2] = ["https://api.example.com/orders (orders)", "urn:example:stock (stock)"];

async fn ask(tollgate: &Tollgate, more: &str) -> Answer {
    tollgate.token(CLIENT, &format!("{GRANT}{more}")).await
}

/// Expects that the token opens one of the two services and not the other.
async fn opens(tollgate: &Tollgate, answer: Answer, open: &str) {
    let body = answer.is(200).json();
    let token = body["access_token"].as_str().expect("a token is a text");
    for path in ["/orders", "/stock"] {
        let answer = tollgate.call("GET", &format!("{path}/1")).bearer(token).send().await;
        answer.is(if path == open { 200 } else { 401 });
    }
}

/// Expects `invalid_target` whose description names these services, and no other.
#[track_caller]
fn invalid_target(answer: Answer, fits: &[&str]) {
    let body = refuses(answer, 400, "invalid_target").json();
    let description = body["error_description"].as_str().expect("a description is a text");
    let expected = if fits.is_empty() { "nothing fits".into() } else { format!("these fit: {}", fits.join(", ")) };
    assert!(description.ends_with(&expected), "{description}");
}

#[tokio::test]
async fn a_resource_names_the_service_by_its_uri_or_its_urn() {
    let tollgate = Tollgate::with(SERVICES).await;
    opens(&tollgate, ask(&tollgate, "&resource=https://api.example.com/orders").await, "/orders").await;
    opens(&tollgate, ask(&tollgate, "&resource=urn:tollgate:service:orders-key").await, "/orders").await;
    opens(&tollgate, ask(&tollgate, "&resource=urn:tollgate:service:stock-key").await, "/stock").await;
}

#[tokio::test]
async fn the_scopes_name_the_service_when_no_resource_does() {
    let tollgate = Tollgate::with(SERVICES).await;
    opens(&tollgate, ask(&tollgate, "&scope=count").await, "/stock").await;
    opens(&tollgate, ask(&tollgate, "&scope=read+count").await, "/stock").await;
    opens(&tollgate, ask(&tollgate, "&scope=orders").await, "/orders").await;
}

#[tokio::test]
async fn a_resource_decides_between_services_that_declare_the_same_scope() {
    let tollgate = Tollgate::with(SERVICES).await;
    opens(&tollgate, ask(&tollgate, "&scope=read&resource=urn:tollgate:service:stock-key").await, "/stock").await;
    let foreign_scope = ask(&tollgate, "&scope=count&resource=urn:tollgate:service:orders-key").await;
    refuses(foreign_scope, 400, "invalid_scope");
}

#[tokio::test]
async fn a_doubt_is_an_invalid_target_that_lists_what_fits() {
    let tollgate = Tollgate::with(SERVICES).await;
    invalid_target(ask(&tollgate, "").await, &BOTH);
    invalid_target(ask(&tollgate, "&scope=read").await, &BOTH);
}

#[tokio::test]
async fn one_token_is_for_one_service() {
    let tollgate = Tollgate::with(SERVICES).await;
    invalid_target(ask(&tollgate, "&scope=orders+count").await, &BOTH);
    let two = "&resource=urn:tollgate:service:orders-key&resource=urn:tollgate:service:stock-key";
    invalid_target(ask(&tollgate, two).await, &BOTH);
    let two_names = "&resource=urn:tollgate:service:orders-key&resource=https://api.example.com/orders";
    opens(&tollgate, ask(&tollgate, two_names).await, "/orders").await;
}

#[tokio::test]
async fn an_unknown_resource_and_a_foreign_one_get_the_same_answer() {
    let tollgate = Tollgate::with(SERVICES).await;
    let unknown = ask(&tollgate, "&resource=https://api.example.com/unknown").await;
    let foreign = ask(&tollgate, "&resource=urn:tollgate:service:payroll-key").await;
    assert_eq!(unknown.body, foreign.body);
    invalid_target(unknown, &BOTH);
}

#[tokio::test]
async fn a_resource_is_compared_as_text() {
    let tollgate = Tollgate::with(SERVICES).await;
    let almost = [
        "orders",
        "https://api.example.com/orders/",
        "https://api.example.com/orders%23fragment",
        "HTTPS://api.example.com/orders",
        "urn:tollgate:service:",
    ];
    for resource in almost {
        invalid_target(ask(&tollgate, &format!("&resource={resource}")).await, &BOTH);
    }
}

#[tokio::test]
async fn a_service_that_is_switched_off_is_no_target_and_no_doubt() {
    let tollgate = Tollgate::with(&SERVICES.replace("enabled: true", "enabled: false")).await;
    opens(&tollgate, ask(&tollgate, "").await, "/orders").await;
    invalid_target(ask(&tollgate, "&resource=urn:tollgate:service:stock-key").await, &BOTH[..1]);
    refuses(ask(&tollgate, "&scope=count").await, 400, "invalid_scope");
}

#[tokio::test]
async fn the_only_service_of_a_client_needs_no_name() {
    let tollgate = Tollgate::with(SERVICES).await;
    let one = ("payroll", "generated-secret-0001");
    let token = tollgate.access_token(one, "").await;
    tollgate.call("GET", "/payroll/1").bearer(&token).send().await.is(200);
    invalid_target(
        tollgate.token(one, &format!("{GRANT}&resource=urn:tollgate:service:orders-key")).await,
        &["urn:example:payroll (payroll)"],
    );
}

const SERVICES: &str = "
services:
  - spkey: orders-key
    name: orders
    base_path: /orders
    backend: BACKEND/orders
    resource: https://api.example.com/orders
    scopes: [{ name: read, default: true }]
  - spkey: stock-key
    name: stock
    base_path: /stock
    backend: BACKEND/stock
    resource: urn:example:stock
    enabled: true
    scopes: [{ name: read, default: true }, { name: count }]
  - spkey: payroll-key
    name: payroll
    base_path: /payroll
    backend: BACKEND/payroll
    resource: urn:example:payroll
    scopes: [{ name: pay }]
applications:
  - name: Shop
    clients:
      - client_id: shop
        client_secret: generated-secret-0001
        client_secret_generated: true
        services: [orders, stock]
      - client_id: payroll
        client_secret: generated-secret-0001
        client_secret_generated: true
        services: [payroll]
";
