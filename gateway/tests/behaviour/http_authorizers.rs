//! HTTP APIs: authorizers and what they become, which is never configurable.

use gateway::FunctionError;
use serde_json::{Value, json};

use crate::support::{Local, Setup, answers, fails, invocation, policy};

const TOKEN: &str = "Authorization: Bearer t";

/// A request authorizer with these members besides.
fn authorizer(format: &str, members: Value) -> Value {
    let mut settings = json!({
        "type": "request", "authorizerUri": invocation("authorizer"), "authorizerPayloadFormatVersion": format,
    });
    settings.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    settings
}

fn simple(members: Value) -> Value {
    let mut settings = authorizer("2.0", members);
    settings["enableSimpleResponses"] = json!(true);
    settings
}

/// A simple answer kept for each token.
fn kept() -> Value {
    simple(json!({ "identitySource": "$request.header.Authorization" }))
}

fn document(authorizer: Value, format: &str) -> Value {
    let integration = json!({
        "type": "aws_proxy", "httpMethod": "POST", "uri": invocation("backend"), "payloadFormatVersion": format,
    });
    let operation = json!({ "security": [{ "auth": [] }], "x-amazon-apigateway-integration": integration });
    json!({
        "openapi": "3.0.1",
        "components": { "securitySchemes": { "auth": {
            "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authorizer": authorizer } } },
        "paths": { "/a": { "get": operation }, "/{proxy+}": { "x-amazon-apigateway-any-method": operation } },
    })
}

async fn start(
    authorizer: Value,
    answer: impl Fn(&Value) -> Result<Value, FunctionError> + Send + Sync + 'static,
) -> Local {
    let backend = answers(json!({ "statusCode": 200 }));
    let setup = Setup::default().http(document(authorizer, "2.0"));
    setup.function("authorizer", answer).function("backend", backend).start().await
}

fn allow(resource: &str) -> Value {
    policy(json!([{ "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource }]), json!({}))
}

#[tokio::test]
async fn identity_a_missing_source_is_401_without_invoking() {
    let settings = simple(json!({ "identitySource": "$request.header.Authorization, $request.querystring.k" }));
    let local = start(settings, answers(json!({ "isAuthorized": true }))).await;
    local.get("/a?k=1", &[]).await.is(401).says(r#"{"message":"Unauthorized"}"#);
    local.get("/a", &[TOKEN]).await.is(401);
    assert!(local.events("authorizer").is_empty());
    local.get("/a?k=1", &[TOKEN]).await.is(200);
}

#[tokio::test]
async fn status_table_each_outcome_has_its_fixed_status_and_message() {
    let deny = policy(json!([{ "Effect": "Deny", "Action": "*", "Resource": "*" }]), json!({}));
    let (unauthorized, forbidden, internal) =
        (r#"{"message":"Unauthorized"}"#, r#"{"message":"Forbidden"}"#, r#"{"message":"Internal Server Error"}"#);
    for (local, status, message) in [
        (start(simple(json!({})), fails("Unauthorized")).await, 401, unauthorized),
        (start(simple(json!({})), answers(json!({ "isAuthorized": false }))).await, 403, forbidden),
        (start(authorizer("2.0", json!({})), answers(deny)).await, 403, forbidden),
        (start(authorizer("1.0", json!({})), answers(allow("arn:aws:execute-api:*/POST/*"))).await, 403, forbidden),
        (start(simple(json!({})), fails("down")).await, 500, internal),
        (start(simple(json!({})), answers(json!({ "isAuthorized": "true" }))).await, 500, internal),
        (start(authorizer("1.0", json!({})), answers(json!({ "isAuthorized": true }))).await, 500, internal),
    ] {
        local.get("/a", &[TOKEN]).await.is(status).says(message);
    }
}

#[tokio::test]
async fn z6_a_policy_is_evaluated_anew_for_each_route_arn() {
    let settings = authorizer("2.0", json!({ "identitySource": "$request.header.Authorization" }));
    let local = start(settings, answers(allow("arn:aws:execute-api:*/$default/GET/a"))).await;
    local.get("/a", &[TOKEN]).await.is(200);
    local.get("/b", &[TOKEN]).await.is(403);
    assert_eq!(local.events("authorizer").len(), 1);
}

#[tokio::test]
async fn cache_a_simple_answer_is_kept_as_a_verdict_for_the_whole_key() {
    let only_a = |event: &Value| Ok(json!({ "isAuthorized": event["rawPath"] == "/a" }));
    let local = start(simple(json!({ "identitySource": "$request.header.Authorization" })), only_a).await;
    local.get("/a", &[TOKEN]).await.is(200);
    local.get("/b", &[TOKEN]).await.is(200);
    assert_eq!(local.events("authorizer").len(), 1);
}

#[tokio::test]
async fn cache_the_route_key_as_an_identity_source_keeps_routes_apart() {
    let only_a = |event: &Value| Ok(json!({ "isAuthorized": event["rawPath"] == "/a" }));
    let sources = "$request.header.Authorization,$context.routeKey";
    let local = start(simple(json!({ "identitySource": sources })), only_a).await;
    local.get("/a", &[TOKEN]).await.is(200);
    local.get("/b", &[TOKEN]).await.is(403);
}

#[tokio::test]
async fn cache_without_identity_sources_nothing_is_kept() {
    let local = start(simple(json!({})), answers(json!({ "isAuthorized": true }))).await;
    local.get("/a", &[]).await.is(200);
    local.get("/a", &[]).await.is(200);
    assert_eq!(local.events("authorizer").len(), 2);
}

#[tokio::test]
async fn z15_format_2_0_events_are_lower_case_joined_and_leave_out_what_is_not_there() {
    let settings = simple(json!({ "identitySource": "$request.header.Authorization,$stageVariables.spkey" }));
    let local = start(settings, answers(json!({ "isAuthorized": true }))).await;
    local.get("/a?q=1&q=2", &[TOKEN, "X-Key: 1", "x-KEY: 2", "Cookie: a=1; b=2"]).await.is(200);
    let event = local.events("authorizer").remove(0);
    assert_eq!((&event["version"], &event["type"]), (&json!("2.0"), &json!("REQUEST")));
    assert_eq!(event["routeArn"], "arn:aws:execute-api:us-east-1:123456789012:api0/$default/GET/a");
    assert_eq!(event["identitySource"], json!(["Bearer t", "s1"]));
    assert_eq!((&event["routeKey"], &event["rawPath"]), (&json!("GET /a"), &json!("/a")));
    assert_eq!((&event["rawQueryString"], &event["cookies"]), (&json!("q=1&q=2"), &json!(["a=1", "b=2"])));
    assert_eq!((&event["headers"]["x-key"], event["headers"].get("cookie")), (&json!("1,2"), None));
    assert_eq!(event["queryStringParameters"], json!({ "q": "1,2" }));
    assert_eq!(event.get("pathParameters"), None);
    assert_eq!(event["requestContext"]["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(event["requestContext"]["http"]["method"], "GET");
    assert_eq!(event["requestContext"]["stage"], "$default");
}

#[tokio::test]
async fn z15_format_1_0_events_have_a_version_the_method_arn_and_the_joined_identity() {
    let settings = authorizer("1.0", json!({ "identitySource": "$request.header.Authorization,$context.routeKey" }));
    let local = start(settings, answers(allow("*"))).await;
    local.get("/a", &[TOKEN]).await.is(200);
    let event = local.events("authorizer").remove(0);
    assert_eq!((&event["version"], &event["type"]), (&json!("1.0"), &json!("REQUEST")));
    assert_eq!(event["methodArn"], "arn:aws:execute-api:us-east-1:123456789012:api0/$default/GET/a");
    assert_eq!(event["identitySource"], "Bearer t,GET /a");
    assert_eq!((&event["resource"], &event["headers"]["authorization"]), (&json!("/a"), &json!("Bearer t")));
}

#[tokio::test]
async fn context_of_payload_2_0_may_nest_and_an_integration_finds_it_under_lambda() {
    let answer = json!({ "isAuthorized": true, "context": { "sub": "ada", "deep": { "list": [1] } } });
    let local = start(simple(json!({})), answers(answer)).await;
    local.get("/a", &[]).await.is(200);
    let authorizer = &local.events("backend")[0]["requestContext"]["authorizer"];
    assert_eq!(*authorizer, json!({ "lambda": { "sub": "ada", "deep": { "list": [1] } } }));
}

#[tokio::test]
async fn context_of_payload_2_0_keeps_its_types_and_is_mapped_as_text() {
    let context = json!({ "number": 7, "truth": false, "nothing": null, "deep": { "list": [1] } });
    let mut document = document(simple(json!({})), "2.0");
    let address = crate::support::backend().await;
    document["paths"]["/mapped"] = json!({ "get": {
        "security": [{ "auth": [] }],
        "x-amazon-apigateway-integration": {
            "type": "http_proxy", "httpMethod": "GET", "uri": format!("http://{address}/"),
            "requestParameters": {
                "overwrite:header.X-Number": "$context.authorizer.number",
                "overwrite:header.X-Truth": "$context.authorizer.truth",
                "overwrite:header.X-List": "$context.authorizer.deep.list",
            },
        },
    } });
    let setup = Setup::default().http(document).function("backend", answers(json!({ "statusCode": 200 })));
    let allowed = answers(json!({ "isAuthorized": true, "context": context.clone() }));
    let local = setup.function("authorizer", allowed).start().await;
    local.get("/a", &[]).await.is(200);
    assert_eq!(local.events("backend")[0]["requestContext"]["authorizer"]["lambda"], context);
    let reply = local.get("/mapped", &[]).await.is(200);
    assert_eq!((reply.arrived("x-number"), reply.arrived("x-truth")), (vec!["7".into()], vec!["false".into()]));
    assert_eq!(reply.arrived("x-list"), ["[1]"]);
}

#[tokio::test]
async fn cache_an_http_apis_false_is_kept_and_its_errors_never() {
    for (local, status, invocations) in [
        (start(kept(), answers(json!({ "isAuthorized": false }))).await, 403, 1),
        (start(kept(), fails("Unauthorized")).await, 401, 2),
        (start(kept(), fails("down")).await, 500, 2),
        (start(kept(), answers(json!({}))).await, 500, 2),
    ] {
        local.get("/a", &[TOKEN]).await.is(status);
        local.get("/a", &[TOKEN]).await.is(status);
        assert_eq!(local.events("authorizer").len(), invocations);
    }
}

#[tokio::test]
async fn response_is_not_configurable_on_http_apis() {
    let mut document = document(kept(), "2.0");
    document["x-amazon-apigateway-gateway-responses"] = json!({ "UNAUTHORIZED": { "statusCode": 418 } });
    let functions = Setup::default().http(document).function("backend", answers(json!({})));
    let local = functions.function("authorizer", fails("Unauthorized")).start().await;
    local.get("/a", &[]).await.is(401).says(r#"{"message":"Unauthorized"}"#);
    local.get("/a", &[TOKEN]).await.is(401).says(r#"{"message":"Unauthorized"}"#);
}

#[tokio::test]
async fn context_of_payload_1_0_may_not_nest() {
    let nested = policy(json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]), json!({ "a": {} }));
    start(authorizer("1.0", json!({})), answers(nested)).await.get("/a", &[]).await.is(500);
}
