//! Counters of failures.

use std::sync::Arc;

use shared::{
    model::{FAILURES_ALLOWED, ThrottleKey, WINDOW_SECONDS},
    protocol::Timestamp,
    store::{Change, CommitError, Writer},
};
use tests::{Fault, Faults, NOW};

use crate::store::{Store, grant};

fn guess(second: u64) -> Change {
    Change::CountGuess { key: key(), now: Timestamp::from_secs(NOW + second) }
}

fn key() -> ThrottleKey {
    ThrottleKey::of_client_secret("shop", "192.0.2.1")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t9_of_fifty_parallel_guesses_no_more_than_the_limit_is_tried() {
    let store = Store::new().await;
    let writer = Arc::new(store.writer());
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move { writer.commit(guess(0)).await })
        })
        .collect();
    let mut admitted = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => admitted += 1,
            Err(error) => assert_eq!(error, CommitError::Conflict),
        }
    }
    let counted = store.reader(0).throttle(&key()).await.unwrap().unwrap().failures;
    assert_eq!((admitted, counted), (FAILURES_ALLOWED, FAILURES_ALLOWED));
}

fn forgive(counted: u64, attempt: &str) -> Change {
    Change::ForgiveGuess { key: key(), counted_at: Timestamp::from_secs(NOW + counted), attempt: attempt.into() }
}

async fn failures(store: &Store) -> u64 {
    store.reader(0).throttle(&key()).await.unwrap().unwrap().failures
}

#[tokio::test]
async fn t9_a_right_guess_is_given_back() {
    let store = Store::new().await;
    store.writer().commit(forgive(0, "nothing")).await.unwrap();
    for _ in 0..3 {
        store.writer().commit(guess(0)).await.unwrap();
    }
    store.writer().commit(forgive(0, "one")).await.unwrap();
    store.writer().commit(forgive(0, "another")).await.unwrap();
    assert_eq!(failures(&store).await, 1);
}

#[tokio::test]
async fn t9_a_guess_is_given_back_once_however_often_that_is_sent() {
    let store = Store::new().await;
    for _ in 0..3 {
        store.writer().commit(guess(0)).await.unwrap();
    }
    let faults = Faults::before(store.database()).await;
    faults.befall("UpdateItem", Fault::LoseAnswer);
    store.writer_by(faults.address).commit(forgive(0, "one")).await.unwrap();
    assert_eq!((failures(&store).await, faults.left()), (2, 0));
}

#[tokio::test]
async fn t9_a_guess_is_given_back_in_the_window_that_counted_it_and_in_no_later_one() {
    let store = Store::new().await;
    store.writer().commit(guess(0)).await.unwrap();
    store.writer().commit(guess(WINDOW_SECONDS)).await.unwrap();
    store.writer().commit(forgive(WINDOW_SECONDS - 1, "late")).await.unwrap();
    assert_eq!(failures(&store).await, 1);
    store.writer().commit(forgive(WINDOW_SECONDS, "own")).await.unwrap();
    assert_eq!(failures(&store).await, 0);
}

#[tokio::test]
async fn t9_a_window_that_is_over_starts_anew() {
    let store = Store::new().await;
    for second in [0, 1, 2] {
        store.writer().commit(guess(second)).await.unwrap();
    }
    assert_eq!(store.reader(0).throttle(&key()).await.unwrap().unwrap().failures, 3);
    store.writer().commit(guess(WINDOW_SECONDS)).await.unwrap();
    let counted = store.reader(0).throttle(&key()).await.unwrap().unwrap();
    assert_eq!((counted.failures, counted.window_ends.as_secs()), (1, NOW + 2 * WINDOW_SECONDS));
}

#[tokio::test]
async fn a_rehearsal_writes_nothing_and_knows_a_window_that_is_full() {
    let store = Store::new().await;
    let rehearsal = Writer::rehearsing(store.reader(0));
    rehearsal.commit(guess(0)).await.unwrap();
    assert_eq!(store.reader(0).throttle(&key()).await.unwrap(), None);
    for _ in 0..FAILURES_ALLOWED {
        store.writer().commit(guess(0)).await.unwrap();
    }
    assert_eq!(rehearsal.commit(guess(0)).await, Err(CommitError::Conflict));
    assert_eq!(rehearsal.commit(guess(WINDOW_SECONDS)).await, Ok(()));
    let grant = grant(&[7; 16], "tga_rehearsed");
    let key = grant.id.clone();
    rehearsal.commit(Change::Issue { grant, attempt: "a".into() }).await.unwrap();
    assert_eq!(store.reader(0).grant_at(&key).await.unwrap().map(drop), None);
}
