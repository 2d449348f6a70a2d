//! OAuth 2.0 third-party token connector: API key, the order of its checks, which provider is asked and how.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{protocol::Digest, store::Table};
use tests::{Answer, NOW, Provider, Reply, Tollgate};

use crate::database::Database;

const KEY: &str = "key-of-the-travel-application";
const OTHER_KEY: &str = "key-of-another-application";

/// `IDP` is the provider, `SETTINGS` and `URIS` are the test's own.
const FILE: &str = r#"
services:
  - spkey: tpx1
    name: travel
    base_path: /travel
    backend: BACKEND/travel
    authorizer: introspection
    SETTINGS
    pre_inputs: |
      token_validation_uri: { URIS defaultURI: IDP/any }
  - { spkey: z, name: other, base_path: /z, backend: BACKEND/z }
applications:
  - { name: Travel, api_keys: [{ name: web, key: key-of-the-travel-application, services: [travel] }] }
  - { name: Other, api_keys: [{ name: web, key: key-of-another-application, services: [other] }] }
"#;

pub(crate) const NO_KEY: &str = "api_key: null";
pub(crate) const REGIONS: &str =
    r#"regionCodeHeader:HTTP-REQUEST-REGION-KEY regionCodeValue: {"FR":"IDP/fr","US":"IDP/us"}"#;

pub(crate) async fn tollgate_with(provider: &Provider, settings: &str, uris: &str) -> Tollgate {
    let file = FILE.replace("SETTINGS", settings).replace("URIS", uris);
    Tollgate::with(&file.replace("IDP", &format!("http://{}", provider.address))).await
}

async fn get(tollgate: &Tollgate, target: &str) -> Answer {
    tollgate.call("GET", target).bearer("t").send().await
}

pub(crate) fn valid() -> Reply {
    Reply::json(r#"{"active":true}"#)
}

/// One of the connector's errors as callers see it.
#[track_caller]
fn refused(answer: Answer, error: &str) -> Answer {
    let named = if error == "TokenValidationFails" { r#", error="invalid_token""# } else { "" };
    let challenge = format!(r#"Bearer realm="travel"{named}"#);
    answer.is(401).says("error", error).has("WWW-Authenticate", &challenge).has("Content-Type", "application/json")
}

#[tokio::test]
async fn a_key_and_a_valid_token_open_the_service() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, "", "").await;
    get(&tollgate, &format!("/travel/1?api_key={KEY}")).await.is(200).says("path", "/backend/travel/1");
}

#[tokio::test]
async fn the_api_key_comes_first_and_its_errors_are_four() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, "", "").await;
    let without_token = |target: String| tollgate.call("GET", &target).send();
    refused(without_token("/travel".into()).await, "ApiKeyMissing");
    refused(without_token("/travel?api_key=".into()).await, "ApiKeyMissing");
    refused(without_token(format!("/travel?api_key={KEY}&api_key={OTHER_KEY}")).await, "ApiKeyMissing");
    refused(without_token("/travel?api_key=nobodys".into()).await, "ApiKeyUnknown");
    refused(without_token(format!("/travel?api_key={OTHER_KEY}")).await, "ApiKeyNotAuthorized");
    for switch in ["enabled", "application_enabled"] {
        let (database, item) = (Database::of(&tollgate), key_item());
        database.set(Table::Clients, &item, switch, AttributeValue::Bool(false)).await;
        refused(get(&tollgate, &format!("/travel?api_key={KEY}")).await, "ApiKeyInactive");
        database.set(Table::Clients, &item, switch, AttributeValue::Bool(true)).await;
    }
    assert_eq!(provider.questions().len(), 0, "nobody is asked for a caller without a key");
}

#[tokio::test]
async fn the_api_key_is_where_the_service_wants_it_and_nowhere_else() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, "api_key: { in: header, name: X-Key }", "").await;
    let with = |name: &str, value: &str| tollgate.call("GET", "/travel").bearer("t").header(name, value).send();
    with("X-Key", KEY).await.is(200);
    with("x-key", KEY).await.is(200);
    refused(with("X-Other", KEY).await, "ApiKeyMissing");
    refused(get(&tollgate, &format!("/travel?api_key={KEY}&X-Key={KEY}")).await, "ApiKeyMissing");
    let twice = tollgate.call("GET", "/travel").bearer("t").header("X-Key", KEY).header("X-Key", "other");
    refused(twice.send().await, "ApiKeyMissing");

    let tollgate = tollgate_with(&provider, "api_key: { in: query, name: apikey }", "").await;
    get(&tollgate, &format!("/travel?apikey={KEY}")).await.is(200);
    get(&tollgate, &format!("/travel?%61pikey={KEY}")).await.is(200);
    refused(get(&tollgate, &format!("/travel?api_key={KEY}")).await, "ApiKeyMissing");
}

#[tokio::test]
async fn a_service_may_ask_for_no_api_key() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, NO_KEY, "").await;
    get(&tollgate, "/travel").await.is(200);
}

#[tokio::test]
async fn authorization_header_not_present_in_request() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, NO_KEY, "").await;
    refused(tollgate.call("GET", "/travel").send().await, "AuthorizationHeaderNotPresentInRequest");
    for empty in ["", "  "] {
        let call = tollgate.call("GET", "/travel").header("Authorization", empty);
        refused(call.send().await, "AuthorizationHeaderNotPresentInRequest");
    }
    let in_query = tollgate.call("GET", "/travel?access_token=t").send().await;
    refused(in_query, "AuthorizationHeaderNotPresentInRequest");
    assert_eq!(provider.questions().len(), 0);
}

#[tokio::test]
async fn invalid_pre_input_configuration_for_token_validation_uri() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, NO_KEY, "").await;
    let database = Database::of(&tollgate);
    let route = "authorizer.introspection.route";
    for malformed in [AttributeValue::S("{ defaultURI }".into()), AttributeValue::Null(true)] {
        database.set(Table::Services, "spkey#tpx1", route, malformed).await;
        refused(get(&tollgate, "/travel").await, "InvalidPreInputConfigurationForTokenValidationURI");
    }
    database.remove(Table::Services, "spkey#tpx1", route).await;
    refused(get(&tollgate, "/travel").await, "InvalidPreInputConfigurationForTokenValidationURI");
    let absent = tollgate.call("GET", "/travel").send().await;
    refused(absent, "AuthorizationHeaderNotPresentInRequest");
    assert_eq!(provider.questions().len(), 0);
}

#[tokio::test]
async fn default_token_validation_uri_not_present() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, NO_KEY, REGIONS).await;
    let default = "authorizer.introspection.route.default_uri";
    Database::of(&tollgate).remove(Table::Services, "spkey#tpx1", default).await;
    refused(get(&tollgate, "/travel").await, "DefaultTokenValidationURINotPresent");
    let call = tollgate.call("GET", "/travel").bearer("t").header("HTTP-REQUEST-REGION-KEY", "FR");
    call.send().await.is(200);
    assert_eq!(provider.question().target, "/fr");
}

#[tokio::test]
async fn a_provider_that_hangs_up_is_a_target_endpoint_error() {
    let provider = Provider::always(Reply::Reset).await;
    let tollgate = tollgate_with(&provider, NO_KEY, "").await;
    refused(get(&tollgate, "/travel").await, "TargetEndpointError");
}

#[tokio::test]
async fn a_token_that_the_provider_refuses_fails_validation() {
    let provider = Provider::always(Reply::status(401)).await;
    let tollgate = tollgate_with(&provider, NO_KEY, "").await;
    refused(get(&tollgate, "/travel").await, "TokenValidationFails");
}

#[tokio::test]
async fn outage_status_503_tells_an_outage_from_a_bad_token() {
    let settings = "api_key: null\n    validation: { outage_status: 503 }";
    for (reply, status) in [
        (Reply::Reset, 503),
        (Reply::status(500), 503),
        (Reply::status(503), 503),
        (Reply::status(429), 503),
        (Reply::status(401), 401),
        (Reply::status(404), 401),
    ] {
        let provider = Provider::always(reply.clone()).await;
        let tollgate = tollgate_with(&provider, settings, "").await;
        let answer = get(&tollgate, "/travel").await;
        assert_eq!(answer.status, status, "{reply:?}: {answer:#?}");
    }
}

#[tokio::test]
async fn a_verdict_that_would_be_kept_is_thrown_when_the_provider_is_out() {
    let provider = Provider::start(|question| match question.token().as_str() {
        "out" => Reply::status(500),
        _ => Reply::status(401),
    });
    let provider = provider.await;
    let tollgate = tollgate_with(&provider, "api_key: null\n    authorizer_ttl: 60", "").await;
    for _ in 0..2 {
        tollgate.call("GET", "/travel").bearer("out").send().await.is(503);
    }
    assert_eq!(provider.questions().len(), 2, "an outage is not kept");
    for _ in 0..2 {
        tollgate.call("GET", "/travel").bearer("bad").send().await.is(401);
    }
    assert_eq!(provider.questions().len(), 3, "a refusal is");
}

#[tokio::test]
async fn z7_a_kept_verdict_spares_the_provider() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, "authorizer_ttl: 60", "").await;
    for path in ["/travel", "/travel/1", "/travel/a/b"] {
        get(&tollgate, &format!("{path}?api_key={KEY}")).await.is(200);
    }
    assert_eq!(provider.questions().len(), 1);
    refused(get(&tollgate, &format!("/travel?api_key={OTHER_KEY}")).await, "ApiKeyNotAuthorized");
}

/// RFC 7662, and no API key.
const INTROSPECTING: &str =
    "api_key: null\n    validation: { method: introspection, client_id: gateway, client_secret: secret }";

#[tokio::test]
async fn v10_an_answer_counts_for_one_call_alone_unless_verdicts_are_kept() {
    let is_active = Arc::new(AtomicBool::new(true));
    let said = Arc::clone(&is_active);
    let provider =
        Provider::start(move |_| Reply::json(format!(r#"{{"active":{}}}"#, said.load(Ordering::Relaxed)))).await;
    let tollgate = tollgate_with(&provider, INTROSPECTING, "").await;
    get(&tollgate, "/travel").await.is(200);
    is_active.store(false, Ordering::Relaxed);
    refused(get(&tollgate, "/travel").await, "TokenValidationFails");
    assert_eq!(provider.questions().len(), 2);
}

#[tokio::test]
async fn v10_an_answer_that_says_active_is_no_longer_used_from_exp_on() {
    let provider = Provider::always(Reply::json(format!(r#"{{"active":true,"exp":{}}}"#, NOW + 60))).await;
    let tollgate = tollgate_with(&provider, INTROSPECTING, "").await;
    tollgate.clock.advance(59);
    get(&tollgate, "/travel").await.is(200);
    tollgate.clock.advance(1);
    refused(get(&tollgate, "/travel").await, "TokenValidationFails");
}

#[tokio::test]
async fn v10_a_kept_answer_is_of_its_token_and_its_key_alone() {
    let provider = Provider::start(|question| match question.body.contains("token=good") {
        true => valid(),
        false => Reply::json(r#"{"active":false}"#),
    })
    .await;
    let settings = INTROSPECTING.replace("api_key: null\n    ", "authorizer_ttl: 60\n    ");
    let tollgate = tollgate_with(&provider, &settings, "").await;
    let call =
        |token: &'static str, key: &str| tollgate.call("GET", &format!("/travel?api_key={key}")).bearer(token).send();
    call("good", KEY).await.is(200);
    call("good", KEY).await.is(200);
    refused(call("bad", KEY).await, "TokenValidationFails");
    refused(call("good", OTHER_KEY).await, "ApiKeyNotAuthorized");
    assert_eq!(provider.questions().len(), 2, "one for each token, none for the foreign key");
}

#[tokio::test]
async fn bearer_asks_with_get_and_the_callers_own_header() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, NO_KEY, "").await;
    let call = tollgate.call("POST", "/travel").header("Authorization", "bearer a+b/c==").header("X-Private", "1");
    call.body("private").send().await.is(200);
    let question = provider.question();
    assert_eq!((question.method.as_str(), question.target.as_str()), ("GET", "/any"));
    assert_eq!(question.header("authorization"), Some("bearer a+b/c=="));
    assert_eq!(question.header("host"), Some(provider.address.to_string().as_str()));
    assert!(question.header("x-private").is_none() && question.body.is_empty(), "{question:#?}");
}

#[tokio::test]
async fn the_uri_of_the_provider_keeps_its_own_query() {
    let provider = Provider::always(valid()).await;
    let file = FILE.replace("SETTINGS", NO_KEY).replace("URIS", "").replace("IDP/any", "IDP/uat/details?api_key=xxxx");
    let tollgate = Tollgate::with(&file.replace("IDP", &format!("http://{}", provider.address))).await;
    get(&tollgate, "/travel?a=b").await.is(200);
    assert_eq!(provider.question().target, "/uat/details?api_key=xxxx");
}

#[tokio::test]
async fn introspection_posts_the_token_with_the_gateways_own_credentials() {
    let provider = Provider::always(valid()).await;
    let settings = "api_key: null\n    \
                    validation: { method: introspection, client_id: \"gate way\", client_secret: \"s:e+c%é\" }";
    let tollgate = tollgate_with(&provider, settings, "").await;
    tollgate.call("GET", "/travel").bearer("a+b/c==").send().await.is(200);
    let question = provider.question();
    assert_eq!((question.method.as_str(), question.target.as_str()), ("POST", "/any"));
    assert_eq!(question.body, "token=a%2Bb%2Fc%3D%3D&token_type_hint=access_token");
    assert_eq!(question.header("content-type"), Some("application/x-www-form-urlencoded"));
    // RFC 6749 section 2.3.1: `gate+way:s%3Ae%2Bc%25%C3%A9` in base64.
    assert_eq!(question.header("authorization"), Some("Basic Z2F0ZSt3YXk6cyUzQWUlMkJjJTI1JUMzJUE5"));
}

#[tokio::test]
async fn z13_the_region_header_picks_a_configured_endpoint_or_the_default() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, NO_KEY, REGIONS).await;
    for (name, value, asked) in [
        ("HTTP-REQUEST-REGION-KEY", "FR", "/fr"),
        ("http-request-region-key", "US", "/us"),
        ("HTTP-REQUEST-REGION-KEY", "  FR  ", "/fr"),
        ("HTTP-REQUEST-REGION-KEY", "fr", "/any"),
        ("HTTP-REQUEST-REGION-KEY", "XX", "/any"),
        ("HTTP-REQUEST-REGION-KEY", "", "/any"),
        ("HTTP-REQUEST-REGION-KEY", "   ", "/any"),
        ("HTTP-REQUEST-REGION-KEY", "http://evil.example/", "/any"),
        ("X-Other", "FR", "/any"),
    ] {
        let call = tollgate.call("GET", "/travel").bearer("t").header(name, value);
        call.send().await.is(200);
        assert_eq!(provider.questions().last().unwrap().target, asked, "{name}: {value}");
    }
    let twice = tollgate.call("GET", "/travel").bearer("t");
    let twice = twice.header("HTTP-REQUEST-REGION-KEY", "FR").header("HTTP-REQUEST-REGION-KEY", "US");
    let asked = provider.questions().len();
    twice.send().await.is(401).says("error", "invalid_request");
    assert_eq!(provider.questions().len(), asked, "which of two regions counts would be a guess");
}

#[tokio::test]
async fn z13_a_kept_verdict_is_of_its_region_alone() {
    let provider =
        Provider::start(|question| if question.target == "/fr" { valid() } else { Reply::status(401) }).await;
    let settings = "api_key: null\n    authorizer_ttl: 60\n    region_required: true";
    let tollgate = tollgate_with(&provider, settings, REGIONS).await;
    let call = |region| tollgate.call("GET", "/travel").bearer("t").header("HTTP-REQUEST-REGION-KEY", region).send();
    call("FR").await.is(200);
    refused(call("US").await, "TokenValidationFails");
    call("FR").await.is(200);
    get(&tollgate, "/travel").await.is(401);
    assert_eq!(provider.questions().len(), 2);
}

#[tokio::test]
async fn another_scheme_reaches_the_provider_only_with_any_scheme() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, NO_KEY, "").await;
    let basic = |tollgate: &Tollgate| tollgate.call("GET", "/travel").header("Authorization", "Basic YTpi").send();
    refused(basic(&tollgate).await, "TokenValidationFails");
    for no_token in ["Bearer", "t"] {
        let call = tollgate.call("GET", "/travel").header("Authorization", no_token);
        refused(call.send().await, "TokenValidationFails");
    }
    assert_eq!(provider.questions().len(), 0);

    let tollgate = tollgate_with(&provider, "api_key: null\n    validation: { any_scheme: true }", "").await;
    basic(&tollgate).await.is(200);
    assert_eq!(provider.question().header("authorization"), Some("Basic YTpi"));
}

#[tokio::test]
async fn judge_active_false_takes_every_200_for_a_valid_token() {
    let provider = Provider::always(Reply::json(r#"{"active":false}"#)).await;
    let tollgate = tollgate_with(&provider, NO_KEY, "").await;
    refused(get(&tollgate, "/travel").await, "TokenValidationFails");
    let tollgate = tollgate_with(&provider, "api_key: null\n    validation: { judge_active: false }", "").await;
    get(&tollgate, "/travel").await.is(200);
}

#[tokio::test]
async fn z14_block_authorization_header_takes_it_from_the_backend() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, NO_KEY, "").await;
    let call = |tollgate: &Tollgate, name: &str| tollgate.call("GET", "/travel").header(name, "Bearer secret").send();
    for spelling in ["Authorization", "authorization", "AUTHORIZATION"] {
        let answer = call(&tollgate, spelling).await.is(200);
        assert_eq!(answer.reached("authorization").as_deref(), Some("Bearer secret"));
    }
    let tollgate = tollgate_with(&provider, "api_key: null\n    block_authorization_header: true", "").await;
    for spelling in ["Authorization", "authorization"] {
        let answer = call(&tollgate, spelling).await.is(200);
        assert!(!answer.body.contains("secret"), "{spelling}: {answer:#?}");
        assert_eq!(provider.questions().last().unwrap().token(), "secret");
    }
    call(&tollgate, "AUTHORIZATION").await.is(401).says("error", "invalid_request");
}

#[tokio::test]
async fn z4_a_repeated_authorization_is_an_invalid_request() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, NO_KEY, "").await;
    let answer = tollgate.call("GET", "/travel").bearer("t").bearer("t").send().await;
    answer.is(401).says("error", "invalid_request");
    assert_eq!(provider.questions().len(), 0);
}

#[tokio::test]
async fn a_service_that_is_switched_off_asks_nobody() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, NO_KEY, "").await;
    Database::of(&tollgate).set(Table::Services, "spkey#tpx1", "enabled", AttributeValue::Bool(false)).await;
    refused(get(&tollgate, "/travel").await, "TokenValidationFails");
    assert_eq!(provider.questions().len(), 0);
}

#[tokio::test]
async fn provider_credentials_that_the_data_key_does_not_open_are_503() {
    let provider = Provider::always(valid()).await;
    let settings =
        "api_key: null\n    validation: { method: introspection, client_id: gateway, client_secret: secret }";
    let tollgate = tollgate_with(&provider, settings, "").await;
    let secret = "authorizer.introspection.method.introspection.client_secret";
    let damaged = AttributeValue::S("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".into());
    Database::of(&tollgate).set(Table::Services, "spkey#tpx1", secret, damaged).await;
    get(&tollgate, "/travel").await.is(503);
    assert_eq!(provider.questions().len(), 0);
}

fn key_item() -> String {
    format!("key#{}", Digest::of(KEY.as_bytes()).to_key())
}
