//! A service and the clients that act for a resource owner, and how tokens of theirs are used.

use serde_json::Value;
use tests::{Answer, CLIENT_ID, CLIENT_SECRET, Consent, Tollgate, redemption, refresh};

/// A client and its secret.
pub(crate) const SHOP: (&str, &str) = (CLIENT_ID, CLIENT_SECRET);
/// Another client of the same service.
pub(crate) const OTHER: (&str, &str) = ("other", "another-generated-secret");
/// A client without a secret.
pub(crate) const APP: &str = "app";

/// Starts with members of the service beside its scopes, one a line.
pub(crate) async fn with(members: &str) -> Tollgate {
    Tollgate::with(&FILE.replace("    MEMBERS\n", members)).await
}

/// Redeems a code as the client it was given to.
pub(crate) async fn redeemed(tollgate: &Tollgate) -> Value {
    let code = Consent::default().code(tollgate).await;
    tollgate.token(SHOP, &redemption(&code)).await.is(200).json()
}

/// Uses a refresh token as the client it was given to.
pub(crate) async fn refreshed(tollgate: &Tollgate, token: &Value) -> Answer {
    tollgate.token(SHOP, &refresh(text(token))).await
}

/// Asks as a client without a secret.
pub(crate) async fn as_app(tollgate: &Tollgate, form: &str) -> Answer {
    tollgate.call("POST", "/oauth2/token").form(&format!("{form}&client_id={APP}")).send().await
}

/// The status of a call with an access token: 200 or 401.
pub(crate) async fn status(tollgate: &Tollgate, token: &Value) -> u16 {
    tollgate.call("GET", "/orders/1").bearer(text(token)).send().await.status
}

/// A member that is a text.
#[track_caller]
pub(crate) fn text(member: &Value) -> &str {
    member.as_str().unwrap_or_else(|| panic!("no text: {member}"))
}

const FILE: &str = "
services:
  - spkey: 942yzkggypg5dq6c4ucfv3ed
    name: orders
    base_path: /orders
    backend: BACKEND/orders
    scopes: [ { name: orders.read, default: true }, { name: orders.write }, { name: orders.admin } ]
    forwarded_headers: [client-id, user-context, scope]
    MEMBERS
  - { spkey: inv, name: invoices, base_path: /invoices, backend: BACKEND/invoices }
applications:
  - name: Shop
    clients:
      - client_id: s6BhdRkqt3
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        grant_types: [authorization_code, refresh_token]
        redirect_uris: [https://client.example.org/cb]
        services: [orders, invoices]
      - client_id: other
        client_secret: another-generated-secret
        client_secret_generated: true
        grant_types: [authorization_code, refresh_token]
        redirect_uris: [https://client.example.org/cb]
        services: [orders]
      - client_id: app
        token_endpoint_auth_method: none
        grant_types: [authorization_code, refresh_token]
        redirect_uris: [https://client.example.org/cb]
        services: [orders]
users:
  - { username: alice, password: wonderland }
";
