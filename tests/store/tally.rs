//! What the store is known to have done for one decision.

use shared::{
    model::Alias,
    protocol::Spkey,
    store::{Reader, Tables, Tally, tallied},
};
use tests::{Fault, Faults, dynamodb};

use crate::store::Store;

#[tokio::test]
async fn what_was_kept_read_and_sent_once_more_is_told_for_each_decision() {
    let store = Store::new().await;
    let faults = Faults::before(store.database()).await;
    let reader = Reader::new(dynamodb(faults.address), Tables::default(), store.clock.world(), 30);
    let (orders, none) = (Spkey::parse("942yzkggypg5dq6c4ucfv3ed").unwrap(), Alias::Api("none".into()));
    faults.befall("GetItem", Fault::Throttle);
    let (found, tally) = tallied(reader.service(&orders)).await;
    assert!(found.unwrap().is_some());
    assert_eq!(tally, Tally { hits: 0, misses: 1, requests: 1, sends: 2 });
    let (found, tally) = tallied(async { (reader.service(&orders).await, reader.alias(&none).await) }).await;
    assert!(found.0.unwrap().is_some() && found.1.unwrap().is_none());
    assert_eq!(tally, Tally { hits: 1, misses: 1, requests: 1, sends: 1 });
}

#[tokio::test]
async fn a_kept_connection_that_is_dead_costs_no_repetition_and_no_pause() {
    let store = Store::new().await;
    let faults = Faults::before(store.database()).await;
    let reader = Reader::new(dynamodb(faults.address), Tables::default(), store.clock.world(), 0);
    let none = Alias::Api("none".into());
    reader.alias(&none).await.unwrap();
    faults.befall("GetItem", Fault::LoseRequest);
    let (found, tally) = tallied(reader.alias(&none)).await;
    assert_eq!((found.unwrap(), faults.left()), (None, 0));
    assert_eq!(tally.sends, 1, "the SDK heard nothing of it");
}
