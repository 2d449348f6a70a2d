//! REST APIs: the events that functions receive.

use gateway::ApiKind;
use serde_json::{Value, json};

use crate::support::{Setup, allows, answers, invocation, lambda_proxy, operation, rest_api, rest_authorizer};

/// The events of authorizer and integration for one request to an API at `/orders`.
async fn events(authorizer: Value, line: &str, headers: &[&str], body: &[u8]) -> (Value, Value) {
    let any = json!({ "x-amazon-apigateway-any-method": operation(lambda_proxy("backend")) });
    let mut document = rest_api(Some(authorizer), json!({ "/{proxy+}": any }));
    document["x-amazon-apigateway-binary-media-types"] = json!(["image/*"]);
    let local = Setup::default()
        .api(ApiKind::Rest, "/orders", document)
        .function("authorizer", allows(json!({ "sub": "ada", "n": 1 })))
        .function("backend", answers(json!({ "statusCode": 200 })))
        .start()
        .await;
    local.send_body(line, headers, body).await.is(200);
    (local.events("authorizer").remove(0), local.events("backend").remove(0))
}

#[tokio::test]
async fn z15_a_request_authorizer_sees_the_whole_request() {
    let headers = ["X-Key: k1", "X-Key: k2", "x-lower: v", "User-Agent: test"];
    let (event, _) = events(rest_authorizer("", 0), "GET /orders/a%20b/c?q=1&q=2&r=x%20y", &headers, b"").await;
    assert_eq!(event["type"], "REQUEST");
    assert_eq!(event["methodArn"], "arn:aws:execute-api:us-east-1:123456789012:api0/live/GET/a%20b/c");
    assert_eq!((&event["path"], &event["resource"]), (&json!("/orders/a%20b/c"), &json!("/{proxy+}")));
    assert_eq!(event["httpMethod"], "GET");
    assert_eq!((&event["headers"]["X-Key"], &event["headers"]["x-lower"]), (&json!("k2"), &json!("v")));
    assert_eq!(event["multiValueHeaders"]["X-Key"], json!(["k1", "k2"]));
    assert_eq!(event["queryStringParameters"], json!({ "q": "2", "r": "x y" }));
    assert_eq!(event["multiValueQueryStringParameters"], json!({ "q": ["1", "2"], "r": ["x y"] }));
    assert_eq!(event["pathParameters"], json!({ "proxy": "a b/c" }));
    assert_eq!(event["stageVariables"], json!({ "spkey": "s1" }));
    let context = &event["requestContext"];
    assert_eq!((&context["apiId"], &context["stage"]), (&json!("api0"), &json!("live")));
    assert_eq!((&context["accountId"], &context["path"]), (&json!("123456789012"), &json!("/orders/a%20b/c")));
    assert_eq!((&context["domainName"], &context["protocol"]), (&json!("api.example.com"), &json!("HTTP/1.1")));
    assert_eq!(context["identity"]["sourceIp"], "127.0.0.1");
    assert_eq!((&context["identity"]["userAgent"], &context["identity"]["user"]), (&json!("test"), &Value::Null));
    assert!(context["requestTimeEpoch"].is_u64() && context["requestId"].is_string());
    assert!(context["requestTime"].as_str().unwrap().ends_with(" +0000"));
}

#[tokio::test]
async fn event_maps_are_empty_for_an_authorizer_and_null_for_an_integration() {
    let (authorizer, integration) = events(rest_authorizer("", 0), "GET /orders/a", &[], b"").await;
    for map in ["queryStringParameters", "multiValueQueryStringParameters"] {
        assert_eq!(authorizer[map], json!({}), "{map}");
        assert_eq!(integration[map], Value::Null, "{map}");
    }
    assert_eq!(integration["body"], Value::Null);
    assert_eq!(integration["isBase64Encoded"], false);
    assert_eq!(integration.get("version"), None);
}

#[tokio::test]
async fn z15_a_token_event_has_type_token_and_arn_only() {
    let settings = json!({
        "type": "token", "authorizerUri": invocation("authorizer"), "authorizerResultTtlInSeconds": 0,
        "identitySource": "method.request.header.X-Token",
    });
    let (event, _) = events(settings, "GET /orders/a", &["X-Token: t1"], b"").await;
    let arn = "arn:aws:execute-api:us-east-1:123456789012:api0/live/GET/a";
    assert_eq!(event, json!({ "type": "TOKEN", "authorizationToken": "t1", "methodArn": arn }));
}

#[tokio::test]
async fn event_of_a_lambda_proxy_holds_the_context_and_no_header_is_injected() {
    let (_, event) = events(rest_authorizer("", 0), "POST /orders/a", &["X-User: admin"], b"{}").await;
    assert_eq!(event["requestContext"]["authorizer"], json!({ "sub": "ada", "n": "1", "principalId": "ada" }));
    assert_eq!(event["headers"]["X-User"], "admin");
    assert_eq!(event["body"], "{}");
}

#[tokio::test]
async fn event_body_is_base64_only_where_its_type_is_declared_binary() {
    let (_, event) = events(rest_authorizer("", 0), "POST /orders/a", &["Content-Type: image/png"], &[0, 255]).await;
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("AP8="), &json!(true)));
    let form = ["Content-Type: application/x-www-form-urlencoded"];
    let (_, event) = events(rest_authorizer("", 0), "POST /orders/a", &form, b"a=1").await;
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("a=1"), &json!(false)));
}
