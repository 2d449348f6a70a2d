//! What the template lets the function do: what its binary does on every sample event, and nothing else.

use tests::Template;

#[tokio::test]
async fn may_ask_the_tables_what_it_asks_and_nothing_else() {
    let replayed = tests::replay("introspection-authorizer", env!("CARGO_BIN_EXE_introspection-authorizer")).await;
    Template::read().allows_exactly("IntrospectionAuthorizerFunction", &replayed.calls);
}
