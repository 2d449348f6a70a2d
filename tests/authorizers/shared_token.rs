//! OAuth2 Shared Token Connector: whose tokens open what, and what the backend learns of them.

use aws_sdk_dynamodb::types::AttributeValue;
use shared::{
    model::configuration::{self, Values},
    store::Table,
};
use tests::{Answer, CLIENT_ID, Tollgate};

use crate::{
    database::Database,
    shop::{CLIENT, client_of},
};

/// X issues tokens, Y takes X's, Z is another service.
const FILE: &str = concat!(
    r#"
services:
  - { spkey: x, name: orders, base_path: /x, backend: BACKEND/x, scopes: [{ name: read, default: true }] }
  - { spkey: "y", name: invoices, base_path: /y, backend: BACKEND/y, shared_token_spkey: x }
  - { spkey: z, name: payments, base_path: /z, backend: BACKEND/z }
"#,
    client_of!("orders, invoices, payments")
);

const CLIENT_ITEM: &str = "client#s6BhdRkqt3";
const Y: &str = "shared_token_spkey: x";

async fn tollgate() -> Tollgate {
    Tollgate::with(FILE).await
}

/// With other members of Y.
async fn tollgate_with(members: &str) -> Tollgate {
    Tollgate::with(&FILE.replace(Y, members)).await
}

async fn token(tollgate: &Tollgate, spkey: &str) -> String {
    tollgate.access_token(CLIENT, &format!("resource=urn:tollgate:service:{spkey}")).await
}

async fn get(tollgate: &Tollgate, path: &str, token: &str) -> Answer {
    tollgate.call("GET", path).bearer(token).send().await
}

#[tokio::test]
async fn z12_a_token_for_x_opens_x_and_y_and_no_other_service() {
    let tollgate = tollgate().await;
    let token = token(&tollgate, "x").await;
    get(&tollgate, "/x/1", &token).await.is(200).says("path", "/backend/x/1");
    get(&tollgate, "/y/1", &token).await.is(200).says("path", "/backend/y/1");
    get(&tollgate, "/z/1", &token).await.is(401);
}

#[tokio::test]
async fn z12_sharing_is_one_way_and_leaves_y_no_tokens_of_its_own() {
    let tollgate = tollgate().await;
    let token = token(&tollgate, "y").await;
    get(&tollgate, "/x/1", &token).await.is(401);
    get(&tollgate, "/y/1", &token).await.is(401);
}

#[tokio::test]
async fn z12_sharing_does_not_pass_through_a_third_service() {
    let chained = FILE.replace("backend: BACKEND/z }", "backend: BACKEND/z, shared_token_spkey: \"y\" }");
    let tollgate = Tollgate::with(&chained).await;
    let token = token(&tollgate, "x").await;
    get(&tollgate, "/y/1", &token).await.is(200);
    get(&tollgate, "/z/1", &token).await.is(401);
}

#[tokio::test]
async fn accept_own_tokens_takes_those_of_both() {
    let tollgate = tollgate_with("shared_token_spkey: x, accept_own_tokens: true").await;
    for (spkey, status) in [("x", 200), ("y", 200), ("z", 401)] {
        let token = token(&tollgate, spkey).await;
        get(&tollgate, "/y/1", &token).await.is(status);
    }
}

#[tokio::test]
async fn an_empty_shared_token_spkey_is_none() {
    let tollgate = tollgate_with("pre_inputs: \"shared_token_spkey:\"").await;
    for (spkey, status) in [("x", 401), ("y", 200)] {
        let token = token(&tollgate, spkey).await;
        get(&tollgate, "/y/1", &token).await.is(status);
    }
}

#[test]
fn the_services_own_spkey_is_refused_when_saved() {
    let file = FILE.replace(Y, "shared_token_spkey: \"y\"").replace("BACKEND", "http://127.0.0.1:9");
    let report = configuration::parse("test.yaml", &file, &Nothing).unwrap_err().to_string();
    assert!(report.contains("the service's own spkey"), "{report}");
}

#[tokio::test]
async fn the_services_own_spkey_at_run_time_means_its_own_tokens() {
    let tollgate = tollgate().await;
    share_from(&tollgate, "y").await;
    let (own, other) = (token(&tollgate, "y").await, token(&tollgate, "x").await);
    get(&tollgate, "/y/1", &own).await.is(200);
    get(&tollgate, "/y/1", &other).await.is(401);
}

#[tokio::test]
async fn a_shared_token_spkey_that_cannot_be_used_at_run_time_is_503_and_never_lets_anyone_in() {
    let third_party = "  - { spkey: tpx1, name: travel, base_path: /travel, backend: BACKEND/travel, \
                       authorizer: introspection, token_validation_uri: { defaultURI: PROVIDER/any } }";
    let file = FILE.replace("applications:", &format!("{third_party}\napplications:"));
    let tollgate = Tollgate::with(&file).await;
    let (shared, own) = (token(&tollgate, "x").await, token(&tollgate, "y").await);
    for unusable in ["gone", "tpx1", "no spkey", ""] {
        share_from(&tollgate, unusable).await;
        for token in [&shared, &own] {
            get(&tollgate, "/y/1", token).await.is(503).says("error", "temporarily_unavailable");
        }
    }
}

#[tokio::test]
async fn a_definition_that_is_gone_or_damaged_is_503() {
    let tollgate = tollgate().await;
    let token = token(&tollgate, "x").await;
    let database = Database::of(&tollgate);
    database.remove(Table::Services, "spkey#y", "authorizer").await;
    get(&tollgate, "/y/1", &token).await.is(503);
    database.delete(Table::Services, "spkey#x").await;
    get(&tollgate, "/x/1", &token).await.is(503);
}

#[tokio::test]
async fn the_client_needs_only_x_unless_y_asks_for_itself() {
    for (members, status) in [(Y.to_owned(), 200), (format!("{Y}, require_client_on_service: true"), 401)] {
        let file = FILE.replace(Y, &members).replace("[orders, invoices, payments]", "[orders]");
        let tollgate = Tollgate::with(&file).await;
        let token = token(&tollgate, "x").await;
        get(&tollgate, "/y/1", &token).await.is(status);
    }
    let tollgate = tollgate_with(&format!("{Y}, require_client_on_service: true")).await;
    let token = token(&tollgate, "x").await;
    get(&tollgate, "/y/1", &token).await.is(200);
}

#[tokio::test]
async fn a_service_that_is_switched_off_takes_and_shares_no_tokens() {
    for (off, x, y) in [("spkey#x", 401, 401), ("spkey#y", 200, 401)] {
        let tollgate = tollgate().await;
        let token = token(&tollgate, "x").await;
        Database::of(&tollgate).set(Table::Services, off, "enabled", AttributeValue::Bool(false)).await;
        get(&tollgate, "/x/1", &token).await.is(x);
        get(&tollgate, "/y/1", &token).await.is(y);
    }
}

#[tokio::test]
async fn z2_a_client_that_is_switched_off_loses_its_tokens_with_it() {
    for switch in ["enabled", "application_enabled"] {
        let tollgate = tollgate().await;
        let token = token(&tollgate, "x").await;
        Database::of(&tollgate).set(Table::Clients, CLIENT_ITEM, switch, AttributeValue::Bool(false)).await;
        get(&tollgate, "/x/1", &token).await.is(401);
        get(&tollgate, "/y/1", &token).await.is(401);
    }
}

#[tokio::test]
async fn z12_a_client_that_is_taken_off_x_loses_y_too() {
    let tollgate = tollgate().await;
    let token = token(&tollgate, "x").await;
    let only_y = AttributeValue::L(vec![AttributeValue::S("y".into())]);
    let database = Database::of(&tollgate);
    database.set(Table::Clients, CLIENT_ITEM, "services", only_y).await;
    get(&tollgate, "/y/1", &token).await.is(401);
    database.delete(Table::Clients, CLIENT_ITEM).await;
    get(&tollgate, "/y/1", &token).await.is(401);
}

#[tokio::test]
async fn z1_without_credentials_the_challenge_names_no_error() {
    let tollgate = tollgate().await;
    let answer = tollgate.call("GET", "/y/1").send().await.is(401);
    answer.has("WWW-Authenticate", r#"Bearer realm="invoices""#);
}

#[tokio::test]
async fn z2_a_bad_token_is_401() {
    let tollgate = tollgate().await;
    let token = token(&tollgate, "x").await;
    let other = if token.as_bytes()[40] == b'A' { 'B' } else { 'A' };
    let damaged = format!("{}{other}{}", &token[..40], &token[41..]);
    let truncated = &token[..token.len() - 1];
    for bad in ["unrct8wsweny8h3b3kw39wab", &damaged, truncated, &"a".repeat(4000), "é", "a,b", "=", "a b"] {
        get(&tollgate, "/y/1", bad).await.is(401);
    }
    for scheme in ["Basic", "MAC", "DPoP", "BearerX"] {
        let call = tollgate.call("GET", "/y/1").header("Authorization", &format!("{scheme} {token}"));
        call.send().await.is(401);
    }
}

#[tokio::test]
async fn z8_a_token_ends_at_the_second_it_expires() {
    let tollgate = tollgate().await;
    let token = token(&tollgate, "x").await;
    tollgate.clock.advance(3599);
    get(&tollgate, "/y/1", &token).await.is(200);
    tollgate.clock.advance(1);
    get(&tollgate, "/y/1", &token).await.is(401);
}

#[tokio::test]
async fn z8_a_revoked_token_is_refused_at_once() {
    let tollgate = tollgate().await;
    let token = token(&tollgate, "x").await;
    get(&tollgate, "/y/1", &token).await.is(200);
    Database::of(&tollgate).revoke(&token).await;
    get(&tollgate, "/y/1", &token).await.is(401);
}

#[tokio::test]
async fn z4_a_token_in_the_query_is_refused_also_beside_the_header() {
    let tollgate = tollgate().await;
    let token = token(&tollgate, "x").await;
    let target = format!("/y/1?access_token={token}");
    tollgate.call("GET", &target).send().await.is(401);
    get(&tollgate, &target, &token).await.is(401);
    get(&tollgate, "/y/1?access%5Ftoken=", &token).await.is(401);
}

#[tokio::test]
async fn z4_the_scheme_is_case_insensitive() {
    let tollgate = tollgate().await;
    let token = token(&tollgate, "x").await;
    for scheme in ["bearer", "BEARER", "Bearer "] {
        let call = tollgate.call("GET", "/y/1").header("Authorization", &format!("{scheme} {token}"));
        call.send().await.is(200);
    }
}

#[tokio::test]
async fn z4_a_repeated_authorization_is_an_invalid_request() {
    let tollgate = tollgate().await;
    let token = token(&tollgate, "x").await;
    for (first, second) in [("Authorization", "Authorization"), ("authorization", "Authorization")] {
        for other in [format!("Bearer {token}"), "Basic YTpi".to_owned()] {
            let call = tollgate.call("GET", "/y/1").header(first, &format!("Bearer {token}"));
            let answer = call.header(second, &other).send().await.is(403).says("error", "invalid_request");
            answer.has("WWW-Authenticate", r#"Bearer realm="invoices", error="invalid_request""#);
        }
    }
}

#[tokio::test]
async fn z14_the_backend_does_not_see_authorization_however_clients_spell_it() {
    let tollgate = tollgate().await;
    let token = token(&tollgate, "x").await;
    for spelling in ["Authorization", "authorization"] {
        let call = tollgate.call("GET", "/y/1").header(spelling, &format!("Bearer {token}"));
        let answer = call.send().await.is(200);
        assert!(!answer.body.contains(&token), "{spelling}: {answer:#?}");
        assert!(answer.reached("authorization").is_some_and(|value| value.starts_with('-')), "{answer:#?}");
    }
    for spelling in ["AUTHORIZATION", "authorizatioN"] {
        let call = tollgate.call("GET", "/y/1").header(spelling, &format!("Bearer {token}"));
        call.send().await.is(403).says("error", "invalid_request");
        let beside = tollgate.call("GET", "/y/1").bearer(&token).header(spelling, "");
        beside.send().await.is(403).says("error", "invalid_request");
    }
}

#[tokio::test]
async fn z14_forward_authorization_hands_it_on_as_it_was_sent() {
    let tollgate = tollgate_with(&format!("{Y}, forward_authorization: true")).await;
    let token = token(&tollgate, "x").await;
    for spelling in ["Authorization", "authorization", "AUTHORIZATION"] {
        let call = tollgate.call("GET", "/y/1").header(spelling, &format!("bearer {token}"));
        let answer = call.send().await.is(200);
        assert_eq!(answer.reached("authorization"), Some(format!("bearer {token}")));
    }
}

#[tokio::test]
async fn forwarded_headers_tell_the_backend_of_the_token() {
    let all = "[access-token, client-id, scope, user-context]";
    for (members, prefix) in [("", "x-tollgate-oauth-"), (", mashery_header_names: true", "x-mashery-oauth-")] {
        let tollgate = tollgate_with(&format!("{Y}, forwarded_headers: {all}{members}")).await;
        let token = token(&tollgate, "x").await;
        let answer = get(&tollgate, "/y/1", &token).await.is(200);
        let reached = |name: &str| answer.reached(&format!("{prefix}{name}"));
        assert_eq!(reached("access-token"), Some(token));
        assert_eq!(reached("client-id").as_deref(), Some(CLIENT_ID));
        assert_eq!(reached("user-context").as_deref(), Some(CLIENT_ID));
        assert_eq!(reached("scope").as_deref(), Some("read"));
    }
}

#[tokio::test]
async fn only_y_says_what_is_forwarded_to_y() {
    let file = FILE.replace("backend: BACKEND/x,", "backend: BACKEND/x, forwarded_headers: [client-id],");
    let tollgate = Tollgate::with(&file).await;
    let token = token(&tollgate, "x").await;
    assert!(get(&tollgate, "/x/1", &token).await.is(200).reached("x-tollgate-oauth-client-id").is_some());
    assert!(get(&tollgate, "/y/1", &token).await.is(200).reached("x-tollgate-oauth-client-id").is_none());
}

#[tokio::test]
async fn z9_a_client_cannot_forge_a_forwarded_header() {
    let tollgate = tollgate_with(&format!("{Y}, forwarded_headers: [user-context]")).await;
    let token = token(&tollgate, "x").await;
    let forged = |name: &str| tollgate.call("GET", "/y/1").bearer(&token).header(name, "admin").send();
    let answer = forged("X-Tollgate-Oauth-User-Context").await.is(200);
    assert_eq!(answer.reached("x-tollgate-oauth-user-context").as_deref(), Some(CLIENT_ID));
    for other in ["x-tollgate-oauth-user-context", "X_Tollgate_Oauth_User_Context", "X-TOLLGATE-OAUTH-USER-CONTEXT"] {
        forged(other).await.is(403).says("error", "invalid_request");
    }
}

#[tokio::test]
async fn z9_a_token_without_a_scope_overwrites_the_header_all_the_same() {
    let file = FILE.replace(", scopes: [{ name: read, default: true }]", "");
    let tollgate = Tollgate::with(&file.replace(Y, &format!("{Y}, forwarded_headers: [scope]"))).await;
    let token = token(&tollgate, "x").await;
    let call = tollgate.call("GET", "/y/1").bearer(&token).header("X-Tollgate-Oauth-Scope", "admin");
    assert_eq!(call.send().await.is(200).reached("x-tollgate-oauth-scope").as_deref(), Some("-"));
}

#[tokio::test]
async fn z10_a_username_beyond_ascii_is_percent_encoded() {
    let tollgate = tollgate_with(&format!("{Y}, forwarded_headers: [user-context]")).await;
    for (number, (subject, header)) in [
        ("Zoë 100%", "Zo%C3%AB 100%25"),
        ("%C3%AB", "%25C3%25AB"),
        ("小明", "%E5%B0%8F%E6%98%8E"),
        (" alice ", "alice"),
        (" ", "-"),
    ]
    .iter()
    .enumerate()
    {
        let token = format!("tokenofauser{number}");
        Database::of(&tollgate).issue(&token, "x", subject, "a").await;
        let call = tollgate.call("GET", "/y/1").bearer(&token).header("X-Tollgate-Oauth-User-Context", "admin");
        let answer = call.send().await.is(200);
        assert_eq!(answer.reached("x-tollgate-oauth-user-context").as_deref(), Some(*header));
    }
}

#[tokio::test]
async fn z10_more_than_4_kib_of_forwarded_headers_is_refused() {
    let tollgate = tollgate_with(&format!("{Y}, forwarded_headers: [scope, client-id]")).await;
    let database = Database::of(&tollgate);
    for (length, status) in [(3_000, 200), (4_096, 403), (9 * 1024, 403)] {
        let token = format!("tokenwithscope{length}");
        database.issue(&token, "x", "alice", &"s".repeat(length)).await;
        get(&tollgate, "/y/1", &token).await.is(status);
    }
}

async fn share_from(tollgate: &Tollgate, spkey: &str) {
    let path = "authorizer.shared_token.tokens.issued_by.spkey";
    Database::of(tollgate).set(Table::Services, "spkey#y", path, AttributeValue::S(spkey.into())).await;
}

struct Nothing;

impl Values for Nothing {
    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _path: &str) -> Result<String, String> {
        Err("no files in tests".into())
    }
}
