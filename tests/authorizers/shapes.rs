//! Event shapes: whatever event tells of a call, the verdict is the same.

use std::sync::Arc;

use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use shared::{
    authorizer::{IntrospectionAuthorizer, SharedTokenAuthorizer},
    lambda::{AuthorizerError, IntrospectionFunction, Log, SharedTokenFunction},
    protocol::Spkey,
    store::{DataKeys, Reader, Tables},
};
use tests::{Provider, Reply, Tollgate};

use crate::{
    database,
    shop::{CLIENT, client_of},
};

const FILE: &str = concat!(
    r#"
services:
  - spkey: x
    name: orders
    base_path: /x
    backend: BACKEND/x
    apis: [{ id: a1b2c3d4e5 }]
    scopes: [{ name: read }, { name: write }]
    required_scopes: [{ methods: [GET], path: "/**", all: [read] }, { path: "/admin/**", all: [write] }]
  - { spkey: "y", name: invoices, base_path: /y, backend: BACKEND/y }
  - spkey: tpx1
    name: travel
    base_path: /travel
    backend: BACKEND/travel
    authorizer: introspection
    api_key: null
    token_validation_uri: { defaultURI: IDP/any }
    inject_headers: { X-User-Id: $.uid }
"#,
    client_of!("orders")
);

/// Kind of event, and of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Rest,
    RestToken,
    Http1,
    Http2,
    Http2Simple,
    WebSocket,
}

const SHAPES: [Shape; 6] =
    [Shape::Rest, Shape::RestToken, Shape::Http1, Shape::Http2, Shape::Http2Simple, Shape::WebSocket];

/// A call as a client makes it.
#[derive(Clone, Debug)]
struct Called {
    method: &'static str,
    path: &'static str,
    authorization: Vec<String>,
    query: Option<String>,
    api: &'static str,
    spkey: Option<&'static str>,
}

impl Called {
    fn with(authorization: impl Into<String>) -> Self {
        Self { authorization: vec![authorization.into()], ..Self::anonymous() }
    }

    fn anonymous() -> Self {
        Self { method: "GET", path: "/1", authorization: Vec::new(), query: None, api: "a1b2c3d4e5", spkey: None }
    }

    fn bearer(token: &str) -> Self {
        Self::with(format!("Bearer {token}"))
    }

    /// The ARN that API Gateway weighs the answer for. A WebSocket has a route in place of method and path.
    fn arn(&self, shape: Shape) -> String {
        let route =
            if shape == Shape::WebSocket { "$connect".to_owned() } else { format!("{}{}", self.method, self.path) };
        format!("arn:aws:execute-api:eu-west-1:123456789012:{}/prod/{route}", self.api)
    }

    fn event(&self, shape: Shape) -> Value {
        let arn = self.arn(shape);
        let variables = self.spkey.map(|spkey| json!({ "spkey": spkey }));
        let query = self.query.as_deref().and_then(|query| query.split_once('='));
        let (single, multi) =
            (query.map(|(name, value)| json!({ name: value })), query.map(|(name, value)| json!({ name: [value] })));
        let maps = |name: &str| {
            let last = self.authorization.last();
            json!({
                "type": "REQUEST", "methodArn": arn, "stageVariables": variables, "queryStringParameters": single,
                "multiValueQueryStringParameters": multi,
                "headers": last.map(|last| json!({ name: last })),
                "multiValueHeaders": last.map(|_| json!({ name: self.authorization })),
                "requestContext": { "requestId": "r" },
            })
        };
        match shape {
            Shape::Rest => maps("Authorization"),
            Shape::RestToken => json!({
                "type": "TOKEN", "methodArn": arn, "authorizationToken": self.authorization.first(),
            }),
            Shape::Http1 => {
                let mut event = maps("authorization");
                event["version"] = "1.0".into();
                event
            }
            Shape::Http2 | Shape::Http2Simple => json!({
                "version": "2.0", "type": "REQUEST", "routeArn": arn, "stageVariables": variables,
                "headers": { "authorization": (!self.authorization.is_empty()).then(|| self.authorization.join(",")) },
                "rawPath": self.path, "rawQueryString": self.query.as_deref().unwrap_or_default(),
                "requestContext": { "requestId": "r", "http": { "method": "GET" } },
            }),
            Shape::WebSocket => {
                let mut event = maps("Authorization");
                event["requestContext"] = json!({ "connectionId": "c=", "eventType": "CONNECT", "requestId": "r" });
                event
            }
        }
    }
}

/// What API Gateway does with the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// It goes on.
    Open,
    /// 401 or 403.
    Shut,
    /// 5xx.
    Failed,
}

use Verdict::{Failed, Open, Shut};

/// The functions over the store of a running Tollgate.
struct Functions {
    tollgate: Tollgate,
    provider: Provider,
}

impl Functions {
    async fn new() -> Self {
        let provider = Provider::start(|question| match question.token().as_str() {
            "valid" => Reply::json(r#"{"uid":"u-1"}"#),
            "out" => Reply::Reset,
            _ => Reply::status(401),
        })
        .await;
        let tollgate = Tollgate::with(&FILE.replace("IDP", &format!("http://{}", provider.address))).await;
        Self { tollgate, provider }
    }

    async fn token(&self, scope: &str) -> String {
        self.tollgate.access_token(CLIENT, &format!("scope={scope}")).await
    }

    fn reader(&self) -> Reader {
        Reader::new(database::client(&self.tollgate), Tables::default(), self.tollgate.clock.world(), 0)
    }

    fn log(&self) -> Log {
        Log::new("authorizer", self.tollgate.clock.world(), Arc::new(()))
    }

    /// The answer of the shared-token authorizer whose own setting is `spkey`.
    async fn shared_token(&self, called: &Called, shape: Shape, spkey: Option<&str>) -> Result<Value, AuthorizerError> {
        let function = SharedTokenFunction {
            authorizer: SharedTokenAuthorizer { spkey: spkey.map(|spkey| Spkey::parse(spkey).unwrap()) },
            reader: self.reader(),
            world: self.tollgate.clock.world(),
            simple_responses: shape == Shape::Http2Simple,
            log: self.log(),
        };
        let event = serde_json::from_value(called.event(shape)).unwrap();
        let answer = function.answer(LambdaEvent::new(event, Context::default())).await?;
        Ok(serde_json::to_value(answer).unwrap())
    }

    /// The answer of the introspection authorizer, whose own setting is `tpx1`.
    async fn introspection(&self, called: &Called, shape: Shape) -> Result<Value, AuthorizerError> {
        let authorizer = IntrospectionAuthorizer::new(Some(Spkey::parse("tpx1").unwrap()), DataKeys::default());
        let simple_responses = shape == Shape::Http2Simple;
        let function = IntrospectionFunction { authorizer, reader: self.reader(), simple_responses, log: self.log() };
        let event = serde_json::from_value(called.event(shape)).unwrap();
        let answer = function.answer(LambdaEvent::new(event, Context::default())).await?;
        Ok(serde_json::to_value(answer).unwrap())
    }
}

/// Weighs an answer as API Gateway does.
fn verdict(answer: &Result<Value, AuthorizerError>, arn: &str) -> Verdict {
    let answer = match answer {
        Ok(answer) => answer,
        Err(AuthorizerError::Unauthorized) => return Shut,
        Err(AuthorizerError::Failed) => return Failed,
    };
    if let Some(is_authorized) = answer.get("isAuthorized") {
        return if *is_authorized == json!(true) { Open } else { Shut };
    }
    let statements = answer["policyDocument"]["Statement"].as_array().unwrap();
    let says = |effect: &str| {
        let of_effect = statements.iter().filter(|statement| statement["Effect"] == effect);
        let mut resources = of_effect.flat_map(|statement| statement["Resource"].as_array().unwrap());
        resources.any(|resource| matches(resource.as_str().unwrap(), arn))
    };
    if says("Allow") && !says("Deny") { Open } else { Shut }
}

/// IAM's `*`, which crosses slashes and may be empty.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text
            .strip_prefix(start)
            .is_some_and(|text| (0..=text.len()).any(|at| text.is_char_boundary(at) && matches(rest, &text[at..]))),
    }
}

#[tokio::test]
async fn z15_every_shape_gives_a_shared_token_the_same_verdict() {
    let functions = Functions::new().await;
    let (reads, writes) = (functions.token("read").await, functions.token("write").await);
    let both = functions.token("read+write").await;
    let expired = "tokenthatexpired";
    database::Database::of(&functions.tollgate).issue(expired, "x", "alice", "read").await;
    functions.tollgate.clock.advance(3599);
    let cases = [
        (Called::bearer(&reads), Open),
        (Called::with(format!("bearer {reads}")), Open),
        (Called::bearer(&both), Open),
        (Called::bearer(&writes), Shut),
        (Called::bearer("unknown"), Shut),
        (Called::anonymous(), Shut),
        (Called::with(""), Shut),
        (Called::with("Bearer"), Shut),
        (Called::with(format!("Basic {reads}")), Shut),
        (Called::with(format!("Bearer {reads},Bearer {reads}")), Shut),
        (Called { spkey: Some("y"), ..Called::bearer(&reads) }, Shut),
        (Called { spkey: Some("gone"), ..Called::bearer(&reads) }, Failed),
        (Called { authorization: vec![format!("Bearer {reads}"); 2], ..Called::anonymous() }, Shut),
        (Called { query: Some("access_token=a".into()), ..Called::bearer(&reads) }, Shut),
        (Called { path: "/admin", ..Called::bearer(&reads) }, Shut),
        (Called { path: "/admin/1", ..Called::bearer(&both) }, Open),
        (Called { path: "/a//b", ..Called::bearer(&both) }, Shut),
    ];
    for (called, expected) in &cases {
        for shape in SHAPES.into_iter().filter(|shape| is_shown(called, *shape)) {
            let answer = functions.shared_token(called, shape, None).await;
            assert_eq!(verdict(&answer, &called.arn(shape)), *expected, "{shape:?} {called:#?} {answer:#?}");
        }
    }
    for (seconds, expected) in [(0, Open), (1, Shut)] {
        functions.tollgate.clock.advance(seconds);
        for shape in SHAPES {
            let called = Called::bearer(expired);
            let answer = functions.shared_token(&called, shape, None).await;
            assert_eq!(verdict(&answer, &called.arn(shape)), expected, "{shape:?} {answer:#?}");
        }
    }
}

/// Whether events of the shape show what is special about the call: a TOKEN event has only the token and the ARN, and
/// a WebSocket has no paths.
fn is_shown(called: &Called, shape: Shape) -> bool {
    let plain = Called::anonymous();
    match shape {
        Shape::RestToken => {
            called.query == plain.query && called.spkey == plain.spkey && called.authorization.len() < 2
        }
        Shape::WebSocket => called.path == plain.path,
        _ => true,
    }
}

#[tokio::test]
async fn z15_every_shape_that_shows_the_request_gives_a_third_party_token_the_same_verdict() {
    let functions = Functions::new().await;
    for (called, expected) in [
        (Called::bearer("valid"), Open),
        (Called::bearer("invalid"), Shut),
        (Called::bearer("out"), Shut),
        (Called::anonymous(), Shut),
        (Called::with("Basic valid"), Shut),
        (Called { authorization: vec!["Bearer valid".into(); 2], ..Called::anonymous() }, Shut),
    ] {
        let called = Called { api: "another000", ..called };
        for shape in SHAPES.into_iter().filter(|shape| is_shown(&called, *shape)) {
            let answer = functions.introspection(&called, shape).await;
            assert_eq!(verdict(&answer, &called.arn(shape)), expected, "{shape:?} {called:#?} {answer:#?}");
            if expected == Open {
                assert_eq!(answer.unwrap()["context"]["h_x_user_id"], "u-1");
            }
        }
    }
    assert!(functions.provider.questions().iter().all(|question| question.method == "GET"));
}

#[tokio::test]
async fn a_web_socket_that_opens_may_use_its_other_routes() {
    let functions = Functions::new().await;
    let answer = functions.shared_token(&Called::bearer(&functions.token("read").await), Shape::WebSocket, None).await;
    let route = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/sendmessage";
    assert_eq!(verdict(&answer, route), Open);
}

#[tokio::test]
async fn where_there_are_no_gateway_responses_a_bad_token_is_an_error_that_becomes_401() {
    let functions = Functions::new().await;
    let called = Called { api: "another000", ..Called::bearer("invalid") };
    for shape in SHAPES {
        let answer = functions.introspection(&called, shape).await;
        match shape {
            Shape::Rest | Shape::RestToken => {
                let context = &answer.unwrap()["context"];
                assert_eq!(context["tg_error"], "TokenValidationFails");
            }
            _ => assert_eq!(answer.unwrap_err(), AuthorizerError::Unauthorized, "{shape:?}"),
        }
    }
}

#[tokio::test]
async fn the_stage_variable_comes_before_the_alias_and_the_alias_before_the_function_s_own_setting() {
    let functions = Functions::new().await;
    let called = Called::bearer(&functions.token("read").await);
    for (api, variable, own, spkey) in [
        ("a1b2c3d4e5", None, None, Some("x")),
        ("a1b2c3d4e5", Some("x"), Some("y"), Some("x")),
        ("a1b2c3d4e5", None, Some("y"), Some("x")),
        ("a1b2c3d4e5", Some(""), Some("y"), Some("x")),
        ("another000", None, Some("x"), Some("x")),
        ("another000", Some("x"), None, Some("x")),
        ("another000", None, None, None),
        ("another000", Some("no spkey"), Some("x"), None),
        ("another000", Some("tpx1"), Some("x"), None),
    ] {
        for shape in [Shape::Rest, Shape::Http1, Shape::Http2, Shape::Http2Simple, Shape::WebSocket] {
            let called = Called { api, spkey: variable, ..called.clone() };
            let answer = functions.shared_token(&called, shape, own).await;
            match spkey {
                Some(spkey) => assert_eq!(answer.unwrap()["context"]["spkey"], spkey, "{shape:?} {api} {variable:?}"),
                None => assert_eq!(answer.unwrap_err(), AuthorizerError::Failed, "{shape:?} {api} {variable:?}"),
            }
        }
    }
}

#[tokio::test]
async fn z6_a_simple_answer_and_a_policy_agree_about_every_route() {
    let functions = Functions::new().await;
    for scope in ["read", "write", "read+write", "orders"] {
        let token = functions.token(scope).await;
        let asked = Called::bearer(&token);
        let policy = functions.shared_token(&asked, Shape::Http2, None).await;
        let paths = ["/1", "/", "/admin", "/admin/1", "/administrator", "/a//b", "/a;b"].map(|path| ("GET", path));
        let methods = ["POST", "post", "Post", "PATCHX", "TRACE"].map(|method| (method, "/1"));
        for (method, path) in paths.into_iter().chain(methods) {
            let called = Called { method, path, ..asked.clone() };
            let simple = functions.shared_token(&called, Shape::Http2Simple, None).await;
            let kept = verdict(&policy, &called.arn(Shape::Http2));
            assert_eq!(kept, verdict(&simple, &called.arn(Shape::Http2Simple)), "{scope} {method} {path}");
        }
    }
}
