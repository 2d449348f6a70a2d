//! `tollgate explain`.

use std::{collections::BTreeSet, fs, path::Path};

use aws_sdk_dynamodb::types::AttributeValue;
use cli::dev::demo;
use serde_json::Value;
use shared::{model::TokenKey, protocol::Secret, store::Table};
use tests::{Provider, Reply, secrets};

use crate::running::{Dev, complaint, folder, tollgate_told};

/// What the command prints about a call whose credentials are these lines; they stand nowhere in it.
async fn explained(dev: &Dev, arguments: &[&str], input: &str) -> String {
    let output = tollgate_told(&[&["explain"], arguments].concat(), &dev.environment(), input).await;
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}");
    let given: Vec<&str> = input.lines().filter(|line| !line.is_empty()).collect();
    secrets::are_not_in(&[&secrets::DEMO[..], &given].concat(), &printed);
    printed
}

const EVENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/authorize");

/// Expects lines of a name and the beginning of its fact.
#[track_caller]
fn tells(printed: &str, facts: &[(&str, &str)]) {
    for (name, fact) in facts {
        let is_told =
            |line: &str| line.trim().strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(fact));
        assert!(printed.lines().any(is_told), "{name}: {fact} is missing in\n{printed}");
    }
}

async fn set(dev: &Dev, table: Table, id: &str, name: &str, value: AttributeValue) {
    let update = tests::dynamodb(dev.dynamodb()).update_item().table_name(table.default_name());
    let update = update.key(table.key(), AttributeValue::S(id.to_owned())).update_expression("SET #name = :value");
    let update = update.expression_attribute_names("#name", name).expression_attribute_values(":value", value);
    update.send().await.expect("the item is there");
}

#[tokio::test]
async fn a_valid_token_is_told_with_its_origin_and_its_way() {
    let dev = Dev::start(&[]).await;
    let printed = explained(&dev, &["--service", "invoices", "--path", "/7"], demo::TOKEN).await;
    tells(
        &printed,
        &[
            ("request", "GET /7"),
            ("called", "invoices (t4wq8nrb2x6mzc9vkhp3ydsf), named by the stage variable spkey"),
            ("tokens of", "orders (942yzkggypg5dq6c4ucfv3ed), on, by shared_token_spkey"),
            ("issued", "1970-01-01T00:00:00Z by client_credentials"),
            ("client", "shop of the application Shop"),
            ("ends", "2100-01-01T00:00:00Z"),
            ("allowed on orders", "yes"),
            ("allowed on invoices", "no; not asked for"),
            ("X-Tollgate-Oauth-Client-Id", "client-id = \"shop\""),
            ("decision", "allowed"),
            ("caller sees", "the answer of http://"),
        ],
    );
}

#[tokio::test]
async fn an_expired_token_is_told_with_its_end_and_the_callers_401() {
    let dev = Dev::start(&[]).await;
    let printed = explained(&dev, &["--service", "orders", "--path", "/42"], demo::EXPIRED_TOKEN).await;
    tells(
        &printed,
        &[
            ("ends", "2001-09-09T01:46:40Z"),
            ("state", "expired "),
            ("reason", "token_expired"),
            ("caller sees", "401, gateway response UNAUTHORIZED"),
            ("WWW-Authenticate", "Bearer realm=\"orders\""),
            ("what to do", "the caller gets a new token"),
        ],
    );
}

#[tokio::test]
async fn a_revoked_token_is_told_with_the_moment() {
    let dev = Dev::start(&[]).await;
    let TokenKey::Grant(key) = TokenKey::of(&Secret::new(demo::TOKEN.into())) else { panic!("an opaque token") };
    set(&dev, Table::Tokens, key.as_str(), "revoked_at", AttributeValue::N("1700000000".into())).await;
    let printed = explained(&dev, &["--service", "orders"], demo::TOKEN).await;
    tells(&printed, &[("state", "revoked at 2023-11-14T22:13:20Z"), ("reason", "token_revoked")]);
}

#[tokio::test]
async fn an_unknown_token_and_no_token_are_told_apart() {
    let dev = Dev::start(&[]).await;
    let unknown = "tga_demo-token-that-nobody-was-ever-given-for-refusals-0000000000000";
    let printed = explained(&dev, &["--service", "orders"], unknown).await;
    tells(&printed, &[("grant", "none in the store"), ("reason", "unknown_token")]);
    let printed = explained(&dev, &["--service", "orders"], "a-provider's-token").await;
    tells(&printed, &[("credentials", "Authorization: Bearer, and what follows is no token"), ("reason", "no_token")]);
    let printed = explained(&dev, &["--service", "orders"], "").await;
    tells(&printed, &[("credentials", "no Authorization header"), ("reason", "no_token"), ("caller sees", "401")]);
}

#[tokio::test]
async fn a_switched_off_client_is_told() {
    let dev = Dev::start(&[]).await;
    set(&dev, Table::Clients, "client#shop", "application_enabled", AttributeValue::Bool(false)).await;
    let printed = explained(&dev, &["--service", "orders"], demo::TOKEN).await;
    tells(&printed, &[("application", "Shop: switched off"), ("reason", "client_disabled"), ("what to do", "switch")]);
}

#[tokio::test]
async fn a_missing_scope_is_named_with_its_rule_and_the_callers_403() {
    let dev = Dev::start(&[]).await;
    let call = ["--service", "orders", "--method", "POST", "--path", "/42"];
    let printed = explained(&dev, &call, demo::READ_ONLY_TOKEN).await;
    tells(
        &printed,
        &[
            ("scope", "orders.read"),
            ("rules", "1 of 2 match POST /42"),
            ("POST /**", "needs one of orders.write: the token lacks orders.write"),
            ("decision", "refused"),
            ("reason", "insufficient_scope"),
            ("caller sees", "403, gateway response ACCESS_DENIED"),
            ("WWW-Authenticate", "Bearer realm=\"orders\", error=\"insufficient_scope\", scope=\"orders.write\""),
            ("body", "{\"error\":\"insufficient_scope\""),
        ],
    );
}

#[tokio::test]
async fn a_token_of_another_service_and_a_missing_identity_source_are_told() {
    let file = folder("explain").join("tollgate.yaml");
    fs::write(&file, TWO_SERVICES).unwrap();
    let dev = Dev::start(&["--config", file.to_str().unwrap()]).await;
    let answer = dev.token(("shop", "tgs_generated-secret-of-the-shop")).await.is(200);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let printed = explained(&dev, &["--service", "stock"], &token).await;
    tells(&printed, &[("for services", "ord1"), ("reason", "wrong_service")]);
    let printed = explained(&dev, &["--service", "stock"], "").await;
    tells(
        &printed,
        &[("verdicts kept", "up to 60 seconds"), ("authorizer asked", "no: an identity source is missing")],
    );
}

#[tokio::test]
async fn the_call_to_a_provider_is_told_with_each_header() {
    let dev = Dev::start(&[]).await;
    let call = ["--service", "travel", "--path", "/trips", "--header", "HTTP-REQUEST-REGION-KEY: FR"];
    let printed = explained(&dev, &call, "travel-valid\ndemo-key-of-the-shop-web-app").await;
    tells(
        &printed,
        &[
            ("query parameter api_key", "sent"),
            ("found", "\"web\" of the application Shop"),
            ("region", "FR, by HTTP-REQUEST-REGION-KEY"),
            ("endpoint", "regionCodeValue FR"),
            ("answered", "200, application/xml, 67 bytes"),
            ("document", "XML with user, uid, email"),
            ("X-User-Email", "//email: injected, sent as \"jason@boutique.example\""),
            ("X-User-Id", "no expression in this group: unset, sent as \"-\""),
            ("decision", "allowed"),
        ],
    );
    let call = ["--service", "travel", "--header", "HTTP-REQUEST-REGION-KEY: SE"];
    let printed = explained(&dev, &call, "travel-valid\ndemo-key-of-the-shop-web-app").await;
    tells(
        &printed,
        &[
            ("region", "HTTP-REQUEST-REGION-KEY says \"SE\", which regionCodeValue does not list: the default counts"),
            ("document", "JSON with uid (text), email (text), lastName (text), active (boolean)"),
        ],
    );
}

#[tokio::test]
async fn a_provider_that_refuses_and_one_that_is_out_of_order_are_told_apart() {
    let dev = Dev::start(&[]).await;
    let key = demo::API_KEY;
    let printed = explained(&dev, &["--service", "travel"], &format!("travel-inactive\n{key}")).await;
    tells(
        &printed,
        &[
            ("answered", "200, application/json"),
            ("document", "JSON with active (boolean)"),
            ("reason", "token_inactive"),
            ("caller sees", "401, gateway response ACCESS_DENIED"),
            ("body", "{\"error\":\"TokenValidationFails\""),
        ],
    );
    let printed = explained(&dev, &["--service", "travel"], &format!("travel-failing\n{key}")).await;
    tells(&printed, &[("answered", "500, text/plain"), ("reason", "provider_failure")]);
    let printed = explained(&dev, &["--service", "travel"], "travel-valid\nanother-key").await;
    tells(&printed, &[("found", "no"), ("asked", "no: refused before"), ("reason", "api_key_unknown")]);
}

#[tokio::test]
async fn a_provider_that_hangs_and_a_value_that_holds_the_token_are_told_without_it() {
    let provider = Provider::start(|question| match &*question.token() {
        "hanging-token" => Reply::Hang,
        token => Reply::json(format!("{{\"uid\": \"u-1\", \"echo\": \"<{token}>\", \"{token}\": 1}}")),
    });
    let provider = provider.await;
    let file = folder("explain-provider").join("tollgate.yaml");
    fs::write(&file, THIRD_PARTY.replace("PROVIDER", &provider.address.to_string())).unwrap();
    let dev = Dev::start(&["--config", file.to_str().unwrap()]).await;
    let printed = explained(&dev, &["--service", "travel"], "hanging-token").await;
    tells(&printed, &[("answered", "no: time over before an answer began"), ("reason", "provider_failure")]);
    assert!(!printed.contains("of-the-gateway"), "the provider's query: {printed}");
    let printed = explained(&dev, &["--service", "travel"], "the-token-that-is-echoed").await;
    tells(
        &printed,
        &[
            ("document", "JSON with uid (text), echo (text), [hidden] (number)"),
            ("X-Echo", "$.echo: injected, sent as \"<[hidden]>\""),
            ("X-User-Email", "$.email: no match, sent as \"-\""),
        ],
    );
}

#[tokio::test]
async fn a_token_that_is_a_common_word_eats_no_words_of_the_report() {
    let dev = Dev::start(&[]).await;
    let call = ["explain", "--service", "travel", "--path", "/default", "--header", "HTTP-REQUEST-REGION-KEY: default"];
    let output = tollgate_told(&call, &dev.environment(), &format!("default\n{}", demo::API_KEY)).await;
    let printed = String::from_utf8_lossy(&output.stdout);
    tells(
        &printed,
        &[
            ("request", "GET /[hidden]"),
            (
                "region",
                "HTTP-REQUEST-REGION-KEY says \"[hidden]\", which regionCodeValue does not list: the default counts",
            ),
            ("endpoint", "defaultURI"),
            ("called", "travel (tpx1)"),
        ],
    );
    secrets::are_not_in(&[demo::API_KEY], &printed);
}

#[tokio::test]
async fn every_sample_event_is_explained_as_its_function_answers() {
    let dev = Dev::start(&[]).await;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seen = 0;
    // TOKEN events name no service, so the function's own setting does.
    for (function, spkey) in
        [("shared-token-authorizer", "942yzkggypg5dq6c4ucfv3ed"), ("introspection-authorizer", demo::TRAVEL_SPKEY)]
    {
        let environment = [dev.environment(), vec![("SPKEY".into(), spkey.into())]].concat();
        for entry in fs::read_dir(repository.join("events").join(function)).unwrap() {
            let file = entry.unwrap().path();
            let case = file.file_stem().unwrap().to_string_lossy().into_owned();
            // This one is about an API that has the wrong authorizer attached; the command asks the right one.
            if case == "rest_other_authorizers_spkey" {
                continue;
            }
            let arguments = ["explain", "--json", "--request", file.to_str().unwrap()];
            let output = tollgate_told(&arguments, &environment, "").await;
            let printed = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{case}: {output:?}");
            secrets::are_not_in(&secrets::DEMO, &printed);
            let answer = json(&repository.join("tests/answers").join(function).join(file.file_name().unwrap()));
            assert_eq!(decision(&printed), expected(&json(&file), &answer), "{case}: {printed}");
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen} events: are they still where they were?");
}

#[tokio::test]
async fn every_token_request_is_explained_as_the_function_answers_and_none_is_served() {
    let dev = Dev::start(&[]).await;
    let before = secrets::tables(dev.dynamodb()).await;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seen = 0;
    for entry in fs::read_dir(repository.join("events/token")).unwrap() {
        let file = entry.unwrap().path();
        let answer = json(&repository.join("tests/answers/token").join(file.file_name().unwrap()));
        let output =
            tollgate_told(&["explain", "--json", "--request", file.to_str().unwrap()], &dev.environment(), "").await;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{file:?}: {output:?}");
        secrets::are_not_in(&secrets::DEMO, &printed);
        let expected = if answer["statusCode"] == 200 { "issued" } else { "refused" };
        assert_eq!(decision(&printed), expected, "{file:?}: {printed}");
        assert!(printed.contains(&format!("\"{}\"", answer["statusCode"])), "{file:?}: {printed}");
        seen += 1;
    }
    assert!(seen > 30, "{seen} events: are they still where they were?");
    let sorted = |dump: String| dump.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(sorted(secrets::tables(dev.dynamodb()).await), sorted(before), "nothing is issued and no guess counted");
}

#[tokio::test]
async fn a_token_request_is_explained_with_its_client_and_its_services() {
    let dev = Dev::start(&[]).await;
    let explain = async |case: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/token").join(case);
        explained(&dev, &["--request", file.to_str().unwrap()], "").await
    };
    tells(
        &explain("http2_wrong_secret.json").await,
        &[
            ("request", "POST /oauth2/token"),
            ("Authorization", "Basic"),
            ("grant_type", "\"client_credentials\""),
            ("application", "Shop: on"),
            ("secrets", "1 kept, 1 not over"),
            ("orders (942yzkggypg5dq6c4ucfv3ed)", "on; gives tokens by authorization_code, client_credentials"),
            ("reason", "invalid_client"),
            ("message", "wrong secret"),
            ("caller sees", "401"),
            ("body", "{\"error\":\"invalid_client\""),
        ],
    );
    tells(
        &explain("http2_invalid_scope.json").await,
        &[
            ("may ask for", "orders orders.read orders.write"),
            ("reason", "invalid_scope"),
            ("what to do", "the caller asks"),
        ],
    );
    tells(
        &explain("http2_password_is_off.json").await,
        &[
            ("reason", "unauthorized_client"),
            ("message", "grant_types of the client shop does not list password: it is off until both"),
        ],
    );
    tells(
        &explain("http2_client_credentials.json").await,
        &[("scope", "orders.read orders.write"), ("issued", "nothing: this is a rehearsal"), ("caller sees", "200")],
    );
    tells(&explain("http2_unknown_client.json").await, &[("known", "no"), ("message", "unknown client")]);
}

/// What the command prints about an event of the function `authorize`, in the environment of that function.
async fn authorization_explained(dev: &Dev, case: &str) -> String {
    let file = Path::new(EVENTS).join(case);
    let environment = [dev.environment(), vec![("ISSUER".into(), "https://id.example.com".into())]].concat();
    let output =
        tollgate_told(&["explain", "--request", file.to_str().expect("the path is text")], &environment, "").await;
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{case}: {printed}");
    secrets::are_not_in(&secrets::DEMO, &printed);
    secrets::are_not_in(&["tgc_", "tga_", demo::SESSION], &printed);
    printed
}

#[tokio::test]
async fn every_authorization_event_is_explained_as_the_function_answers_and_leaves_no_trace() {
    let dev = Dev::start(&[]).await;
    let before = secrets::tables(dev.dynamodb()).await;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seen = 0;
    for entry in fs::read_dir(repository.join("events/authorize")).unwrap() {
        let file = entry.unwrap().path();
        let case = file.file_name().unwrap().to_str().unwrap();
        // What it takes back was allowed by the events before it.
        if case == "http2_revoke.json" {
            continue;
        }
        let answer = json(&repository.join("tests/answers/authorize").join(case));
        let printed = authorization_explained(&dev, case).await;
        tells(&printed, &[("caller sees", &answer["statusCode"].to_string())]);
        seen += 1;
    }
    assert!(seen > 40, "{seen} events: are they still where they were?");
    let sorted = |dump: String| dump.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(
        sorted(secrets::tables(dev.dynamodb()).await),
        sorted(before),
        "nobody logged in and nothing was allowed"
    );
}

#[tokio::test]
async fn an_authorization_is_explained_with_its_way_and_its_owner() {
    let dev = Dev::start(&[]).await;
    tells(
        &authorization_explained(&dev, "http2_consent_allow.json").await,
        &[
            ("request", "POST /oauth2/consent"),
            ("redirect URIs", "http://127.0.0.1/callback"),
            ("orders (942yzkggypg5dq6c4ucfv3ed)", "on; gives tokens by authorization_code, client_credentials"),
            ("answer goes to", "http://127.0.0.1/callback"),
            ("code challenge", "yes, S256"),
            ("logged in", "alice since "),
            ("session counts", "yes"),
            ("has not agreed to", "orders.read orders.write"),
            ("next", "the page that asks for consent"),
            ("says", "yes, to what the page would show now"),
            ("decision", "authorized"),
            ("location", "http://127.0.0.1/callback with code, state, iss"),
            ("issued", "nothing: this is a rehearsal, the same request gets a code"),
        ],
    );
    tells(
        &authorization_explained(&dev, "http2_consent_session_ended.json").await,
        &[("logged in", "no: the cookie stands for no session"), ("next", "the login page"), ("page", "Sign in")],
    );
    tells(
        &authorization_explained(&dev, "http2_consent_deny.json").await,
        &[("says", "no"), ("reason", "access_denied")],
    );
}

#[tokio::test]
async fn an_authorization_for_several_services_is_explained_service_by_service() {
    let dev = Dev::start(&[]).await;
    let both = ["942yzkggypg5dq6c4ucfv3ed", "t4wq8nrb2x6mzc9vkhp3ydsf"];
    let services = AttributeValue::L(both.map(|spkey| AttributeValue::S(spkey.into())).into());
    set(&dev, Table::Clients, "client#shop", "services", services).await;
    let text = fs::read_to_string(Path::new(EVENTS).join("http2_consent_page.json")).unwrap();
    let axways =
        text.replace("/oauth2/consent", "/api/oauth/authorize").replace("&scope=orders.write&prompt=consent", "");
    let file = folder("explain-several").join("event.json");
    fs::write(&file, &axways).unwrap();
    tells(
        &authorization_explained(&dev, file.to_str().unwrap()).await,
        &[
            ("for service", "orders (942yzkggypg5dq6c4ucfv3ed), invoices (t4wq8nrb2x6mzc9vkhp3ydsf)"),
            ("scope", "orders.read orders.write"),
            ("has agreed to", "orders: nothing; invoices: nothing"),
            ("has not agreed to", "orders: orders.read orders.write; invoices: nothing"),
            ("next", "the page that asks for consent"),
            ("location", "/oauth2/consent with response_type, client_id, state, code_challenge"),
        ],
    );
    fs::write(&file, axways.replace("/api/oauth/", "/oauth2/")).unwrap();
    tells(
        &authorization_explained(&dev, file.to_str().unwrap()).await,
        &[("may be made", "no: name the service the token is for with resource"), ("reason", "invalid_target")],
    );
}

#[tokio::test]
async fn a_refusal_by_a_safer_default_names_its_switch_to_the_operator_alone() {
    let dev = Dev::start(&[]).await;
    for (case, switch) in [("http2_no_challenge.json", "pkce: required"), ("http2_implicit_is_off.json", "grant_types")]
    {
        let printed = authorization_explained(&dev, case).await;
        let message = printed.lines().find(|line| line.trim().starts_with("message")).unwrap_or_default();
        assert!(message.contains(switch), "{printed}");
        tells(&printed, &[("caller sees", "303"), ("location", "http://127.0.0.1/callback with error, ")]);
        let answer = json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/answers/authorize").join(case));
        assert!(!answer.to_string().contains(switch), "{answer}");
    }
    tells(
        &authorization_explained(&dev, "http2_unknown_redirect_uri.json").await,
        &[("answer goes to", "nowhere: the person sees a page"), ("reason", "invalid_redirect_uri"), ("page", "")],
    );
}

fn json(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).expect("the file is there")).expect("the file is JSON")
}

/// The decision in a report.
fn decision(printed: &str) -> String {
    let report: Value = serde_json::from_str(printed).expect("the report is JSON");
    let facts = list(&report["steps"]).iter().flat_map(|step| list(&step["facts"]));
    let decisions: Vec<&Value> = facts.filter(|fact| fact["name"] == "decision").collect();
    assert_eq!(decisions.len(), 1, "{printed}");
    decisions[0]["fact"].as_str().unwrap_or_default().to_owned()
}

/// What a function's answer says about the very call of an event.
fn expected(event: &Value, answer: &Value) -> &'static str {
    let arn = if event["methodArn"].is_null() { &event["routeArn"] } else { &event["methodArn"] };
    let statements = list(&answer["policyDocument"]["Statement"]);
    let shuts_it = |deny: &Value| statements.len() == 1 || list(&deny["Resource"]).contains(arn);
    let is_shut = statements.iter().any(|statement| statement["Effect"] == "Deny" && shuts_it(statement));
    match (answer["errorType"].as_str(), answer["isAuthorized"].as_bool()) {
        (Some("Unauthorized"), _) | (None, Some(false)) => "refused",
        (Some(_), _) => "failed",
        (None, None) if is_shut => "refused",
        (None, _) => "allowed",
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[tokio::test]
async fn what_cannot_be_explained_says_why() {
    let said = complaint(&["explain", "--service", "orders"], &[]).await;
    assert!(said.contains("AWS_REGION") && said.contains("`tollgate dev`"), "{said}");
    let dev = Dev::start(&[]).await;
    let said = complaint(&["explain", "--service", "order"], &dev.environment()).await;
    assert!(said.contains("\"order\"") && said.contains("orders, invoices, travel"), "{said}");
    let said = complaint(&["explain", "--request", "nowhere.json"], &dev.environment()).await;
    assert!(said.contains("nowhere.json"), "{said}");
    let file = folder("explain-nothing").join("event.json");
    fs::write(&file, r#"{"type": "REQUEST"}"#).unwrap();
    let said = complaint(&["explain", "--request", file.to_str().unwrap()], &dev.environment()).await;
    assert!(said.contains("neither methodArn nor routeArn"), "{said}");
}

const TWO_SERVICES: &str = "
services:
  - { spkey: ord1, name: orders, base_path: /orders, backend: http://127.0.0.1:1 }
  - { spkey: sto1, name: stock, base_path: /stock, backend: http://127.0.0.1:1, authorizer_ttl: 60, forward_authorization: true }
applications:
  - name: Shop
    clients:
      - client_id: shop
        client_secret: tgs_generated-secret-of-the-shop
        client_secret_generated: true
        grant_types: [client_credentials]
        services: [orders]
";

const THIRD_PARTY: &str = "
services:
  - spkey: tpx1
    name: travel
    base_path: /travel
    backend: http://127.0.0.1:1
    authorizer: introspection
    api_key: null
    validation: { timeout_ms: 300 }
    pre_inputs: |
      token_validation_uri: { defaultURI: http://PROVIDER/check?key=of-the-gateway }
      inject_headers: {\"default\":{\"X-Echo\":\"$.echo\",\"X-User-Email\":\"$.email\"}}
";
