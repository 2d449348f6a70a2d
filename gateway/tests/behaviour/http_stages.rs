//! HTTP APIs: named stages, each served below its name.

use gateway::{Api, ApiKind};
use serde_json::{Value, json};

use crate::support::{Local, Setup, answers, backend, invocation};

/// One API with its stages `beta` and `$default`, guarded by a token and echoing at `/echo`.
async fn staged() -> Local {
    let address = backend().await;
    let function = json!({
        "type": "aws_proxy", "httpMethod": "POST", "uri": invocation("backend"), "payloadFormatVersion": "2.0",
    });
    let echo = json!({
        "type": "http_proxy", "httpMethod": "GET", "uri": format!("http://{address}/"),
        "requestParameters": { "overwrite:path": "$request.path", "overwrite:header.X-Stage": "$context.stage" },
    });
    let document = json!({
        "openapi": "3.0.1",
        "components": { "securitySchemes": { "auth": { "x-amazon-apigateway-authorizer": {
            "type": "request", "authorizerUri": invocation("authorizer"), "authorizerPayloadFormatVersion": "2.0",
            "enableSimpleResponses": true, "identitySource": "$request.header.Authorization" } } } },
        "paths": {
            "/a": { "get": { "security": [{ "auth": [] }], "x-amazon-apigateway-integration": function } },
            "/echo": { "get": { "x-amazon-apigateway-integration": echo } },
        },
    });
    let mut setup = Setup::default();
    for (stage, base_path) in [("$default", ""), ("beta", "/beta")] {
        setup = setup.stage(stage, base_path, document.clone());
    }
    let allow = answers(json!({ "isAuthorized": true }));
    setup.function("authorizer", allow).function("backend", answers(json!({ "statusCode": 200 }))).start().await
}

#[tokio::test]
async fn event_of_a_named_stage_has_it_in_path_and_arn() {
    let local = staged().await;
    local.get("/beta/a", &["Authorization: t"]).await.is(200);
    let event = local.events("authorizer").remove(0);
    assert_eq!(event["routeArn"], "arn:aws:execute-api:us-east-1:123456789012:api/beta/GET/a");
    assert_eq!((&event["rawPath"], &event["routeKey"]), (&json!("/beta/a"), &json!("GET /a")));
    assert_eq!(local.events("backend")[0]["requestContext"]["stage"], "beta");
}

#[tokio::test]
async fn cache_of_two_stages_is_not_shared() {
    let local = staged().await;
    for path in ["/a", "/beta/a", "/a", "/beta/a"] {
        local.get(path, &["Authorization: t"]).await.is(200);
    }
    let stages: Vec<Value> =
        local.events("authorizer").iter().map(|event| event["requestContext"]["stage"].clone()).collect();
    assert_eq!(stages, ["$default", "beta"]);
}

#[tokio::test]
async fn mapping_of_the_path_leaves_the_stage_out() {
    let reply = staged().await.get("/beta/echo?q=1", &[]).await.is(200);
    assert_eq!((&reply.json()["path"], &reply.json()["query"]), (&json!("/echo"), &json!("q=1")));
    assert_eq!(reply.arrived("x-stage"), ["beta"]);
}

#[test]
fn a_stage_is_named_with_letters_digits_hyphens_and_underscores() {
    for (kind, stage) in [(ApiKind::Http, "a/b"), (ApiKind::Http, ""), (ApiKind::Rest, "$default")] {
        let mut setup = Setup::default();
        setup.apis.push(Api {
            id: "api".into(),
            stage: stage.into(),
            base_path: String::new(),
            stage_variables: Default::default(),
            document: json!({ "openapi": "3.0.1", "paths": {} }),
            kind,
        });
        let errors = setup.read().err().expect("the stage is none");
        assert!(errors.iter().any(|error| error.message.contains("stage `")), "{stage}: {errors:?}");
    }
}
