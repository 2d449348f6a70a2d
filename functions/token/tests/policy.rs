//! What the template lets the function do: what its binary does on every sample event and for every kind of client, and
//! nothing else.

use std::collections::BTreeSet;

use tests::{Counted, TableCall, Template, Tollgate, posting};

const BINARY: &str = env!("CARGO_BIN_EXE_token");

#[tokio::test]
async fn may_ask_the_tables_what_it_asks_and_nothing_else() {
    let mut done = tests::replay("token", BINARY).await.calls;
    done.extend(guesses_and_replacements().await);
    done.extend(passwords().await);
    Template::read().allows_exactly("TokenFunction", &done);
}

/// The right hand-picked secret, a token in the place of an earlier one, and more wrong guesses than are allowed.
async fn guesses_and_replacements() -> BTreeSet<TableCall> {
    let tollgate = Tollgate::with(CONFIGURATION).await;
    let mut counted = Counted::start(&tollgate, BINARY, &[]).await;
    let guesses = [(WRONG, 401); FAILURES_ALLOWED];
    for (credentials, status) in [&[(RIGHT, 200), (RIGHT, 200)], &guesses[..], &[(WRONG, 429)]].concat() {
        let event = posting(SAMPLE, Some(credentials), "grant_type=client_credentials");
        counted.answer(&event, status).await;
    }
    counted.proxy.calls()
}

/// A resource owner's first and second login: the first enters the owner's index and makes the list, the second ends what
/// the first gave.
async fn passwords() -> BTreeSet<TableCall> {
    let tollgate = Tollgate::with(PASSWORDS).await;
    let mut counted = Counted::start(&tollgate, BINARY, &[]).await;
    let event = posting(SAMPLE, Some(RIGHT), "grant_type=password&username=alice&password=wonderland");
    for _ in 0..2 {
        counted.answer(&event, 200).await;
    }
    counted.proxy.calls()
}

const SAMPLE: (&str, &str) = ("token", "http2_client_credentials");
const FAILURES_ALLOWED: usize = 10;

/// `shop` with the passwords `wrong` and `picked by hand`.
const WRONG: &str = "Basic c2hvcDp3cm9uZw==";
const RIGHT: &str = "Basic c2hvcDpwaWNrZWQrYnkraGFuZA==";

const CONFIGURATION: &str = r"
services:
  - name: orders
    base_path: /orders
    backend: BACKEND/orders
    allow_multiple_tokens: false
    access_token: { format: hex32 }
applications:
  - name: Shop
    clients: [ { client_id: shop, client_secret: picked by hand, grant_types: [client_credentials], services: [orders] } ]
";

const PASSWORDS: &str = r"
services:
  - { name: orders, base_path: /orders, backend: BACKEND/orders, grant_types: [password], allow_multiple_tokens: false }
applications:
  - name: Shop
    clients: [ { client_id: shop, client_secret: picked by hand, grant_types: [password], services: [orders] } ]
users: [ { username: alice, password: wonderland } ]
";
