//! When the store does not answer: from when it is known where the client waits, it is told.

use std::net::SocketAddr;

use shared::{
    endpoint::AuthorizeEndpoint,
    model::HttpUri,
    protocol::{Request, Response},
    store::{Reader, Tables, Writer},
};
use tests::{Fault, Faults, Tollgate, dynamodb};

use crate::{
    browser::Browser,
    shop::{request, shop},
};

/// The endpoint over the store of a running system by another way.
fn endpoint_by(address: SocketAddr, tollgate: &Tollgate) -> AuthorizeEndpoint {
    let world = tollgate.clock.world();
    let store = Writer::new(Reader::new(dynamodb(address), Tables::default(), world.clone(), 0));
    AuthorizeEndpoint::new(store, world, HttpUri::parse("http://127.0.0.1:3000").expect("the issuer is a URL"))
}

async fn get(endpoint: &AuthorizeEndpoint, target: &str, cookie: &str) -> Response {
    let (path, query) = target.split_once('?').expect("a request has a query");
    let cookie = format!("tollgate_session={cookie}").parse().expect("a cookie is a header value");
    let request = Request {
        method: "GET".parse().expect("GET is a method"),
        path: path.into(),
        query: Some(query.into()),
        headers: [("cookie".parse().expect("a name"), cookie)].into_iter().collect(),
        body: Vec::new(),
        source: "192.0.2.1".into(),
        request_id: "1".into(),
    };
    endpoint.serve(&request).await.response
}

#[tokio::test]
async fn a3_the_client_that_waits_is_told_of_failures_and_nobody_else_is() {
    let tollgate = shop().await;
    let browser = Browser::of_alice(&tollgate).await;
    let cookie = browser.cookie().expect("alice has logged in");
    let faults = Faults::before(tollgate.system.dynamodb).await;
    let endpoint = endpoint_by(faults.address, &tollgate);
    let target = request("trusted", "&state=x");

    (0..10).for_each(|_| faults.befall("GetItem", Fault::LoseRequest));
    let unknown = get(&endpoint, &target, cookie).await;
    assert_eq!((unknown.status.as_u16(), unknown.headers.get("location")), (503, None), "the client was not read");
    faults.forget();

    (0..10).for_each(|_| faults.befall("UpdateItem", Fault::LoseRequest));
    let told = get(&endpoint, &target, cookie).await;
    let location = told.headers["location"].to_str().expect("a location is ASCII");
    assert_eq!(told.status, 303);
    assert!(location.starts_with("https://client.example/cb?error=temporarily_unavailable&"), "{location}");
    assert!(location.contains("&state=x&iss=http"), "{location}");
    assert!(!location.to_ascii_lowercase().contains("dynamo"), "{location}");
    faults.forget();

    let given = get(&endpoint, &target, cookie).await;
    assert!(given.headers["location"].to_str().expect("ASCII").contains("?code="));
}
