//! What the template lets the function do: what its binary does on every sample event, for tokens of every kind and for
//! guesses at secrets, and nothing else.

use std::collections::BTreeSet;

use tests::{Counted, TableCall, Template, Tollgate, posting};

const BINARY: &str = env!("CARGO_BIN_EXE_token-status");

#[tokio::test]
async fn may_ask_the_tables_what_it_asks_and_nothing_else() {
    let mut done = tests::replay("token-status", BINARY).await.calls;
    done.extend(guesses_and_other_clients_tokens().await);
    Template::read().allows_exactly("TokenStatusFunction", &done);
}

/// A hand-picked secret, wrong and right, and a token of another client that has no room for an id, shown and revoked.
async fn guesses_and_other_clients_tokens() -> BTreeSet<TableCall> {
    let tollgate = Tollgate::with(CONFIGURATION).await;
    let token = tollgate.access_token(("shop", "picked by hand"), "").await;
    let mut counted = Counted::start(&tollgate, BINARY, &[]).await;
    let guesses = [("http2_introspect_active", GUARD, 200), ("http2_introspect_active", WRONG, 401)];
    let wrong = [("http2_introspect_active", WRONG, 401); FAILURES_ALLOWED - 1];
    let too_many = [("http2_introspect_active", WRONG, 429), ("http2_revoke_unknown", SHOP, 200)];
    let form = format!("token={token}");
    for (case, credentials, status) in [&guesses[..], &wrong[..], &too_many[..]].concat() {
        counted.answer(&posting(("token-status", case), Some(credentials), &form), status).await;
    }
    counted.proxy.calls()
}

const FAILURES_ALLOWED: usize = 10;

/// `guard:wrong`, `guard:picked by hand` and `shop:picked by hand`.
const WRONG: &str = "Basic Z3VhcmQ6d3Jvbmc=";
const GUARD: &str = "Basic Z3VhcmQ6cGlja2VkK2J5K2hhbmQ=";
const SHOP: &str = "Basic c2hvcDpwaWNrZWQrYnkraGFuZA==";

const CONFIGURATION: &str = r"
services:
  - name: orders
    base_path: /orders
    backend: BACKEND/orders
    allow_multiple_tokens: false
    access_token: { format: hex32 }
applications:
  - name: Shop
    clients:
      - { client_id: shop, client_secret: picked by hand, grant_types: [client_credentials], services: [orders] }
      - { client_id: guard, client_secret: picked by hand, grant_types: [client_credentials], services: [orders], introspects: [orders] }
";
