//! Counters of failures.

use std::sync::Arc;

use shared::{
    model::{FAILURES_ALLOWED, ThrottleKey, WINDOW_SECONDS},
    protocol::Timestamp,
    store::{Change, CommitError, Writer},
};
use tests::{Fault, Faults, NOW};

use crate::store::{Store, grant};

fn guess(second: u64, name: impl Into<String>) -> Change {
    Change::CountGuess { key: key(), now: Timestamp::from_secs(NOW + second), guess: name.into() }
}

fn end(name: &str, is_right: bool) -> Change {
    Change::EndGuess { key: key(), guess: name.into(), is_right }
}

fn key() -> ThrottleKey {
    ThrottleKey::of_client_secret("shop", "192.0.2.1")
}

/// How many count, and how many of these were wrong.
async fn counted(store: &Store) -> (usize, usize) {
    let throttle = store.reader(0).throttle(&key()).await.unwrap().unwrap();
    (throttle.tries.len(), throttle.wrong.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t9_of_fifty_parallel_guesses_no_more_than_the_limit_is_tried() {
    let store = Store::new().await;
    let writer = Arc::new(store.writer());
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move { writer.commit(guess(0, number.to_string())).await })
        })
        .collect();
    let mut admitted = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => admitted += 1,
            Err(error) => assert_eq!(error, CommitError::Conflict),
        }
    }
    assert_eq!((admitted, counted(&store).await), (FAILURES_ALLOWED, (FAILURES_ALLOWED, 0)));
}

#[tokio::test]
async fn t9_a_right_guess_is_given_back_and_a_wrong_one_stays() {
    let store = Store::new().await;
    let writer = store.writer();
    writer.commit(end("nothing", true)).await.unwrap();
    assert_eq!(store.reader(0).throttle(&key()).await.unwrap(), None);
    for name in ["a", "b", "c"] {
        writer.commit(guess(0, name)).await.unwrap();
    }
    writer.commit(end("a", true)).await.unwrap();
    writer.commit(end("b", false)).await.unwrap();
    assert_eq!(counted(&store).await, (2, 1));
    writer.commit(end("c", true)).await.unwrap();
    writer.commit(end("b", true)).await.unwrap();
    writer.commit(guess(0, "d")).await.unwrap();
    assert_eq!(counted(&store).await, (1, 1), "a counter without tries goes on");
}

#[tokio::test]
async fn t9_what_is_told_of_a_guess_is_told_once_however_often_it_is_sent() {
    let store = Store::new().await;
    let faults = Faults::before(store.database()).await;
    let writer = store.writer_by(faults.address);
    faults.befall("PutItem", Fault::LoseAnswer);
    writer.commit(guess(0, "a")).await.unwrap();
    for name in ["b", "c"] {
        faults.befall("UpdateItem", Fault::LoseAnswer);
        writer.commit(guess(0, name)).await.unwrap();
    }
    assert_eq!(counted(&store).await, (3, 0));
    for (name, is_right) in [("a", true), ("b", false)] {
        faults.befall("UpdateItem", Fault::LoseAnswer);
        writer.commit(end(name, is_right)).await.unwrap();
    }
    assert_eq!((counted(&store).await, faults.left()), ((2, 1), 0));
}

#[tokio::test]
async fn t9_a_guess_ends_in_the_window_that_counted_it_and_in_no_later_one() {
    let store = Store::new().await;
    let writer = store.writer();
    writer.commit(guess(0, "early")).await.unwrap();
    writer.commit(guess(WINDOW_SECONDS, "own")).await.unwrap();
    for is_right in [true, false] {
        writer.commit(end("early", is_right)).await.unwrap();
    }
    assert_eq!(counted(&store).await, (1, 0));
    writer.commit(end("own", true)).await.unwrap();
    assert_eq!(counted(&store).await, (0, 0));
}

#[tokio::test]
async fn t9_a_window_that_is_over_starts_anew() {
    let store = Store::new().await;
    for second in [0, 1, 2] {
        store.writer().commit(guess(second, second.to_string())).await.unwrap();
    }
    assert_eq!(counted(&store).await, (3, 0));
    store.writer().commit(guess(WINDOW_SECONDS, "next")).await.unwrap();
    let throttle = store.reader(0).throttle(&key()).await.unwrap().unwrap();
    assert_eq!((throttle.tries.len(), throttle.window_ends.as_secs()), (1, NOW + 2 * WINDOW_SECONDS));
}

#[tokio::test]
async fn a_rehearsal_writes_nothing_and_knows_a_window_that_is_full() {
    let store = Store::new().await;
    let rehearsal = Writer::rehearsing(store.reader(0));
    rehearsal.commit(guess(0, "a")).await.unwrap();
    assert_eq!(store.reader(0).throttle(&key()).await.unwrap(), None);
    for number in 0..FAILURES_ALLOWED {
        store.writer().commit(guess(0, number.to_string())).await.unwrap();
    }
    assert_eq!(rehearsal.commit(guess(0, "a")).await, Err(CommitError::Conflict));
    assert_eq!(rehearsal.commit(guess(WINDOW_SECONDS, "a")).await, Ok(()));
    let grant = grant(&[7; 16], "tga_rehearsed");
    let key = grant.id.clone();
    rehearsal.commit(Change::Issue { grant, attempt: "a".into() }).await.unwrap();
    assert_eq!(store.reader(0).grant_at(&key).await.unwrap().map(drop), None);
}
