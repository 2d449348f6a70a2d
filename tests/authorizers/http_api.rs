//! Services as HTTP APIs, which have no gateway responses and fold the case of header names: the generated document with
//! every format of payload and answer, and whole systems of `tollgate dev`.

use gateway::ApiKind;
use serde_json::{Value, json};
use shared::{
    model::{
        ServiceDefinition,
        openapi::{HttpAnswers, HttpApi, Placement},
    },
    protocol::Spkey,
    store::{Reader, Table, Tables},
};
use tests::{Answer, CLIENT_ID, Provider, Reply, Tollgate};

use crate::{
    database::{self, Database},
    deployed::{ARN, Deployed},
    shop::{CLIENT, client_of},
};

const FILE: &str = concat!(
    r#"
services:
  - spkey: x
    name: orders
    base_path: /x
    backend: BACKEND/x
    scopes: [{ name: read, default: true }, { name: write }]
    required_scopes: [{ methods: [GET], path: "/**", all: [read] }, { methods: [POST], path: "/**", all: [write] }]
    forwarded_headers: [client-id]
    forward_authorization: true
    methods: [GET, POST]
    cors_origins: ["https://app.example"]
"#,
    client_of!("orders")
);

const HEADER: &str = "X-Tollgate-Oauth-Client-Id";

/// The service deployed on its own.
struct Alone {
    tollgate: Tollgate,
    deployed: Deployed,
    token: String,
}

impl Alone {
    /// With these members of the authorizer in place of the generated ones, as somebody may set them by hand.
    async fn with(members: Value) -> Self {
        Self::keeping(0, members).await
    }

    /// With an `authorizer_ttl`.
    async fn keeping(authorizer_ttl: u32, members: Value) -> Self {
        let tollgate = Tollgate::with(FILE).await;
        let reader = || Reader::new(database::client(&tollgate), Tables::default(), tollgate.clock.world(), 0);
        let service = reader().service(&Spkey::parse("x").unwrap()).await.unwrap().unwrap();
        let service = ServiceDefinition { authorizer_ttl, ..service.as_ref().clone() };
        let document = document(&service, &members);
        let deployed = Deployed::new(&tollgate, reader(), ApiKind::Http, document).await;
        let token = tollgate.access_token(CLIENT, "scope=read").await;
        Self { tollgate, deployed, token }
    }

    async fn call(&self, method: &str, path: &str) -> Answer {
        self.deployed.call(method, path).bearer(&self.token).send().await
    }
}

fn document(service: &ServiceDefinition, members: &Value) -> Value {
    let api = HttpApi::of(service, HttpAnswers::Policy).unwrap_or_else(|error| panic!("{error}"));
    let mut document = api.document(&Placement::of(gateway::REGION, ARN));
    let authorizer = document.pointer_mut(AUTHORIZER).and_then(Value::as_object_mut).unwrap();
    authorizer.extend(members.as_object().unwrap().clone());
    document
}

const AUTHORIZER: &str = "/components/securitySchemes/tollgate/x-amazon-apigateway-authorizer";

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
        let api = Alone::with(format).await;
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
        let api = Alone::keeping(300, json!({ "authorizerPayloadFormatVersion": version })).await;
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
        let api = Alone::with(format).await;
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
        let api = Alone::with(format).await;
        Database::of(&api.tollgate).delete(Table::Services, "spkey#x").await;
        api.call("GET", "/1").await.is(500);
    }
}

/// What a page on the origin would ask.
fn preflight(tollgate: &Tollgate, method: &str) -> tests::Call {
    let call = tollgate.call("OPTIONS", "/x/1").header("Origin", "https://app.example");
    call.header("Access-Control-Request-Method", method)
}

#[tokio::test]
async fn a_whole_system_serves_it_by_its_base_path_and_stage_variable() {
    let tollgate = Tollgate::with_http_apis(FILE, &["orders"]).await;
    let token = tollgate.access_token(CLIENT, "scope=read").await;
    let call = |method: &str, path: &str| tollgate.call(method, path).bearer(&token).send();
    let answer = call("GET", "/x/1?a=b").await.is(200).says("path", "/backend/x/1");
    assert_eq!(answer.reached("x-tollgate-oauth-client-id").as_deref(), Some(CLIENT_ID));
    assert_eq!(answer.reached("authorization"), Some(format!("Bearer {token}")));
    assert!(answer.header("apigw-requestid").is_some(), "{answer:#?}");
    call("GET", "/x").await.is(200).says("path", "/backend/x");
    let refused = call("POST", "/x/1").await.is(403).says("message", "Forbidden");
    assert_eq!(refused.header("www-authenticate"), None);
    tollgate.call("GET", "/x/1").send().await.is(401).says("message", "Unauthorized");
    call("DELETE", "/x/1").await.is(404);
}

#[tokio::test]
async fn a_preflight_needs_no_token_and_a_page_reads_the_answer() {
    let tollgate = Tollgate::with_http_apis(FILE, &["x"]).await;
    let answer = preflight(&tollgate, "GET").send().await.is(204);
    let answer = answer.has("access-control-allow-origin", "https://app.example").has("access-control-max-age", "600");
    answer
        .has("access-control-allow-methods", "GET,POST,OPTIONS")
        .has("access-control-allow-headers", "authorization,*");
    let token = tollgate.access_token(CLIENT, "scope=read").await;
    let call = tollgate.call("GET", "/x/1").bearer(&token).header("Origin", "https://app.example");
    call.send().await.is(200).has("access-control-allow-origin", "https://app.example");
}

const TRAVEL: &str = r#"
services:
  - spkey: tpx1
    name: travel
    base_path: /travel
    backend: BACKEND/travel
    authorizer: introspection
    api_key: null
    block_authorization_header: false
    token_validation_uri: { defaultURI: IDP/any }
    inject_headers: { X-User-Id: $.uid, X-User-Email: $.email }
"#;

#[tokio::test]
async fn z9_what_a_provider_says_is_injected_and_no_copy_passes() {
    let provider = Provider::start(|question| match question.token().as_str() {
        "good" => Reply::json(r#"{"uid":"u-1"}"#),
        _ => Reply::json(r#"{"active":false}"#),
    })
    .await;
    let file = TRAVEL.replace("IDP", &format!("http://{}", provider.address));
    let tollgate = Tollgate::with_http_apis(&file, &["travel"]).await;
    let call = |token| tollgate.call("GET", "/travel/1").bearer(token);
    let answer = call("good").header("x-user-id", "admin").header("X-USER-EMAIL", "root").send().await.is(200);
    assert_eq!(answer.reached("x-user-id").as_deref(), Some("u-1"));
    assert_eq!(answer.reached("x-user-email").as_deref(), Some("-"));
    assert_eq!(answer.reached("authorization").as_deref(), Some("Bearer good"));
    call("good").header("X_User_Id", "admin").send().await.is(401);
    call("bad").send().await.is(401).says("message", "Unauthorized");
    tollgate.call("GET", "/travel/1").send().await.is(401);
}
