//! Requests of authorizations.

use std::{fs, path::Path};

use aws_sdk_dynamodb::types::AttributeValue;
use shared::store::Table;

use super::{event_explained, file_explained, json, set, tables, tells};
use crate::running::{Dev, folder};

#[tokio::test]
async fn every_authorization_event_is_explained_as_the_function_answers_and_leaves_no_trace() {
    let dev = Dev::start(&[]).await;
    let before = tables(&dev).await;
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
        let printed = event_explained(&dev, "authorize", case).await;
        tells(&printed, &[("caller sees", &answer["statusCode"].to_string())]);
        seen += 1;
    }
    assert!(seen > 40, "{seen} events: are they still where they were?");
    assert_eq!(tables(&dev).await, before, "nobody logged in and nothing was allowed");
}

#[tokio::test]
async fn an_authorization_is_explained_with_its_way_and_its_owner() {
    let dev = Dev::start(&[]).await;
    tells(
        &event_explained(&dev, "authorize", "http2_consent_allow.json").await,
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
        &event_explained(&dev, "authorize", "http2_consent_session_ended.json").await,
        &[("logged in", "no: the cookie stands for no session"), ("next", "the login page"), ("page", "Sign in")],
    );
    tells(
        &event_explained(&dev, "authorize", "http2_consent_deny.json").await,
        &[("says", "no"), ("reason", "access_denied")],
    );
}

#[tokio::test]
async fn an_authorization_for_several_services_is_explained_service_by_service() {
    let dev = Dev::start(&[]).await;
    let both = ["942yzkggypg5dq6c4ucfv3ed", "t4wq8nrb2x6mzc9vkhp3ydsf"];
    let services = AttributeValue::L(both.map(|spkey| AttributeValue::S(spkey.into())).into());
    set(&dev, Table::Clients, "client#shop", "services", services).await;
    let text = fs::read_to_string(PAGE).unwrap();
    let axways =
        text.replace("/oauth2/consent", "/api/oauth/authorize").replace("&scope=orders.write&prompt=consent", "");
    let file = folder("explain-several").join("event.json");
    fs::write(&file, &axways).unwrap();
    tells(
        &file_explained(&dev, &file).await,
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
        &file_explained(&dev, &file).await,
        &[("may be made", "no: name the service the token is for with resource"), ("reason", "invalid_target")],
    );
}

#[tokio::test]
async fn a_refusal_by_a_safer_default_names_its_switch_to_the_operator_alone() {
    let dev = Dev::start(&[]).await;
    for (case, switch) in [("http2_no_challenge.json", "pkce: required"), ("http2_implicit_is_off.json", "grant_types")]
    {
        let printed = event_explained(&dev, "authorize", case).await;
        let message = printed.lines().find(|line| line.trim().starts_with("message")).unwrap_or_default();
        assert!(message.contains(switch), "{printed}");
        tells(&printed, &[("caller sees", "303"), ("location", "http://127.0.0.1/callback with error, ")]);
        let answer = json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/answers/authorize").join(case));
        assert!(!answer.to_string().contains(switch), "{answer}");
    }
    tells(
        &event_explained(&dev, "authorize", "http2_unknown_redirect_uri.json").await,
        &[("answer goes to", "nowhere: the person sees a page"), ("reason", "invalid_redirect_uri"), ("page", "")],
    );
}

/// The page that asks for consent.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../events/authorize/http2_consent_page.json");
