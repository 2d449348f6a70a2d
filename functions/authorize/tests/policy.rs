//! What the template lets the function do: what its binary does on every sample event, for grants of every kind and for
//! guesses at secrets, and nothing else.

use std::collections::BTreeSet;

use tests::{Counted, TableCall, Template, Tollgate};

const BINARY: &str = env!("CARGO_BIN_EXE_authorize");

#[tokio::test]
async fn may_ask_the_tables_what_it_asks_and_nothing_else() {
    let mut done = tests::replay("authorize", BINARY).await.calls;
    done.extend(guesses().await);
    done.extend(one_token_at_a_time().await);
    Template::read().allows_exactly("AuthorizeFunction", &done);
}

/// A token in the place of an earlier one.
async fn one_token_at_a_time() -> BTreeSet<TableCall> {
    let tollgate = Tollgate::demo().await;
    tollgate.apply(CONFIGURATION).await;
    let mut counted = Counted::start(&tollgate, BINARY, &[]).await;
    let mut event = tests::sample("authorize", "http2_consent_known");
    event["rawQueryString"] = "response_type=token&client_id=alone".into();
    for _ in 0..2 {
        let answer = counted.answer(&event, 303).await;
        let to = answer["headers"]["location"].as_str().unwrap_or_default();
        assert!(to.starts_with("https://alone.example/cb#access_token="), "{answer}");
    }
    counted.proxy.calls()
}

/// More wrong passwords than are allowed.
async fn guesses() -> BTreeSet<TableCall> {
    let tollgate = Tollgate::demo().await;
    let mut counted = Counted::start(&tollgate, BINARY, &[]).await;
    let event = tests::sample("authorize", "http2_log_in_wrong_password");
    for status in [[403; 10].as_slice(), &[429]].concat() {
        counted.answer(&event, status).await;
    }
    counted.proxy.calls()
}

const CONFIGURATION: &str = "
services:
  - spkey: alone
    name: alone
    base_path: /alone
    backend: BACKEND/alone
    grant_types: [implicit]
    allow_multiple_tokens: false
    skip_consent: true
applications:
  - name: Alone
    clients:
      - client_id: alone
        token_endpoint_auth_method: none
        grant_types: [implicit]
        redirect_uris: [https://alone.example/cb]
        services: [alone]
";
