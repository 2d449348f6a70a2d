//! Sizes and times, of both kinds of API.

use gateway::ApiKind;
use serde_json::{Value, json};

use crate::support::{
    Local, Setup, answers, backend, invocation, lambda_proxy, operation, policy, rest_api, rest_authorizer,
};

/// An API with one open route to a function.
async fn open(kind: ApiKind) -> Local {
    let integration = json!({
        "type": "aws_proxy", "httpMethod": "POST", "uri": invocation("backend"), "payloadFormatVersion": "2.0",
    });
    let any = json!({ "x-amazon-apigateway-any-method": { "x-amazon-apigateway-integration": integration } });
    let document = json!({ "openapi": "3.0.1", "paths": { "/a": any } });
    let answer = answers(json!({ "statusCode": 200 }));
    Setup::default().api(kind, "", document).function("backend", answer).start().await
}

#[tokio::test]
async fn limit_of_a_body_is_10_mb_and_beyond_it_413() {
    let body = vec![b'x'; 10 * 1024 * 1024 + 1];
    for (kind, message) in [(ApiKind::Rest, "Request Too Long"), (ApiKind::Http, "Request Entity Too Large")] {
        let local = open(kind).await;
        local.send_body("POST /a", &[], &body[1..]).await.is(200);
        let reply = local.send_body("POST /a", &[], &body).await.is(413);
        assert_eq!(reply.json(), json!({ "message": message }));
    }
}

#[tokio::test]
async fn limit_of_an_answer_is_10_mb_and_beyond_it_502_and_on_http_apis_500() {
    let address = backend().await;
    // The backend echoes the body among other members, so its answer is longer than the request.
    let body = vec![b'x'; 10 * 1024 * 1024];
    for (kind, status) in [(ApiKind::Rest, 502), (ApiKind::Http, 500)] {
        let integration = json!({ "type": "http_proxy", "httpMethod": "POST", "uri": format!("http://{address}/") });
        let operation = json!({ "x-amazon-apigateway-integration": integration });
        let document = json!({ "openapi": "3.0.1", "paths": { "/a": { "post": operation } } });
        let local = Setup::default().api(kind, "", document).start().await;
        local.send_body("POST /a", &[], &body[..9 * 1024 * 1024]).await.is(200);
        local.send_body("POST /a", &[], &body).await.is(status);
    }
}

#[tokio::test]
async fn limit_of_request_line_and_headers_is_10240_bytes_and_beyond_it_431() {
    let others =
        "GET /a?q HTTP/1.1".len() + "Hostapi.example.com:3000".len() + "Connectionclose".len() + "X-Long".len();
    for kind in [ApiKind::Rest, ApiKind::Http] {
        let local = open(kind).await;
        local.get("/a?q", &[&format!("X-Long: {}", "x".repeat(10_240 - others))]).await.is(200);
        local.get("/a?q", &[&format!("X-Long: {}", "x".repeat(10_241 - others))]).await.is(431);
    }
}

#[tokio::test]
async fn limit_of_a_policys_resource_is_512_bytes_and_beyond_it_500() {
    for (resource, status) in [(format!("arn:*{}", "*".repeat(507)), 200), (format!("arn:*{}", "*".repeat(508)), 500)] {
        let paths = json!({ "/{proxy+}": { "get": operation(lambda_proxy("backend")) } });
        let document = rest_api(Some(rest_authorizer("", 0)), paths);
        let allow = json!([{ "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource }]);
        let setup = Setup::default().rest(document).function("authorizer", answers(policy(allow, json!({}))));
        let local = setup.function("backend", answers(json!({ "statusCode": 200 }))).start().await;
        local.get("/a", &[]).await.is(status);
    }
}

#[test]
fn limit_of_an_integration_is_50_ms_to_30_s_and_on_rest_apis_open_above() {
    let with = |kind: ApiKind, milliseconds: u64| {
        let integration: Value = json!({
            "type": "aws_proxy", "httpMethod": "POST", "uri": invocation("backend"), "payloadFormatVersion": "2.0",
            "timeoutInMillis": milliseconds,
        });
        let operation = json!({ "x-amazon-apigateway-integration": integration });
        let document = json!({ "openapi": "3.0.1", "paths": { "/a": { "get": operation } } });
        Setup::default().api(kind, "", document).function("backend", answers(json!({}))).read().is_ok()
    };
    assert!(with(ApiKind::Http, 50) && with(ApiKind::Http, 30_000) && with(ApiKind::Rest, 60_000));
    assert!(!with(ApiKind::Http, 49) && !with(ApiKind::Http, 30_001) && !with(ApiKind::Rest, 49));
}
