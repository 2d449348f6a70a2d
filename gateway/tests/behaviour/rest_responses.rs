//! REST APIs: what gateway responses may say.

use gateway::FunctionError;
use serde_json::{Value, json};

use crate::support::{Local, Setup, allows, answers, fails, lambda_proxy, operation, rest_api, rest_authorizer};

const TOKEN: &str = "Authorization: Bearer t";

/// An API whose `/{proxy+}` is guarded by a token.
async fn responding(
    responses: Value,
    authorizer: impl Fn(&Value) -> Result<Value, FunctionError> + Send + Sync + 'static,
) -> Local {
    let paths = json!({ "/{proxy+}": { "get": operation(lambda_proxy("backend")) } });
    let mut document = rest_api(Some(rest_authorizer("method.request.header.Authorization", 0)), paths);
    document["x-amazon-apigateway-gateway-responses"] = responses;
    let backend = answers(json!("no answer"));
    Setup::default().rest(document).function("authorizer", authorizer).function("backend", backend).start().await
}

#[tokio::test]
async fn response_variables_of_the_context_are_put_in() {
    let template = r#"{"id":"$context.requestId","type":"$context.error.responseType","path":"$context.path",
        "route":"$context.httpMethod $context.resourcePath","at":"$context.apiId/$context.stage",
        "who":"$context.identity.sourceIp","key":"$stageVariables.spkey","none":"$context.authorizer.none"}"#;
    let responses = json!({ "UNAUTHORIZED": {
        "responseParameters": { "gatewayresponse.header.X-Request-Id": "context.requestId" },
        "responseTemplates": { "application/json": template },
    } });
    let local = responding(responses, allows(json!({}))).await;
    let reply = local.get("/a", &[]).await.is(401);
    let id = reply.header("X-Request-Id").expect("the id is mapped");
    assert_eq!(Some(id), reply.header("x-amzn-RequestId"));
    assert_eq!(id, local.last_exchange().request_id);
    let expected = json!({
        "id": id, "type": "UNAUTHORIZED", "path": "/a", "route": "GET /{proxy+}", "at": "api0/live",
        "who": "127.0.0.1", "key": "s1", "none": "",
    });
    assert_eq!(reply.json(), expected);
}

#[tokio::test]
async fn response_of_default_4xx_and_5xx_stands_in_for_every_type_without_its_own() {
    let named = |name: &str| json!({ "responseParameters": { "gatewayresponse.header.X-From": format!("'{name}'") } });
    let responses = json!({
        "DEFAULT_4XX": named("4XX"), "DEFAULT_5XX": named("5XX"), "ACCESS_DENIED": named("denied"),
    });
    let deny = answers(crate::support::policy(json!([]), json!({})));
    let local = responding(responses.clone(), deny).await;
    assert_eq!(local.get("/a", &[TOKEN]).await.is(403).header("X-From"), Some("denied"));
    assert_eq!(local.get("/a", &[]).await.is(401).header("X-From"), Some("4XX"));
    assert_eq!(local.get("/", &[]).await.is(403).header("X-From"), Some("4XX"));
    let local = responding(responses.clone(), allows(json!({}))).await;
    assert_eq!(local.get("/a", &[TOKEN]).await.is(502).header("X-From"), Some("5XX"));
    let local = responding(responses, fails("down")).await;
    assert_eq!(local.get("/a", &[TOKEN]).await.is(500).header("X-From"), Some("5XX"));
}

#[tokio::test]
async fn response_status_of_a_failed_authorizer_may_be_503() {
    let outage = json!({
        "statusCode": "503",
        "responseTemplates": { "application/json": "{\"id\":\"$context.requestId\"}" },
    });
    let responses = json!({ "AUTHORIZER_FAILURE": outage, "AUTHORIZER_CONFIGURATION_ERROR": outage });
    let local = responding(responses.clone(), fails("down")).await;
    let reply = local.get("/a", &[TOKEN]).await.is(503);
    assert_eq!(reply.json()["id"], local.last_exchange().request_id);
    responding(responses, answers(json!({}))).await.get("/a", &[TOKEN]).await.is(503);
}
