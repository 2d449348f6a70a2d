//! REST APIs: mapped headers, and the copies of them that clients send.

use std::net::SocketAddr;

use gateway::MappingOutcome;
use serde_json::{Value, json};

use crate::support::{
    Local, Setup, allows, backend, http_proxy, operation, rest_api, rest_authorizer, verbatim_backend,
};

async fn mapping(mappings: Value, context: Value) -> Local {
    mapping_for(backend().await, mappings, context).await
}

async fn mapping_for(backend: SocketAddr, mappings: Value, context: Value) -> Local {
    let integration = http_proxy(backend, mappings);
    let paths = json!({ "/{proxy+}": { "x-amazon-apigateway-any-method": operation(integration) } });
    let document = rest_api(Some(rest_authorizer("", 0)), paths);
    Setup::default().rest(document).function("authorizer", allows(context)).start().await
}

#[tokio::test]
async fn z9_a_mapped_value_replaces_the_clients_copy_of_the_same_spelling() {
    let mappings = json!({ "integration.request.header.X-User": "context.authorizer.user" });
    let local = mapping(mappings, json!({ "user": "ada" })).await;
    let reply = local.get("/a", &["X-User: admin", "X-User: root"]).await.is(200);
    assert_eq!(reply.arrived("x-user"), ["ada"]);
    assert_eq!(local.last_exchange().mapped[0].outcome, MappingOutcome::Sent);
}

#[tokio::test]
async fn z9_another_spelling_passes_beside_it() {
    let mappings = json!({ "integration.request.header.X-User": "context.authorizer.user" });
    let local = mapping(mappings, json!({ "user": "ada" })).await;
    let reply = local.get("/a", &["x-user: admin", "X_User: root"]).await.is(200);
    assert_eq!(reply.arrived("x-user"), ["admin", "ada"]);
    assert_eq!(reply.arrived("x_user"), ["root"]);
}

#[tokio::test]
async fn mapping_and_client_spell_the_names_that_the_backend_sees() {
    let mappings = json!({ "integration.request.header.X-USER-Id": "context.authorizer.user" });
    let local = mapping_for(verbatim_backend().await, mappings, json!({ "user": "ada" })).await;
    let sent = ["SOAPAction: urn:a", "x-user-id: 1", "X-User-ID: 2", "accept: */*", "X-Empty:"];
    let reply = local.send_body("POST /a", &sent, b"hello").await.is(200).json();
    let lines: Vec<&str> = reply.as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    assert_eq!(lines[0], "POST /a HTTP/1.1");
    for line in ["SOAPAction: urn:a", "accept: */*", "X-Empty:", "Content-Length: 5"] {
        assert!(lines.contains(&line), "{line} in {lines:#?}");
    }
    let users: Vec<&str> = lines.iter().copied().filter(|line| line.to_lowercase().starts_with("x-user-id")).collect();
    assert_eq!(users, ["x-user-id: 1", "X-User-ID: 2", "X-USER-Id: ada"]);
    let hosts = lines.iter().filter(|line| line.to_lowercase().starts_with("host:")).count();
    assert!(hosts == 1 && lines.iter().any(|line| line.starts_with("Host: 127.0.0.1:")), "{lines:#?}");
}

#[tokio::test]
async fn names_beyond_a_hundred_keep_their_spelling() {
    let local = mapping_for(verbatim_backend().await, json!({}), json!({})).await;
    let sent: Vec<String> = (0..110).map(|at| format!("X-NAME-{at}: v")).collect();
    let reply = local.get("/a", &sent.iter().map(String::as_str).collect::<Vec<_>>()).await.is(200).json();
    let lines = reply.as_array().unwrap();
    assert!(sent.iter().all(|line| lines.contains(&json!(line))), "{lines:#?}");
}

#[tokio::test]
async fn z9_an_absent_or_empty_value_lets_the_clients_copy_pass() {
    for context in [json!({}), json!({ "user": "" })] {
        let mappings = json!({ "integration.request.header.X-User": "context.authorizer.user" });
        let local = mapping(mappings, context).await;
        assert_eq!(local.get("/a", &["X-User: admin"]).await.is(200).arrived("x-user"), ["admin"]);
        assert_eq!(local.last_exchange().mapped[0].outcome, MappingOutcome::Skipped);
    }
}

#[tokio::test]
async fn context_the_backend_sees_scalars_as_text() {
    let mappings = json!({
        "integration.request.header.X-Number": "context.authorizer.number",
        "integration.request.header.X-Truth": "context.authorizer.truth",
        "integration.request.header.X-Principal": "context.authorizer.principalId",
    });
    let reply = mapping(mappings, json!({ "number": 7, "truth": false })).await.get("/a", &[]).await.is(200);
    assert_eq!(reply.arrived("x-number"), ["7"]);
    assert_eq!(reply.arrived("x-truth"), ["false"]);
    assert_eq!(reply.arrived("x-principal"), ["ada"]);
}

#[tokio::test]
async fn z14_authorization_is_overwritten_by_a_text_and_removed_by_nothing() {
    let sent = ["Authorization: Bearer t"];
    let local = mapping(json!({ "integration.request.header.Authorization": "'-'" }), json!({})).await;
    assert_eq!(local.get("/a", &sent).await.is(200).arrived("authorization"), ["-"]);
    let local = mapping(json!({ "integration.request.header.Authorization": "''" }), json!({})).await;
    assert_eq!(local.get("/a", &sent).await.is(200).arrived("authorization"), ["Bearer t"]);
}

#[tokio::test]
async fn mapping_to_a_framing_header_is_500() {
    for name in ["Content-Length", "Transfer-Encoding"] {
        let local = mapping(json!({ format!("integration.request.header.{name}"): "'1'" }), json!({})).await;
        local.get("/a", &[]).await.is(500).says(r#"{"message":"Internal server error"}"#);
    }
}

#[tokio::test]
async fn mapping_to_expect_te_via_and_proxy_authenticate_never_arrives() {
    for name in ["Expect", "TE", "Via", "Proxy-Authenticate"] {
        let local = mapping(json!({ format!("integration.request.header.{name}"): "'x'" }), json!({})).await;
        let reply = local.get("/a", &[]).await.is(200);
        assert!(reply.arrived(&name.to_ascii_lowercase()).is_empty(), "{name}");
    }
}

#[tokio::test]
async fn z10_a_value_that_no_header_can_carry_is_500_and_not_a_second_header() {
    let mappings = json!({ "integration.request.header.X-User": "context.authorizer.user" });
    let local = mapping(mappings, json!({ "user": "a\r\nX-Role: admin" })).await;
    local.get("/a", &[]).await.is(500);
}

#[tokio::test]
async fn mapping_of_a_value_beyond_ascii_arrives_in_utf_8() {
    let mappings = json!({ "integration.request.header.X-User": "context.authorizer.user" });
    let reply = mapping(mappings, json!({ "user": "Zoë" })).await.get("/a", &[]).await.is(200);
    assert_eq!(reply.arrived("x-user"), ["Zoë"]);
}

#[tokio::test]
async fn smuggled_remapped_names_of_a_client_are_dropped() {
    let local = mapping(json!({}), json!({})).await;
    let reply = local.get("/a", &["X-Amzn-Remapped-Authorization: Bearer stolen"]).await.is(200);
    assert!(reply.arrived("x-amzn-remapped-authorization").is_empty());
    assert!(!local.events("authorizer")[0]["headers"].to_string().contains("stolen"));
}

#[tokio::test]
async fn headers_of_the_connection_end_here() {
    let local = mapping(json!({}), json!({})).await;
    let sent = ["Keep-Alive: 5", "TE: trailers", "Proxy-Authorization: x", "Connection: X-Hop", "X-Hop: 1", "X-End: 1"];
    let reply = local.get("/a", &sent).await.is(200);
    for name in ["keep-alive", "te", "proxy-authorization", "x-hop"] {
        assert!(reply.arrived(name).is_empty(), "{name}");
    }
    assert_eq!(reply.arrived("x-end"), ["1"]);
}

#[tokio::test]
async fn the_edge_says_for_whom_it_asks() {
    let local = mapping(json!({}), json!({})).await;
    let reply = local.get("/a", &["X-Forwarded-For: 10.0.0.1", "x-amzn-apigateway-api-id: mine"]).await.is(200);
    assert_eq!(reply.arrived("x-forwarded-for"), ["10.0.0.1, 127.0.0.1"]);
    assert_eq!(reply.arrived("x-forwarded-proto"), ["http"]);
    assert_eq!(reply.arrived("x-forwarded-port"), ["3000"]);
    assert_eq!(reply.arrived("x-amzn-apigateway-api-id"), ["api0"]);
    assert!(reply.arrived("x-amzn-trace-id")[0].starts_with("Root=1-"));
}
