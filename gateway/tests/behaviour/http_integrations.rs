//! HTTP APIs: routes, integrations, mappings and CORS.

use gateway::FunctionError;
use serde_json::{Value, json};

use crate::support::{Local, Reply, Setup, answers, backend, fails, invocation};

fn lambda(name: &str, format: &str) -> Value {
    json!({ "x-amazon-apigateway-integration": {
        "type": "aws_proxy", "httpMethod": "POST", "uri": invocation(name), "payloadFormatVersion": format } })
}

fn api(paths: Value) -> Value {
    json!({ "openapi": "3.0.1", "paths": paths })
}

async fn behind(
    format: &str,
    answer: impl Fn(&Value) -> Result<Value, FunctionError> + Send + Sync + 'static,
) -> Local {
    let document = api(json!({ "/$default": { "x-amazon-apigateway-any-method": lambda("backend", format) } }));
    Setup::default().http(document).function("backend", answer).start().await
}

async fn proxy(parameters: Value, headers: &[&str]) -> Reply {
    let address = backend().await;
    let document = api(json!({ "/{proxy+}": { "x-amazon-apigateway-any-method": { "x-amazon-apigateway-integration": {
        "type": "http_proxy", "httpMethod": "ANY", "uri": format!("http://{address}/v1/{{proxy}}"),
        "payloadFormatVersion": "1.0", "requestParameters": parameters } } } }));
    Setup::default().http(document).start().await.get("/a/b?q=1", headers).await
}

#[tokio::test]
async fn the_most_specific_route_with_that_method_is_chosen() {
    let paths = json!({
        "/pets": { "get": lambda("list", "2.0"), "x-amazon-apigateway-any-method": lambda("any", "2.0") },
        "/pets/{id}": { "get": lambda("one", "2.0") },
        "/{proxy+}": { "x-amazon-apigateway-any-method": lambda("rest", "2.0") },
        "/$default": { "x-amazon-apigateway-any-method": lambda("default", "2.0") },
    });
    let mut setup = Setup::default().http(api(paths));
    for name in ["list", "any", "one", "rest", "default"] {
        setup = setup.function(name, answers(json!({ "statusCode": 200, "body": name })));
    }
    let local = setup.start().await;
    local.get("/pets", &[]).await.says("list");
    local.send("PUT /pets", &[]).await.says("any");
    local.get("/pets/7", &[]).await.says("one");
    local.send("PUT /pets/7", &[]).await.says("rest");
    local.get("/", &[]).await.says("default");
}

#[tokio::test]
async fn without_a_route_it_is_404() {
    let document = api(json!({ "/a": { "get": lambda("backend", "2.0") } }));
    let local = Setup::default().http(document).function("backend", answers(json!("x"))).start().await;
    local.get("/b", &[]).await.is(404).says(r#"{"message":"Not Found"}"#);
    local.send("POST /a", &[]).await.is(404);
}

#[tokio::test]
async fn event_bodies_that_are_no_text_are_in_base64_and_forms_are_among_them() {
    let local = behind("2.0", answers(json!({ "statusCode": 200 }))).await;
    for (content_type, body) in [
        ("application/x-www-form-urlencoded", "YT0x"),
        ("application/octet-stream", "YT0x"),
        ("application/json; charset=utf-8", "a=1"),
        ("text/plain", "a=1"),
    ] {
        local.send_body("POST /a", &[&format!("Content-Type: {content_type}")], b"a=1").await.is(200);
        let event = local.events("backend").pop().unwrap();
        assert_eq!(
            (&event["body"], &event["isBase64Encoded"]),
            (&json!(body), &json!(body == "YT0x")),
            "{content_type}"
        );
    }
    local.get("/a", &[]).await.is(200);
    let event = local.events("backend").pop().unwrap();
    assert_eq!((event.get("body"), &event["isBase64Encoded"]), (None, &json!(false)));
}

#[tokio::test]
async fn event_format_1_0_is_the_rest_event_with_a_version() {
    let local = behind("1.0", answers(json!({ "statusCode": 200 }))).await;
    local.get("/a?q=1", &["X-Key: 1"]).await.is(200);
    let event = local.events("backend").remove(0);
    assert_eq!(
        (&event["version"], &event["path"], &event["resource"]),
        (&json!("1.0"), &json!("/a"), &json!("$default"))
    );
    assert_eq!((&event["headers"]["x-key"], &event["pathParameters"]), (&json!("1"), &Value::Null));
    assert_eq!(event["multiValueQueryStringParameters"], json!({ "q": ["1"] }));
}

#[tokio::test]
async fn event_format_2_0_infers_an_answer_without_status() {
    let reply = behind("2.0", answers(json!({ "hello": 1 }))).await.get("/a", &[]).await.is(200);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert!(reply.header("apigw-requestid").is_some());
    reply.says(r#"{"hello":1}"#);
    behind("1.0", answers(json!({ "hello": 1 }))).await.get("/a", &[]).await.is(500);
}

#[tokio::test]
async fn z5_the_challenge_of_a_lambda_proxy_is_renamed() {
    let answer = json!({ "statusCode": 401, "headers": { "WWW-Authenticate": "Basic" } });
    for format in ["1.0", "2.0"] {
        let reply = behind(format, answers(answer.clone())).await.get("/a", &[]).await.is(401);
        assert_eq!(reply.header("www-authenticate"), None);
        assert_eq!(reply.header("x-amzn-remapped-www-authenticate"), Some("Basic"));
    }
}

#[tokio::test]
async fn failures_have_fixed_messages() {
    behind("2.0", fails("boom")).await.get("/a", &[]).await.is(500).says(r#"{"message":"Internal Server Error"}"#);
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let document = api(json!({ "/a": { "get": { "x-amazon-apigateway-integration": {
        "type": "http_proxy", "httpMethod": "GET", "uri": format!("http://{closed}/") } } } }));
    let local = Setup::default().http(document).start().await;
    local.get("/a", &[]).await.is(503).says(r#"{"message":"Service Unavailable"}"#);
}

#[tokio::test]
async fn limit_an_integration_beyond_its_time_limit_is_503() {
    let address = backend().await;
    let document = api(json!({ "/a": { "get": { "x-amazon-apigateway-integration": {
        "type": "http_proxy", "httpMethod": "GET", "uri": format!("http://{address}/slow"), "timeoutInMillis": 60 } } } }));
    let local = Setup::default().http(document).start().await;
    local.get("/a", &[]).await.is(503).says(r#"{"message":"Service Unavailable"}"#);
    assert_eq!(local.last_exchange().failure.as_deref(), Some("no answer within 60 ms"));
}

#[tokio::test]
async fn z9_overwriting_replaces_the_clients_copies_in_any_spelling() {
    let parameters = json!({ "overwrite:header.X-User": "$context.apiId", "remove:header.X-Gone": "''" });
    let reply = proxy(parameters, &["X-User: admin", "x-USER: root", "x-gone: 1"]).await.is(200);
    assert_eq!(reply.arrived("x-user"), ["api0"]);
    assert!(reply.arrived("x-gone").is_empty());
}

#[tokio::test]
async fn z9_an_absent_value_lets_the_clients_copy_pass() {
    let parameters = json!({ "overwrite:header.X-User": "$context.authorizer.none" });
    assert_eq!(proxy(parameters, &["X-User: admin"]).await.is(200).arrived("x-user"), ["admin"]);
}

#[tokio::test]
async fn mapping_by_append_adds_to_the_clients_values() {
    let parameters = json!({ "append:header.X-Tag": "$request.header.x-from", "append:header.X-Fixed": "f" });
    let reply = proxy(parameters, &["X-Tag: a", "X-From: b", "X-From: c"]).await.is(200);
    assert_eq!(reply.arrived("x-tag"), ["a", "b,c"]);
    assert_eq!(reply.arrived("x-fixed"), ["f"]);
}

#[tokio::test]
async fn a_proxy_fills_the_path_and_turns_x_forwarded_into_forwarded() {
    let reply = proxy(json!({}), &["X-Forwarded-For: 10.0.0.1"]).await.is(200);
    assert_eq!((&reply.json()["path"], &reply.json()["query"]), (&json!("/v1/a/b"), &json!("q=1")));
    assert!(reply.arrived("x-forwarded-for").is_empty());
    assert_eq!(reply.arrived("forwarded"), ["for=127.0.0.1;host=api.example.com:3000;proto=http"]);
}

#[tokio::test]
async fn mapping_of_an_answer_is_by_its_status_and_gives_no_challenge_its_name_back() {
    let mut operation = lambda("backend", "2.0");
    operation["x-amazon-apigateway-integration"]["responseParameters"] = json!({
        "401": {
            "overwrite:statuscode": "403", "overwrite:header.X-Request-Id": "$context.requestId",
            "append:header.WWW-Authenticate": "Bearer", "remove:header.X-Inside": "''",
        },
    });
    let refuse = |event: &Value| {
        let status = if event["rawPath"] == "/401" { 401 } else { 200 };
        Ok(json!({ "statusCode": status, "headers": { "X-Inside": "1" } }))
    };
    let document = api(json!({ "/{proxy+}": { "get": operation } }));
    let local = Setup::default().http(document).function("backend", refuse).start().await;
    let reply = local.get("/401", &[]).await.is(403);
    assert_eq!(reply.header("X-Request-Id"), reply.header("apigw-requestid"));
    assert_eq!((reply.header("X-Inside"), reply.header("WWW-Authenticate")), (None, None));
    assert_eq!(reply.header("x-amzn-remapped-www-authenticate"), Some("Bearer"));
    let reply = local.get("/200", &[]).await.is(200);
    assert_eq!((reply.header("X-Inside"), reply.header("X-Request-Id")), (Some("1"), None));
}

#[tokio::test]
async fn configured_cors_answers_preflights_and_replaces_the_integrations_fields() {
    let mut document = api(json!({ "/a": { "get": lambda("backend", "2.0") } }));
    document["x-amazon-apigateway-cors"] = json!({
        "allowOrigins": ["https://app.example"], "allowMethods": ["GET"], "allowHeaders": ["authorization"], "maxAge": 60,
    });
    let answer = json!({ "statusCode": 200, "headers": { "Access-Control-Allow-Origin": "*" } });
    let local = Setup::default().http(document).function("backend", answers(answer)).start().await;
    let preflight = ["Origin: https://app.example", "Access-Control-Request-Method: GET"];
    let reply = local.send("OPTIONS /nowhere", &preflight).await.is(204);
    assert_eq!(reply.header("access-control-allow-origin"), Some("https://app.example"));
    assert_eq!(reply.header("access-control-allow-headers"), Some("authorization"));
    assert_eq!(reply.header("access-control-max-age"), Some("60"));
    let reply = local.get("/a", &["Origin: https://app.example"]).await.is(200);
    assert_eq!(reply.header("access-control-allow-origin"), Some("https://app.example"));
    let reply = local.get("/a", &["Origin: https://evil.example"]).await.is(200);
    assert_eq!(reply.header("access-control-allow-origin"), None);
}
