//! When the store does not answer: from when it is known where the client waits, it is told.

use tests::{Fault, Road};

use crate::{
    browser::Browser,
    shop::{FILE, request},
};

#[tokio::test]
async fn a3_the_client_that_waits_is_told_of_failures_and_nobody_else_is() {
    let road = Road::with(FILE).await;
    let alice = Browser::of_alice(&road.tollgate).await;
    let mut browser = Browser::by(&road, alice.cookie().expect("alice has logged in"));
    let target = request("trusted", "&state=x");

    (0..10).for_each(|_| road.faults.befall("GetItem", Fault::LoseRequest));
    let unknown = browser.get(&target).await.is(503);
    assert_eq!(unknown.header("location"), None, "the client was not read");
    road.faults.forget();

    road.faults.break_off_after(0);
    let told = browser.get(&target).await.is(303);
    let location = told.header("location").expect("the client is told");
    assert!(location.starts_with("https://client.example/cb?error=temporarily_unavailable&"), "{location}");
    assert!(location.contains("&state=x&iss=http"), "{location}");
    assert!(!location.to_ascii_lowercase().contains("dynamo"), "{location}");
    road.faults.forget();

    let given = browser.get(&target).await;
    assert!(given.header("location").expect("the client is told").contains("?code="));
}
