//! What the template lets the function do: what its binary does on every sample event, for grants of every kind and for
//! guesses at secrets, and nothing else.

use std::collections::BTreeSet;

use tests::{CountingProxy, Function, TableCall, Template, Tollgate};

const BINARY: &str = env!("CARGO_BIN_EXE_authorize");

#[tokio::test]
async fn may_ask_the_tables_what_it_asks_and_nothing_else() {
    let mut done = tests::replay("authorize", BINARY).await.calls;
    done.extend(guesses().await);
    Template::read().allows_exactly("AuthorizeFunction", &done);
}

/// More wrong passwords than are allowed.
async fn guesses() -> BTreeSet<TableCall> {
    let tollgate = Tollgate::demo().await;
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let mut function = Function::start(BINARY, proxy.address, &[("ISSUER", "https://id.example.com")]).await;
    let event = tests::sample("authorize", "http2_log_in_wrong_password");
    for status in [[403; 10].as_slice(), &[429]].concat() {
        let answer = function.answer(&event).await;
        assert_eq!(answer["statusCode"], status, "{answer}");
    }
    proxy.calls()
}
