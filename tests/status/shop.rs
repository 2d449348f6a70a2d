//! Two services, their clients, and what they ask.

use tests::{Answer, Call, Tollgate};

/// A client of both services.
pub(crate) const SHOP: (&str, &str) = ("shop", "long-secret-of-the-shop");
/// The resource server of `orders`, which may introspect its tokens.
pub(crate) const GUARD: (&str, &str) = ("guard", "long-secret-of-the-guard");
/// A client that has nothing to do with the first.
pub(crate) const RIVAL: (&str, &str) = ("rival", "long-secret-of-the-rival");
/// What introspection says of every token that is none for the caller.
pub(crate) const INACTIVE: &str = r#"{"active":false}"#;

pub(crate) async fn shop() -> Tollgate {
    Tollgate::with(FILE).await
}

/// A token of the shop for `orders`.
pub(crate) async fn token(tollgate: &Tollgate) -> String {
    tollgate.access_token(SHOP, "scope=read").await
}

pub(crate) fn post(tollgate: &Tollgate, path: &str, client: (&str, &str), form: &str) -> Call {
    tollgate.call("POST", path).basic(client.0, client.1).form(form)
}

pub(crate) async fn introspect(tollgate: &Tollgate, client: (&str, &str), token: &str) -> Answer {
    post(tollgate, "/oauth2/introspect", client, &format!("token={token}")).send().await
}

pub(crate) async fn revoke(tollgate: &Tollgate, client: (&str, &str), form: &str) -> Answer {
    post(tollgate, "/oauth2/revoke", client, form).send().await
}

pub(crate) async fn is_active(tollgate: &Tollgate, token: &str) -> bool {
    introspect(tollgate, SHOP, token).await.is(200).json()["active"].as_bool().unwrap()
}

/// The file of [`shop`].
pub(crate) const FILE: &str = "
services:
  - spkey: orders-key
    name: orders
    base_path: /orders
    backend: BACKEND/orders
    resource: https://api.example.com/orders
    scopes: [ { name: read, default: true }, { name: write } ]
    token_metadata: { department: Engineering, scope: not this one }
  - spkey: pay-key
    name: pay
    base_path: /pay
    backend: BACKEND/pay
    resource: urn:tollgate:service:pay-key
    access_token: { format: hex32 }
    allow_multiple_tokens: false
    scopes: [ { name: pay } ]
applications:
  - name: Shop
    clients:
      - { client_id: shop, client_secret: long-secret-of-the-shop, client_secret_generated: true, grant_types: [client_credentials, authorization_code, refresh_token], redirect_uris: ['https://shop.example/back'], services: [orders, pay] }
      - { client_id: spa, token_endpoint_auth_method: none, grant_types: [authorization_code, refresh_token], redirect_uris: ['https://spa.example/back'], services: [orders] }
  - name: Orders
    clients:
      - { client_id: guard, client_secret: long-secret-of-the-guard, client_secret_generated: true, grant_types: [client_credentials], services: [pay], introspects: [orders] }
  - name: Rival
    clients:
      - { client_id: rival, client_secret: long-secret-of-the-rival, client_secret_generated: true, grant_types: [client_credentials], services: [orders] }
users:
  - { username: alice, password: wonderland }
";
