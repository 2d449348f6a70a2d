//! REST APIs: routes, integrations and how they fail.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Local, Setup, answers, backend, fails, http_proxy, lambda_proxy, operation, rest_api};

fn open(integration: Value) -> Value {
    let mut operation = operation(integration);
    operation.as_object_mut().unwrap().remove("security");
    operation["responses"] = json!({
        "200": { "headers": { "X-Mapped": {} } },
        "405": { "headers": { "Allow": {} } },
        "502": {},
    });
    operation
}

async fn serving(integration: Value) -> Local {
    let paths = json!({ "/{proxy+}": { "x-amazon-apigateway-any-method": open(integration) } });
    Setup::default().rest(rest_api(None, paths)).start().await
}

async fn behind(answer: Value) -> Local {
    let paths = json!({ "/{proxy+}": { "x-amazon-apigateway-any-method": open(lambda_proxy("backend")) } });
    Setup::default().rest(rest_api(None, paths)).function("backend", answers(answer)).start().await
}

#[tokio::test]
async fn import_the_greedy_resource_does_not_match_the_root() {
    let address = backend().await;
    let local = serving(http_proxy(address, json!({}))).await;
    local.get("/a", &[]).await.is(200);
    let reply = local.get("/", &[]).await.is(403).says(r#"{"message":"Missing Authentication Token"}"#);
    assert_eq!(reply.header("x-amzn-errortype"), Some("MissingAuthenticationTokenException"));
    assert_eq!(local.last_exchange().gateway_response, Some("MISSING_AUTHENTICATION_TOKEN"));
}

#[tokio::test]
async fn the_most_specific_resource_is_chosen_before_its_method() {
    let named = |name: &str| open(lambda_proxy(name));
    let paths = json!({
        "/pets/list": { "get": named("list") },
        "/pets/{id}": { "get": named("one"), "x-amazon-apigateway-any-method": named("any") },
        "/{proxy+}": { "x-amazon-apigateway-any-method": named("rest") },
    });
    let mut setup = Setup::default().rest(rest_api(None, paths));
    for name in ["list", "one", "any", "rest"] {
        setup = setup.function(name, answers(json!({ "statusCode": 200, "body": name })));
    }
    let local = setup.start().await;
    local.get("/pets/list", &[]).await.says("list");
    local.get("/pets/7", &[]).await.says("one");
    local.send("PUT /pets/7", &[]).await.says("any");
    local.get("/pets/7/8", &[]).await.says("rest");
    local.send("POST /pets/list", &[]).await.is(403);
}

#[tokio::test]
async fn a_proxy_passes_path_query_method_and_body_on_as_they_are() {
    let local = serving(http_proxy(backend().await, json!({}))).await;
    let echo =
        local.send_body("PUT /a%2Fb//c;d?q=1&q=%20&e", &["Content-Type: text/plain"], b"hi").await.is(200).json();
    assert_eq!((&echo["method"], &echo["path"]), (&json!("PUT"), &json!("/a%2Fb//c;d")));
    assert_eq!((&echo["query"], &echo["body"]), (&json!("q=1&q=%20&e"), &json!("hi")));
}

#[tokio::test]
async fn mapping_of_query_parameters_and_stage_variables() {
    let address = backend().await;
    let mut integration = http_proxy(address, json!({ "integration.request.querystring.user": "'ada & co'" }));
    integration["uri"] = json!(format!("http://{address}/${{stageVariables.spkey}}/{{proxy}}?fixed=1"));
    let echo = serving(integration).await.get("/a?user=admin&b=2", &[]).await.is(200).json();
    assert_eq!((&echo["path"], &echo["query"]), (&json!("/s1/a"), &json!("fixed=1&b=2&user=ada%20%26%20co")));
}

#[tokio::test]
async fn mapping_an_absent_query_parameter_lets_the_clients_copy_pass() {
    let mappings = json!({ "integration.request.querystring.user": "context.authorizer.none" });
    let echo = serving(http_proxy(backend().await, mappings)).await.get("/a?user=admin", &[]).await.is(200).json();
    assert_eq!(echo["query"], "user=admin");
}

#[tokio::test]
async fn a_body_that_is_not_declared_binary_is_read_as_text() {
    let local = serving(http_proxy(backend().await, json!({}))).await;
    let echo = local.send_body("POST /a", &["Content-Type: image/png"], &[b'a', 0xff]).await.is(200).json();
    assert_eq!(echo["body"], "a\u{fffd}");
}

#[tokio::test]
async fn challenge_of_an_http_backend_is_renamed() {
    let reply = serving(http_proxy(backend().await, json!({}))).await.get("/challenge", &[]).await.is(401);
    assert_eq!(reply.header("WWW-Authenticate"), None);
    assert_eq!(reply.header("x-amzn-Remapped-WWW-Authenticate"), Some("Basic realm=\"backend\""));
    assert_eq!(reply.header("x-backend"), Some("b1"));
}

#[tokio::test]
async fn mapping_alone_fills_a_non_proxy_integration() {
    let address = backend().await;
    let integration = json!({
        "type": "http", "httpMethod": "GET", "uri": format!("http://{address}/fixed"),
        "requestParameters": { "integration.request.header.X-Kept": "method.request.path.proxy" },
        "responses": { "2\\d{2}": { "statusCode": "200", "responseParameters": {
            "method.response.header.X-Mapped": "integration.response.header.X-Backend" } } },
    });
    let local = serving(integration).await;
    let reply = local.send("POST /a?q=1", &["X-User: admin", "Authorization: t", "X-Kept: mine"]).await.is(200);
    let echo = reply.json();
    assert_eq!((&echo["method"], &echo["path"], &echo["query"]), (&json!("GET"), &json!("/fixed"), &Value::Null));
    assert!(reply.arrived("x-user").is_empty() && reply.arrived("authorization").is_empty());
    assert_eq!(reply.arrived("x-kept"), ["a"]);
    assert_eq!((reply.header("X-Mapped"), reply.header("X-Backend")), (Some("b1"), None));
}

#[tokio::test]
async fn an_integration_status_that_no_response_fits_is_500() {
    let address = backend().await;
    let integration = json!({
        "type": "http", "httpMethod": "GET", "uri": format!("http://{address}/challenge"),
        "responses": { "2\\d{2}": { "statusCode": 200 } },
    });
    serving(integration).await.get("/a", &[]).await.is(500);
}

fn mock(passthrough: &str) -> Value {
    json!({
        "type": "mock", "passthroughBehavior": passthrough,
        "requestTemplates": { "application/json": "{\"statusCode\": 405}" },
        "responses": { "default": {
            "statusCode": 405,
            "responseParameters": { "method.response.header.Allow": "'GET, POST'" },
            "responseTemplates": { "application/json": "{\"method\":\"$context.httpMethod\"}" },
        } },
    })
}

#[tokio::test]
async fn a_mock_answers_by_itself() {
    let reply = serving(mock("when_no_match")).await.get("/a", &[]).await.is(405);
    assert_eq!(reply.header("Allow"), Some("GET, POST"));
    reply.says(r#"{"method":"GET"}"#);
}

#[tokio::test]
async fn a_mock_without_template_for_the_media_type_is_415_or_500() {
    let text = ["Content-Type: text/plain"];
    serving(mock("never")).await.send_body("POST /a", &text, b"x").await.is(415);
    serving(mock("when_no_templates")).await.send_body("POST /a", &text, b"x").await.is(415);
    serving(mock("when_no_match")).await.send_body("POST /a", &text, b"x").await.is(500);
    serving(mock("never"))
        .await
        .send_body("POST /a", &["Content-Type: application/json; charset=utf-8"], b"x")
        .await
        .is(405);
}

#[tokio::test]
async fn an_integration_that_cannot_be_reached_is_504_integration_failure() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let local = serving(http_proxy(closed, json!({}))).await;
    local.get("/a", &[]).await.is(504).says(r#"{"message":"Network error communicating with endpoint"}"#);
    let exchange = local.last_exchange();
    assert_eq!(exchange.gateway_response, Some("INTEGRATION_FAILURE"));
    assert!(exchange.failure.unwrap().contains("onnect"));
}

#[tokio::test]
async fn limit_an_integration_beyond_its_time_limit_is_504_integration_timeout() {
    let mut integration = http_proxy(backend().await, json!({}));
    integration["timeoutInMillis"] = json!(60);
    let local = serving(integration).await;
    let started = Instant::now();
    local.get("/slow", &[]).await.is(504).says(r#"{"message":"Endpoint request timed out"}"#);
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!(local.last_exchange().gateway_response, Some("INTEGRATION_TIMEOUT"));
}

#[tokio::test]
async fn a_vpc_link_is_called_by_its_uri() {
    let mut integration = http_proxy(backend().await, json!({}));
    integration["connectionType"] = json!("VPC_LINK");
    integration["connectionId"] = json!("${stageVariables.link}");
    serving(integration).await.get("/a", &[]).await.is(200);
}

#[tokio::test]
async fn event_answers_in_base64_are_bytes_where_the_client_accepts_a_binary_type() {
    let paths = json!({ "/{proxy+}": { "x-amazon-apigateway-any-method": open(lambda_proxy("backend")) } });
    let mut document = rest_api(None, paths);
    document["x-amazon-apigateway-binary-media-types"] = json!(["image/*"]);
    let answer = json!({ "statusCode": 200, "body": "/wA=", "isBase64Encoded": true });
    let local = Setup::default().rest(document).function("backend", answers(answer)).start().await;
    assert_eq!(local.get("/a", &["Accept: image/png"]).await.is(200).body, [0xff, 0]);
    local.get("/a", &["Accept: text/html, image/png"]).await.says("/wA=");
}

#[tokio::test]
async fn z5_the_challenge_of_a_lambda_proxy_is_renamed() {
    let local = behind(json!({ "statusCode": 401, "headers": { "WWW-Authenticate": "Basic", "Date": "x" } })).await;
    let reply = local.get("/a", &[]).await.is(401);
    assert_eq!(reply.header("www-authenticate"), None);
    assert!(reply.headers.contains(&"x-amzn-Remapped-WWW-Authenticate: Basic".to_owned()));
    assert!(reply.headers.contains(&"x-amzn-Remapped-Date: x".to_owned()));
}

#[tokio::test]
async fn a_lambda_proxy_that_fails_or_answers_nonsense_is_502() {
    for answer in [json!("text"), json!({ "body": "x" }), json!({ "statusCode": 200, "body": {} }), json!(null)] {
        behind(answer).await.get("/a", &[]).await.is(502).says(r#"{"message":"Internal server error"}"#);
    }
    let paths = json!({ "/{proxy+}": { "get": open(lambda_proxy("backend")) } });
    let local = Setup::default().rest(rest_api(None, paths)).function("backend", fails("boom")).start().await;
    local.get("/a", &[]).await.is(502);
    assert_eq!(local.last_exchange().failure.as_deref(), Some("the function failed: boom"));
}

#[tokio::test]
async fn a_lambda_proxy_answers_with_repeated_headers() {
    let answer = json!({ "statusCode": "201", "multiValueHeaders": { "Set-Cookie": ["a=1", "b=2"] }, "body": "x" });
    let reply = behind(answer).await.get("/a", &[]).await.is(201);
    let cookies: Vec<_> = reply.headers.iter().filter(|line| line.starts_with("Set-Cookie")).collect();
    assert_eq!(cookies, ["Set-Cookie: a=1", "Set-Cookie: b=2"]);
}
