//! The endpoint over the store of a running system by another way. No HTTP: the running system keeps its own connections.

use std::{net::SocketAddr, sync::Arc};

use serde_json::Value;
use shared::{
    endpoint::TokenEndpoint,
    model::HttpUri,
    protocol::{Request, Response},
    store::{Reader, Tables, Writer},
};
use tests::ManualClock;

use crate::shop::GRANT;

/// An endpoint that reaches the store at an address, and whose definitions may be that many seconds old.
pub(crate) fn endpoint_by(address: SocketAddr, max_age: u64) -> TokenEndpoint {
    endpoint_at(address, max_age, &ManualClock::new())
}

/// An endpoint that reaches the store at an address, with a clock of the test's.
pub(crate) fn endpoint_at(address: SocketAddr, max_age: u64, clock: &Arc<ManualClock>) -> TokenEndpoint {
    let reader = Reader::new(tests::dynamodb(address), Tables::default(), clock.world(), max_age);
    let issuer = HttpUri::parse("https://id.example.com").expect("the issuer is a URL");
    TokenEndpoint::new(Writer::new(reader), clock.world(), issuer)
}

/// Asks for a token with credentials in the body: status and body of the answer.
pub(crate) async fn ask(endpoint: &TokenEndpoint, client: (&str, &str)) -> (u16, String) {
    let Response { status, body, .. } = endpoint.serve(&request("/oauth2/token", client)).await.response;
    (status.as_u16(), String::from_utf8(body).expect("an answer is a text"))
}

/// Asks with a form of the test's: status and JSON of the answer.
pub(crate) async fn ask_with(endpoint: &TokenEndpoint, client: (&str, &str), form: &str) -> (u16, Value) {
    let request = Request { body: with_credentials(form, client), ..request("/oauth2/token", client) };
    let Response { status, body, .. } = endpoint.serve(&request).await.response;
    (status.as_u16(), serde_json::from_slice(&body).expect("an answer is JSON"))
}

/// A request for a token with credentials in the body.
pub(crate) fn request(path: &str, client: (&str, &str)) -> Request {
    let form = "application/x-www-form-urlencoded".parse().expect("a media type is a header value");
    Request {
        method: "POST".parse().expect("POST is a method"),
        path: path.into(),
        query: None,
        headers: [("content-type".parse().expect("a name"), form)].into_iter().collect(),
        body: with_credentials(GRANT, client),
        source: "192.0.2.1".into(),
        request_id: "1".into(),
    }
}

fn with_credentials(form: &str, client: (&str, &str)) -> Vec<u8> {
    format!("{form}&client_id={}&client_secret={}", client.0, client.1).into_bytes()
}
