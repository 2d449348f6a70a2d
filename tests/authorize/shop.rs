//! Two services, clients of every kind, and Alice.

use tests::Tollgate;

/// A running Tollgate with the file of these tests.
pub(crate) async fn shop() -> Tollgate {
    Tollgate::with(FILE).await
}

/// The authorization request of a client, with these parameters besides those that every one needs.
pub(crate) fn request(client_id: &str, more: &str) -> String {
    format!("/oauth2/authorize?response_type=code&client_id={client_id}&{CHALLENGE}{more}")
}

pub(crate) const CALLBACK: &str = "https://client.example/cb";

/// RFC 7636 appendix B.
pub(crate) const CHALLENGE: &str =
    "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The file of [`shop`]. `loose` lets clients that authenticate do without PKCE, and `trusted` asks nobody.
pub(crate) const FILE: &str = "
services:
  - spkey: 942yzkggypg5dq6c4ucfv3ed
    name: orders
    base_path: /orders
    backend: BACKEND/orders
    scopes: [ { name: orders.read, default: true }, { name: orders.write } ]
    grant_types: [client_credentials, authorization_code, refresh_token, implicit]
    forwarded_headers: [user-context]
  - spkey: loose0000000000000000000
    name: loose
    base_path: /loose
    backend: BACKEND/loose
    pkce: public_only
  - spkey: trusted00000000000000000
    name: trusted
    base_path: /trusted
    backend: BACKEND/trusted
    skip_consent: true
    grant_types: [authorization_code]
applications:
  - name: Shop <b>&
    clients:
      - client_id: shop
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        grant_types: [authorization_code, refresh_token]
        redirect_uris: [https://client.example/cb]
        services: [orders]
      - client_id: app
        token_endpoint_auth_method: none
        grant_types: [authorization_code]
        redirect_uris: [http://127.0.0.1/cb, com.example.app:/cb]
        services: [orders]
      - client_id: loose
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        grant_types: [authorization_code]
        redirect_uris: [https://client.example/cb]
        services: [loose]
      - client_id: loose-app
        token_endpoint_auth_method: none
        grant_types: [authorization_code]
        redirect_uris: [https://client.example/cb]
        services: [loose]
      - client_id: trusted
        client_secret: gX1fBat3bV-generated
        client_secret_generated: true
        grant_types: [authorization_code]
        redirect_uris: [https://client.example/cb]
        services: [trusted]
      - client_id: browser
        token_endpoint_auth_method: none
        grant_types: [implicit, refresh_token]
        redirect_uris: [https://client.example/cb]
        services: [orders]
      - client_id: terminal
        token_endpoint_auth_method: none
        grant_types: [authorization_code]
        services: [orders]
  - name: Gone
    enabled: false
    clients:
      - client_id: gone
        token_endpoint_auth_method: none
        grant_types: [authorization_code]
        redirect_uris: [https://client.example/cb]
        services: [orders]
users:
  - { username: alice, password: wonderland of a password, name: Alice, email: alice@example.com }
";
