//! What the template lets the function do: what its binary does on every sample event and on the first one of a
//! process, and nothing else.

use std::collections::BTreeSet;

use tests::{CountingProxy, Function, TableCall, Template, Tollgate};

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
    let proxy = CountingProxy::before(tollgate.system.dynamodb).await;
    let mut function = Function::start(BINARY, proxy.address, &[]).await;
    let answer = function.answer(&tests::sample("shared-token-authorizer", "rest_shared_token_allowed")).await;
    assert_eq!(answer["principalId"], "shop");
    proxy.calls()
}
