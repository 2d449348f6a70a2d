//! The shared-token authorizer attached by hand to an HTTP API, which has no gateway responses and folds the case of
//! header names.

use gateway::ApiKind;
use serde_json::{Value, json};
use shared::{
    protocol::Spkey,
    store::{Reader, Tables},
};
use tests::{Answer, CLIENT_ID, CLIENT_SECRET, Tollgate};

use crate::{
    database::{self, Database},
    deployed::{ARN, Deployed},
};

const FILE: &str = r#"
services:
  - spkey: x
    name: orders
    base_path: /x
    backend: BACKEND/x
    scopes: [{ name: read, default: true }, { name: write }]
    required_scopes: [{ methods: [GET], path: "/**", all: [read] }, { methods: [POST], path: "/**", all: [write] }]
    forwarded_headers: [client-id]
applications:
  - name: Shop
    clients:
      - client_id: s6BhdRkqt3
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        grant_types: [client_credentials]
        services: [orders]
"#;

const HEADER: &str = "X-Tollgate-Oauth-Client-Id";

struct HttpApi {
    tollgate: Tollgate,
    deployed: Deployed,
    token: String,
}

impl HttpApi {
    /// With these members of the authorizer besides.
    async fn with(members: Value) -> Self {
        let tollgate = Tollgate::with(FILE).await;
        let reader = || Reader::new(database::client(&tollgate), Tables::default(), tollgate.clock.world(), 0);
        let service = reader().service(&Spkey::parse("x").unwrap()).await.unwrap().unwrap();
        let document = document(service.backend.as_str(), &members);
        let deployed = Deployed::new(&tollgate, reader(), ApiKind::Http, document).await;
        let token = tollgate.access_token((CLIENT_ID, CLIENT_SECRET), "scope=read").await;
        Self { tollgate, deployed, token }
    }

    async fn call(&self, method: &str, path: &str) -> Answer {
        self.deployed.call(method, path).bearer(&self.token).send().await
    }
}

fn document(backend: &str, members: &Value) -> Value {
    let mut authorizer = json!({
        "type": "request",
        "authorizerUri": format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{ARN}/invocations"),
    });
    authorizer.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    json!({
        "openapi": "3.0.1",
        "components": { "securitySchemes": { "tollgate": {
            "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authorizer": authorizer,
        } } },
        "paths": { "/{proxy+}": { "x-amazon-apigateway-any-method": {
            "security": [{ "tollgate": [] }],
            "x-amazon-apigateway-integration": {
                "type": "http_proxy", "httpMethod": "ANY", "uri": format!("{backend}/{{proxy}}"),
                "payloadFormatVersion": "1.0",
                "requestParameters": {
                    format!("overwrite:header.{HEADER}"): "$context.authorizer.h_x_tollgate_oauth_client_id",
                },
            },
        } } },
    })
}

/// Every payload format and kind of answer.
fn formats() -> [Value; 3] {
    [
        json!({ "authorizerPayloadFormatVersion": "1.0" }),
        json!({ "authorizerPayloadFormatVersion": "2.0" }),
        json!({ "authorizerPayloadFormatVersion": "2.0", "enableSimpleResponses": true }),
    ]
}

#[tokio::test]
async fn z3_a_bad_token_is_401_and_a_missing_scope_403_in_every_format() {
    for format in formats() {
        let api = HttpApi::with(format).await;
        api.call("GET", "/1").await.is(200).says("path", "/backend/x/1");
        api.call("POST", "/1").await.is(403);
        api.deployed.call("GET", "/1").bearer("unknown").send().await.is(401);
        api.deployed.call("GET", "/1").send().await.is(401);
        let twice = api.deployed.call("GET", "/1").bearer(&api.token).bearer(&api.token);
        twice.send().await.is(403);
    }
}

#[tokio::test]
async fn z6_a_kept_policy_does_not_open_a_call_that_the_scope_does_not() {
    for version in ["1.0", "2.0"] {
        let api = HttpApi::with(json!({
            "authorizerPayloadFormatVersion": version, "identitySource": "$request.header.Authorization",
            "authorizerResultTtlInSeconds": 300,
        }))
        .await;
        api.call("GET", "/1").await.is(200);
        Database::of(&api.tollgate).revoke(&api.token).await;
        api.call("GET", "/2").await.is(200);
        api.call("POST", "/1").await.is(403);
        assert_eq!(api.deployed.invocations(), 1);
    }
}

#[tokio::test]
async fn z9_a_copy_in_any_case_is_overwritten_and_one_with_underscores_refused() {
    for format in formats() {
        let api = HttpApi::with(format).await;
        let forged = |name: &str| api.deployed.call("GET", "/1").bearer(&api.token).header(name, "admin").send();
        for spelling in [HEADER, "x-tollgate-oauth-client-id", "X-TOLLGATE-OAUTH-CLIENT-ID"] {
            let answer = forged(spelling).await.is(200);
            assert_eq!(answer.reached("x-tollgate-oauth-client-id").as_deref(), Some(CLIENT_ID), "{spelling}");
        }
        forged("X_Tollgate_Oauth_Client_Id").await.is(403);
        forged("x-tollgate-oauth_client-id").await.is(403);
    }
}

#[tokio::test]
async fn a_definition_that_is_gone_is_5xx() {
    for format in formats() {
        let api = HttpApi::with(format).await;
        Database::of(&api.tollgate).delete(shared::store::Table::Services, "spkey#x").await;
        api.call("GET", "/1").await.is(500);
    }
}
