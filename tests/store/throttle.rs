//! Counters of failures.

use std::sync::Arc;

use shared::{
    model::{ThrottleKey, WINDOW_SECONDS},
    protocol::Timestamp,
    store::Change,
};
use tests::NOW;

use crate::store::Store;

fn failure(second: u64) -> Change {
    Change::CountFailure { key: key(), now: Timestamp::from_secs(NOW + second) }
}

fn key() -> ThrottleKey {
    ThrottleKey::of_client_secret("shop", "192.0.2.1")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t9_of_fifty_parallel_failures_none_is_lost() {
    let store = Store::new().await;
    let writer = Arc::new(store.writer());
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move { writer.commit(failure(0)).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(store.reader(0).throttle(&key()).await.unwrap().unwrap().failures, 50);
}

#[tokio::test]
async fn t9_a_window_that_is_over_starts_anew() {
    let store = Store::new().await;
    for second in [0, 1, 2] {
        store.writer().commit(failure(second)).await.unwrap();
    }
    assert_eq!(store.reader(0).throttle(&key()).await.unwrap().unwrap().failures, 3);
    store.writer().commit(failure(WINDOW_SECONDS)).await.unwrap();
    let counted = store.reader(0).throttle(&key()).await.unwrap().unwrap();
    assert_eq!((counted.failures, counted.window_ends.as_secs()), (1, NOW + 2 * WINDOW_SECONDS));
}
