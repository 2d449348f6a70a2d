//! REST APIs: what is kept of an authorizer's answers, and for whom.

use std::time::Duration;

use gateway::AuthorizerOutcome;
use serde_json::{Value, json};

use crate::support::{
    Local, Setup, allows, answers, fails, lambda_proxy, operation, policy, rest_api, rest_authorizer,
};

const TOKEN: &str = "Authorization: Bearer t";

async fn start(
    authorizer: Value,
    answer: impl Fn(&Value) -> Result<Value, gateway::FunctionError> + Send + Sync + 'static,
) -> Local {
    let mut document = rest_api(
        Some(authorizer),
        json!({ "/{proxy+}": { "x-amazon-apigateway-any-method": operation(lambda_proxy("backend")) } }),
    );
    document["x-amazon-apigateway-gateway-responses"] = json!({ "ACCESS_DENIED": {
        "responseTemplates": { "application/json": "$context.authorizer.challenge" },
    } });
    let backend = answers(json!({ "statusCode": 200, "body": "backend" }));
    Setup::default().rest(document).function("authorizer", answer).function("backend", backend).start().await
}

fn by_token(ttl: u64) -> Value {
    rest_authorizer("method.request.header.Authorization", ttl)
}

fn allow_only(resource: &str) -> Value {
    let challenge = json!({ "challenge": "from the allow" });
    policy(json!([{ "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource }]), challenge)
}

#[tokio::test]
async fn z6_a_cached_policy_is_evaluated_anew_for_each_method_arn() {
    let local = start(by_token(300), answers(allow_only("arn:aws:execute-api:*/live/GET/a"))).await;
    local.get("/a", &[TOKEN]).await.is(200);
    local.get("/b", &[TOKEN]).await.is(403).says("from the allow");
    local.send("POST /a", &[TOKEN]).await.is(403);
    assert_eq!(local.last_exchange().authorizer, AuthorizerOutcome::Denied { cached: true });
    assert_eq!(local.events("authorizer").len(), 1);
}

#[tokio::test]
async fn z7_a_policy_for_the_stage_opens_every_route_from_the_cache() {
    let local = start(by_token(300), answers(allow_only("arn:aws:execute-api:*/live/*"))).await;
    local.get("/a", &[TOKEN]).await.is(200);
    local.get("/b/c", &[TOKEN]).await.is(200);
    assert_eq!(local.last_exchange().authorizer, AuthorizerOutcome::Allowed { cached: true });
    assert_eq!(local.events("authorizer").len(), 1);
}

#[tokio::test]
async fn z6_a_deny_beside_the_allow_holds_for_its_route_from_the_cache() {
    let statements = json!([
        { "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*/live/*" },
        { "Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*/live/*/admin/*" },
    ]);
    let local = start(by_token(300), answers(policy(statements, json!({})))).await;
    local.get("/a", &[TOKEN]).await.is(200);
    local.get("/admin/x", &[TOKEN]).await.is(403);
    local.get("/a", &[TOKEN]).await.is(200);
}

#[tokio::test]
async fn cache_the_default_ttl_keeps_and_zero_does_not() {
    let mut without_ttl = by_token(0);
    without_ttl.as_object_mut().unwrap().remove("authorizerResultTtlInSeconds");
    for (settings, invocations) in [(without_ttl, 1), (by_token(0), 2)] {
        let local = start(settings, allows(json!({}))).await;
        local.get("/a", &[TOKEN]).await.is(200);
        local.get("/a", &[TOKEN]).await.is(200);
        assert_eq!(local.events("authorizer").len(), invocations);
    }
}

#[tokio::test]
async fn cache_the_key_is_the_identity_sources_and_nothing_else() {
    let two = "method.request.header.Authorization,method.request.header.X-Region";
    let local = start(rest_authorizer(two, 300), allows(json!({}))).await;
    local.get("/a", &[TOKEN, "X-Region: eu", "X-Tenant: 1"]).await.is(200);
    local.get("/a", &[TOKEN, "X-Region: eu", "X-Tenant: 2"]).await.is(200);
    assert_eq!(local.events("authorizer").len(), 1);
    local.get("/a", &[TOKEN, "X-Region: us"]).await.is(200);
    assert_eq!(local.events("authorizer").len(), 2);
}

/// Says whose request it was: the token is the caller's name.
fn by_name(event: &Value) -> Result<Value, gateway::FunctionError> {
    let name = event["headers"]["Authorization"].as_str().or(event["authorizationToken"].as_str());
    let effect = if name == Some("eve") { "Deny" } else { "Allow" };
    Ok(policy(json!([{ "Effect": effect, "Action": "execute-api:Invoke", "Resource": "*" }]), json!({ "name": name })))
}

#[tokio::test]
async fn cache_each_key_has_its_own_verdict_and_context() {
    let local = start(by_token(300), by_name).await;
    for _ in 0..2 {
        local.get("/a", &["Authorization: ada"]).await.is(200);
        local.get("/a", &["Authorization: eve"]).await.is(403);
        local.get("/a", &["Authorization: bob"]).await.is(200);
    }
    assert_eq!(local.events("authorizer").len(), 3);
    let names: Vec<Value> =
        local.events("backend").iter().map(|event| event["requestContext"]["authorizer"]["name"].clone()).collect();
    assert_eq!(names, ["ada", "bob", "ada", "bob"]);
}

#[tokio::test]
async fn cache_values_of_two_sources_do_not_run_into_each_other() {
    let two = "method.request.header.X-One,method.request.header.X-Two";
    let local = start(rest_authorizer(two, 300), allows(json!({}))).await;
    for (one, other) in [("a,b", "c"), ("a", "b,c"), ("c", "a,b")] {
        local.get("/a", &[&format!("X-One: {one}"), &format!("X-Two: {other}")]).await.is(200);
    }
    assert_eq!(local.events("authorizer").len(), 3);
}

#[tokio::test]
async fn cache_of_a_token_authorizer_is_keyed_by_its_token() {
    let settings = json!({ "type": "token", "authorizerUri": crate::support::invocation("authorizer") });
    let local = start(settings, by_name).await;
    for (name, status) in [("ada", 200), ("eve", 403), ("ada", 200), ("eve", 403)] {
        local.get("/a", &[&format!("Authorization: {name}")]).await.is(status);
    }
    assert_eq!(local.events("authorizer").len(), 2);
}

#[tokio::test]
async fn cache_of_two_authorizers_of_one_api_is_not_shared() {
    let mut other = operation(lambda_proxy("backend"));
    other["security"] = json!([{ "other": [] }]);
    let paths =
        json!({ "/one/{proxy+}": { "get": operation(lambda_proxy("backend")) }, "/two/{proxy+}": { "get": other } });
    let mut document = rest_api(Some(by_token(300)), paths);
    document["components"]["securitySchemes"]["other"] = document["components"]["securitySchemes"]["auth"].clone();
    let backend = answers(json!({ "statusCode": 200 }));
    let setup = Setup::default().rest(document).function("authorizer", allows(json!({}))).function("backend", backend);
    let local = setup.start().await;
    for path in ["/one/a", "/two/a", "/one/a", "/two/a"] {
        local.get(path, &[TOKEN]).await.is(200);
    }
    assert_eq!(local.events("authorizer").len(), 2);
}

#[tokio::test]
async fn cache_two_apis_with_one_function_share_no_results() {
    let api = || rest_api(Some(by_token(300)), json!({ "/{proxy+}": { "get": operation(lambda_proxy("backend")) } }));
    let local = Setup::default()
        .api(gateway::ApiKind::Rest, "/one", api())
        .api(gateway::ApiKind::Rest, "/two", api())
        .function("authorizer", allows(json!({})))
        .function("backend", answers(json!({ "statusCode": 200 })))
        .start()
        .await;
    local.get("/one/a", &[TOKEN]).await.is(200);
    local.get("/two/a", &[TOKEN]).await.is(200);
    assert_eq!(local.events("authorizer").len(), 2);
}

#[tokio::test]
async fn cache_a_returned_deny_is_kept() {
    let deny = policy(json!([{ "Effect": "Deny", "Action": "*", "Resource": "*" }]), json!({}));
    let local = start(by_token(300), answers(deny)).await;
    local.get("/a", &[TOKEN]).await.is(403);
    local.get("/a", &[TOKEN]).await.is(403);
    assert_eq!(local.events("authorizer").len(), 1);
}

#[tokio::test]
async fn cache_errors_and_malformed_answers_are_never_kept() {
    for (local, status) in [
        (start(by_token(300), fails("Unauthorized")).await, 401),
        (start(by_token(300), fails("down")).await, 500),
        (start(by_token(300), answers(json!({}))).await, 500),
    ] {
        local.get("/a", &[TOKEN]).await.is(status);
        local.get("/a", &[TOKEN]).await.is(status);
        assert_eq!(local.events("authorizer").len(), 2);
    }
}

#[tokio::test]
async fn z8_a_result_is_not_used_after_its_ttl() {
    let local = start(by_token(1), allows(json!({}))).await;
    local.get("/a", &[TOKEN]).await.is(200);
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    local.get("/a", &[TOKEN]).await.is(200);
    assert_eq!(local.events("authorizer").len(), 2);
}
