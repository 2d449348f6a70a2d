//! What the template lets the function do: what its binary does on every sample event, for grants of every kind and for
//! guesses at secrets, and nothing else.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Counted, TableCall, Template, Tollgate};

const BINARY: &str = env!("CARGO_BIN_EXE_authorize");

#[tokio::test]
async fn may_ask_the_tables_what_it_asks_and_nothing_else() {
    let mut done = tests::replay("authorize", BINARY).await.calls;
    done.extend(guesses().await);
    done.extend(another_password().await);
    done.extend(one_token_at_a_time().await);
    Template::read().allows_exactly("AuthorizeFunction", &done);
}

/// A new password, which ends what was granted.
async fn another_password() -> BTreeSet<TableCall> {
    let tollgate = Tollgate::demo().await;
    let mut counted = Counted::start(&tollgate, BINARY, &[]).await;
    counted.answer(&tests::posting(("authorize", "http2_password_wrong"), None, PASSWORDS), 303).await;
    counted.proxy.calls()
}

#[test]
fn of_a_user_it_may_change_the_password_and_what_guards_that_write_alone() {
    let template = Template::read();
    let is_of_users = |statement: &&Value| {
        statement["Action"] == json!(["dynamodb:UpdateItem"]) && statement["Resource"]["Fn::GetAtt"] == "UsersTable.Arn"
    };
    let conditions: Vec<Value> = template
        .statements("AuthorizeFunction")
        .into_iter()
        .filter(is_of_users)
        .map(|statement| statement["Condition"].clone())
        .collect();
    let attributes = ["username", "password", "revocation_due", "revision", "attempt"];
    let expected = json!({
        "ForAllValues:StringEquals": { "dynamodb:Attributes": attributes },
        "StringEqualsIfExists": { "dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"] },
    });
    assert_eq!(conditions, [expected]);
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

/// The form of the demo's session, with its user's password.
const PASSWORDS: &str =
    "csrf=F5uz3iaYEAHFI2IA0BG_X_aB-hbcLqSl62zpRfQDRZE&current=wonderland&new=looking-glass&again=looking-glass";

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
