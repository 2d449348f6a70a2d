//! API keys as a configuration names them: kept, replaced, renamed and moved.

use shared::{
    model::ApiKey,
    protocol::Digest,
    store::{Change, Record},
};
use tests::{Fault, Faults};

use crate::{
    apply::{apply, keys, parsed},
    store::Store,
};

/// A configuration whose applications `one` and `two` have these API keys.
fn file(one: &str, two: &str) -> String {
    format!(
        "
services:
  - {{ spkey: books, name: books, base_path: /books, backend: \"http://127.0.0.1:1\" }}
applications:
  - {{ name: one, api_keys: [{one}] }}
  - {{ name: two, api_keys: [{two}] }}
"
    )
}

const FIRST: &str = "{ name: web, key: first-key-of-the-reader, services: [books] }";
const SECOND: &str = "{ name: web, key: second-key-of-the-reader, services: [books] }";
const OMITTED: &str = "{ name: web, services: [books] }";

/// Application and name of the API key with a text.
async fn known(store: &Store, text: &str) -> Option<String> {
    let found = store.reader(0).api_key(&Digest::of(text.as_bytes())).await.unwrap();
    found.map(|key| format!("{} / {}", key.application, key.name))
}

async fn first_and_second(store: &Store) -> (Option<String>, Option<String>) {
    (known(store, "first-key-of-the-reader").await, known(store, "second-key-of-the-reader").await)
}

fn place(text: &str) -> Option<String> {
    Some(text.into())
}

#[tokio::test]
async fn a_replaced_api_key_no_longer_opens_anything() {
    let store = Store::new().await;
    apply(&store, &file(FIRST, "")).await;
    apply(&store, &file(SECOND, "")).await;
    assert_eq!(first_and_second(&store).await, (None, place("one / web")));
    assert_eq!(apply(&store, &file(SECOND, "")).await, (0, vec![]));
}

#[tokio::test]
async fn where_the_end_of_a_replaced_api_key_is_lost_the_next_run_ends_it() {
    let store = Store::new().await;
    apply(&store, &file(FIRST, "")).await;
    let faults = Faults::before(store.database()).await;
    faults.befall_for_good("DeleteItem", Fault::LoseRequest);
    let writer = store.writer_by(faults.address);
    let stopped = shared::endpoint::apply(&parsed(&file(SECOND, "")), &writer, &keys(), &store.world()).await;
    assert!(stopped.is_err() && faults.left() == 0, "{stopped:?}");
    assert_eq!(first_and_second(&store).await, (place("one / web"), None), "never both");
    apply(&store, &file(SECOND, "")).await;
    assert_eq!(first_and_second(&store).await, (None, place("one / web")));
}

#[tokio::test]
async fn of_several_api_keys_of_one_name_those_that_the_file_does_not_give_end() {
    let store = Store::new().await;
    apply(&store, &file(FIRST, "")).await;
    for text in ["second-key-of-the-reader", "third-key-of-the-reader"] {
        save_beside(&store, text).await;
    }
    apply(&store, &file(SECOND, "")).await;
    assert_eq!(first_and_second(&store).await, (None, place("one / web")));
    assert_eq!(known(&store, "third-key-of-the-reader").await, None);
}

#[tokio::test]
async fn where_the_file_gives_none_every_api_key_of_the_name_is_kept_and_follows_the_file() {
    let store = Store::new().await;
    apply(&store, &file(FIRST, "")).await;
    save_beside(&store, "second-key-of-the-reader").await;
    let off = OMITTED.replace("name: web", "name: web, enabled: false");
    assert_eq!(apply(&store, &file(&off, "")).await, (2, vec![]));
    let snapshot = store.reader(0).snapshot().await.unwrap();
    let mut keys = snapshot.api_keys.values().filter(|key| key.value.application.as_str() == "one");
    assert!(keys.all(|key| !key.value.is_enabled()));
}

/// Saves another API key of the name of the first, as a run at the same time would.
async fn save_beside(store: &Store, text: &str) {
    let first = store.reader(0).api_key(&Digest::of(b"first-key-of-the-reader")).await.unwrap().unwrap();
    let record = Record::ApiKey(ApiKey { digest: Digest::of(text.as_bytes()), ..(*first).clone() });
    store.writer().commit(Change::Save { record, over: None, attempt: text.into() }).await.unwrap();
}

#[tokio::test]
async fn an_api_key_may_be_renamed() {
    let store = Store::new().await;
    apply(&store, &file(FIRST, "")).await;
    let renamed = file(&FIRST.replace("web", "mobile"), "");
    assert_eq!(apply(&store, &renamed).await, (1, vec![]));
    assert_eq!(first_and_second(&store).await, (place("one / mobile"), None));
    assert_eq!(apply(&store, &renamed).await, (0, vec![]));
}

#[tokio::test]
async fn an_api_key_may_move_to_another_application() {
    let store = Store::new().await;
    apply(&store, &file(FIRST, "")).await;
    assert_eq!(apply(&store, &file("", FIRST)).await, (1, vec![]));
    assert_eq!(first_and_second(&store).await, (place("two / web"), None));
}

#[tokio::test]
async fn an_api_key_that_moved_leaves_its_place_to_another() {
    let store = Store::new().await;
    apply(&store, &file(FIRST, "")).await;
    assert_eq!(apply(&store, &file(SECOND, FIRST)).await, (2, vec![]));
    assert_eq!(first_and_second(&store).await, (place("two / web"), place("one / web")));
    let (_, drawn) = apply(&store, &file(OMITTED, SECOND)).await;
    assert_eq!(drawn, ["API key one / web"], "its own went to two");
    assert_eq!(first_and_second(&store).await, (None, place("two / web")));
}

#[tokio::test]
async fn two_api_keys_may_change_places() {
    let store = Store::new().await;
    apply(&store, &file(FIRST, SECOND)).await;
    assert_eq!(apply(&store, &file(SECOND, FIRST)).await, (2, vec![]));
    assert_eq!(first_and_second(&store).await, (place("two / web"), place("one / web")));
}
