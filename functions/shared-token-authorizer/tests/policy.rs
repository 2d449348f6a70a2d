//! What the template lets the function do: what its binary does on every sample event and on the first one of a
//! process, and nothing else.

use std::collections::BTreeSet;

use tests::{Counted, TableCall, Template, Tollgate};

const BINARY: &str = env!("CARGO_BIN_EXE_shared-token-authorizer");

#[tokio::test]
async fn may_ask_the_tables_what_it_asks_and_nothing_else() {
    let mut done = tests::replay("shared-token-authorizer", BINARY).await.calls;
    done.extend(first_call().await);
    Template::read().allows_exactly("SharedTokenAuthorizerFunction", &done);
}

/// A token of another service, before that service and the client have been read.
async fn first_call() -> BTreeSet<TableCall> {
    let tollgate = Tollgate::demo().await;
    let mut counted = Counted::start(&tollgate, BINARY, &[]).await;
    let event = tests::sample("shared-token-authorizer", "rest_shared_token_allowed");
    assert_eq!(counted.function.answer(&event).await["principalId"], "shop");
    counted.proxy.calls()
}
