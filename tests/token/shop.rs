//! One service and one client: all that most tests of the token endpoint need.

use tests::{Answer, CLIENT_ID, CLIENT_SECRET, Tollgate};

/// The client and its secret.
pub(crate) const SHOP: (&str, &str) = (CLIENT_ID, CLIENT_SECRET);

/// What the client asks for in most tests.
pub(crate) const GRANT: &str = "grant_type=client_credentials";

/// A service `orders` and a client of it.
pub(crate) async fn shop() -> Tollgate {
    Tollgate::with(FILE).await
}

/// Expects the error answer of RFC 6749 section 5.2: nothing of a token, and nothing that a cache may keep (T11).
#[track_caller]
pub(crate) fn refuses(answer: Answer, status: u16, error: &str) -> Answer {
    let answer = answer.is(status).has("cache-control", "no-store").has("pragma", "no-cache");
    answer.says("error", error).lacks("access_token").lacks("refresh_token")
}

/// The file of [`shop`].
pub(crate) const FILE: &str = "
services:
  - spkey: 942yzkggypg5dq6c4ucfv3ed
    name: orders
    base_path: /orders
    backend: BACKEND/orders
    scopes:
      - { name: orders.read, default: true }
      - { name: orders.write }
    forwarded_headers: [client-id, user-context, scope]
applications:
  - name: Shop
    clients:
      - client_id: s6BhdRkqt3
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        services: [orders]
";
