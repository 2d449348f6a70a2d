//! REST APIs: what each outcome of an authorizer becomes.

use gateway::AuthorizerOutcome;
use serde_json::{Value, json};

use crate::support::{
    Local, Setup, allows, answers, backend, fails, http_proxy, lambda_proxy, operation, policy, rest_api,
    rest_authorizer,
};

const TOKEN: &str = "Authorization: Bearer t";

fn guarded(authorizer: Value, responses: Value) -> Value {
    let mut document =
        rest_api(Some(authorizer), json!({ "/{proxy+}": { "get": operation(lambda_proxy("backend")) } }));
    document["x-amazon-apigateway-gateway-responses"] = responses;
    document
}

async fn guarded_by(answer: impl Fn(&Value) -> Result<Value, gateway::FunctionError> + Send + Sync + 'static) -> Local {
    let document = guarded(rest_authorizer("method.request.header.Authorization", 0), json!({}));
    start(document, answer).await
}

async fn start(
    document: Value,
    answer: impl Fn(&Value) -> Result<Value, gateway::FunctionError> + Send + Sync + 'static,
) -> Local {
    let backend = answers(json!({ "statusCode": 200, "body": "backend" }));
    Setup::default().rest(document).function("authorizer", answer).function("backend", backend).start().await
}

#[tokio::test]
async fn z1_a_missing_or_empty_identity_source_is_401_without_invoking_also_at_ttl_0() {
    let local = guarded_by(allows(json!({}))).await;
    for headers in [&[][..], &["Authorization: "], &["X-Other: Bearer t"]] {
        let reply = local.get("/a", headers).await.is(401).says(r#"{"message":"Unauthorized"}"#);
        assert_eq!(reply.header("x-amzn-ErrorType"), Some("UnauthorizedException"));
    }
    assert!(local.events("authorizer").is_empty());
    let exchange = local.last_exchange();
    assert_eq!(exchange.authorizer, AuthorizerOutcome::MissingIdentity);
    assert_eq!(exchange.gateway_response, Some("UNAUTHORIZED"));
}

#[tokio::test]
async fn identity_every_source_must_be_there() {
    let sources =
        "method.request.header.Authorization, method.request.querystring.key, stageVariables.spkey, context.stage";
    let local = start(guarded(rest_authorizer(sources, 0), json!({})), allows(json!({}))).await;
    local.get("/a", &[TOKEN]).await.is(401);
    local.get("/a?key=", &[TOKEN]).await.is(401);
    local.get("/a?key=1", &[]).await.is(401);
    local.get("/a?key=1", &[TOKEN]).await.is(200);
    let unset = rest_authorizer("stageVariables.none", 0);
    start(guarded(unset, json!({})), allows(json!({}))).await.get("/a", &[]).await.is(401);
}

#[tokio::test]
async fn identity_the_name_of_a_header_is_read_in_any_case() {
    let local = guarded_by(allows(json!({}))).await;
    local.get("/a", &["authorization: Bearer t"]).await.is(200);
}

#[tokio::test]
async fn identity_a_token_that_does_not_match_its_expression_is_401_without_invoking() {
    let settings = json!({
        "type": "token", "authorizerUri": crate::support::invocation("authorizer"),
        "identityValidationExpression": "Bearer [a-z]+", "authorizerResultTtlInSeconds": 0,
    });
    let local = start(guarded(settings, json!({})), allows(json!({}))).await;
    for token in ["Authorization: Bearer 7", "Authorization: xBearer a", "Authorization: Bearer a7"] {
        local.get("/a", &[token]).await.is(401);
    }
    assert!(local.events("authorizer").is_empty());
    local.get("/a", &["Authorization: Bearer abc"]).await.is(200);
}

#[tokio::test]
async fn status_table_throwing_exactly_unauthorized_is_401() {
    let local = guarded_by(fails("Unauthorized")).await;
    local.get("/a", &[TOKEN]).await.is(401);
    assert_eq!(local.last_exchange().authorizer, AuthorizerOutcome::Error { message: "Unauthorized".into() });
}

#[tokio::test]
async fn status_table_any_other_throw_is_500_authorizer_failure_with_a_null_message() {
    for message in ["unauthorized", "Unauthorized.", "store is down"] {
        let local = guarded_by(fails(message)).await;
        local.get("/a", &[TOKEN]).await.is(500).says(r#"{"message":null}"#);
        assert_eq!(local.last_exchange().gateway_response, Some("AUTHORIZER_FAILURE"));
    }
}

#[tokio::test]
async fn status_table_a_crash_is_500_like_a_throw() {
    let local = guarded_by(|_| panic!("on purpose")).await;
    local.get("/a", &[TOKEN]).await.is(500).says(r#"{"message":null}"#);
    let outcome = local.last_exchange().authorizer;
    assert_eq!(outcome, AuthorizerOutcome::Error { message: "the function panicked".into() });
}

#[tokio::test]
async fn status_table_a_malformed_answer_is_500_authorizer_configuration_error() {
    let allow = json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]);
    let mut nobody = policy(allow.clone(), json!({}));
    nobody["principalId"] = json!(null);
    for answer in [
        json!(null),
        json!({ "principalId": "ada" }),
        nobody,
        policy(allow.clone(), json!({ "a": [1] })),
        policy(allow.clone(), json!({ "a": {} })),
        policy(allow, json!({ "a": null })),
    ] {
        let local = guarded_by(answers(answer)).await;
        let reply = local.get("/a", &[TOKEN]).await.is(500);
        assert_eq!(reply.header("x-amzn-ErrorType"), Some("AuthorizerConfigurationException"));
        assert_eq!(local.last_exchange().gateway_response, Some("AUTHORIZER_CONFIGURATION_ERROR"));
    }
}

#[tokio::test]
async fn context_with_a_list_an_object_null_or_claims_is_500() {
    for context in [json!({ "a": [] }), json!({ "a": { "b": 1 } }), json!({ "a": null }), json!({ "claims": "x" })] {
        let local = guarded_by(allows(context)).await;
        local.get("/a", &[TOKEN]).await.is(500).says(r#"{"message":null}"#);
        assert!(local.events("backend").is_empty());
    }
}

#[tokio::test]
async fn status_table_deny_and_what_no_statement_allows_are_403_access_denied() {
    let deny = policy(json!([{ "Effect": "Deny", "Action": "*", "Resource": "*" }]), json!({}));
    let local = guarded_by(answers(deny)).await;
    local.get("/a", &[TOKEN]).await.is(403);
    assert_eq!(local.last_exchange().authorizer, AuthorizerOutcome::Denied { cached: false });
    let local = guarded_by(answers(policy(json!([]), json!({})))).await;
    let reply = local.get("/a", &[TOKEN]).await.is(403);
    reply.says(r#"{"Message":"User is not authorized to access this resource"}"#);
    assert_eq!(local.last_exchange().gateway_response, Some("ACCESS_DENIED"));
}

#[tokio::test]
async fn z5_a_gateway_response_has_any_status_and_the_challenge_under_its_true_name() {
    let responses = json!({ "ACCESS_DENIED": {
        "statusCode": 401,
        "responseParameters": {
            "gatewayresponse.header.WWW-Authenticate": "context.authorizer.challenge",
            "gatewayresponse.header.X-Static": "'fixed'",
            "gatewayresponse.header.X-Path": "context.path",
            "gatewayresponse.header.X-Asked": "method.request.header.X-Ask",
            "gatewayresponse.header.X-None": "context.authorizer.none",
        },
        "responseTemplates": { "application/json": r#"{"error":"$context.authorizer.error","m":$context.error.messageString}"# },
    } });
    let context = json!({ "challenge": "Bearer error=\"invalid_token\"", "error": "invalid_token" });
    let deny = policy(json!([{ "Effect": "Deny", "Action": "*", "Resource": "*" }]), context);
    let document = guarded(rest_authorizer("", 0), responses);
    let reply = start(document, answers(deny)).await.get("/a", &["X-Ask: 7"]).await.is(401);
    assert_eq!(reply.header("WWW-Authenticate"), Some("Bearer error=\"invalid_token\""));
    assert_eq!(reply.header("X-Static"), Some("fixed"));
    assert_eq!(reply.header("X-Path"), Some("/a"));
    assert_eq!(reply.header("X-Asked"), Some("7"));
    assert_eq!(reply.header("X-None"), None);
    assert!(reply.header("x-amzn-RequestId").is_some());
    reply.says(
        r#"{"error":"invalid_token","m":"User is not authorized to access this resource with an explicit deny"}"#,
    );
}

#[tokio::test]
async fn response_an_error_carries_no_context() {
    let responses = json!({ "UNAUTHORIZED": {
        "responseParameters": { "gatewayresponse.header.WWW-Authenticate": "'Bearer realm=\"r\"'" },
        "responseTemplates": { "application/json": "[$context.authorizer.principalId]" },
    } });
    let document = guarded(rest_authorizer("method.request.header.Authorization", 0), responses);
    let local = start(document, fails("Unauthorized")).await;
    for headers in [&[][..], &[TOKEN]] {
        let reply = local.get("/a", headers).await.is(401).says("[]");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"r\""));
    }
}

#[tokio::test]
async fn limit_a_method_arn_beyond_1600_bytes_is_414_where_there_is_an_authorizer() {
    let local = guarded_by(allows(json!({}))).await;
    let prefix = "arn:aws:execute-api:us-east-1:123456789012:api0/live/GET/".len();
    local.get(&format!("/{}", "a".repeat(1600 - prefix)), &[TOKEN]).await.is(200);
    local.get(&format!("/{}", "a".repeat(1601 - prefix)), &[TOKEN]).await.is(414);
}

#[tokio::test]
async fn import_root_level_security_is_ignored() {
    let address = backend().await;
    let mut open = operation(http_proxy(address, json!({})));
    open.as_object_mut().unwrap().remove("security");
    let mut document = rest_api(
        Some(rest_authorizer("method.request.header.Authorization", 0)),
        json!({ "/{proxy+}": { "get": open } }),
    );
    document["security"] = json!([{ "auth": [] }]);
    let local = start(document, fails("must not be asked")).await;
    local.get("/a", &[]).await.is(200);
    assert_eq!(local.last_exchange().authorizer, AuthorizerOutcome::None);
}
