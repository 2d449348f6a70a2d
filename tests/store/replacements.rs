//! One token at a time: the last that was asked for counts, whatever the clocks of those who gave them say.

use std::sync::Arc;

use shared::{
    model::{Grant, TokenKey},
    protocol::{Digest, Timestamp},
    store::Change,
};
use tests::{Fault, Faults, NOW};

use crate::store::{Store, grant};

const ID: [u8; 16] = [7; 16];

/// A token in the place of the earlier one, from a sandbox whose clock is that many seconds off.
fn replace(token: &str, off: i64) -> Change {
    let issued_at = Timestamp::from_secs(NOW.checked_add_signed(off).unwrap());
    Change::Replace { grant: Grant { issued_at, ..grant(&ID, token) }, attempt: token.into() }
}

async fn counts(store: &Store, token: &str) -> bool {
    let found = store.reader(0).grant(&TokenKey::Grant(grant(&ID, "").id)).await.unwrap().unwrap();
    found.access_tokens.iter().any(|kept| kept.digest == Digest::of(token.as_bytes()))
}

#[tokio::test]
async fn a_later_token_takes_the_place_of_an_earlier_one_whatever_the_clocks_say() {
    let store = Store::new().await;
    for (token, off) in [("first", 0), ("same second", 0), ("behind", -1), ("far behind", -3_600), ("ahead", 5)] {
        store.writer().commit(replace(token, off)).await.unwrap();
        assert!(counts(&store, token).await, "{token}");
    }
}

#[tokio::test]
async fn a_late_write_does_not_bring_back_a_token_that_was_replaced() {
    for (off, later, late) in [(1, 1, 1), (1, 0, 1), (1, 2, 1), (0, 0, 2), (0, -1, 2), (0, 1, 2), (-1, -2, 2)] {
        let store = Store::new().await;
        store.writer().commit(replace("before", 0)).await.unwrap();
        let faults = Faults::before(store.database()).await;
        faults.befall("PutItem", Fault::ArriveLate);
        // A clock that is not ahead of the earlier token's takes a second write.
        faults.befall("PutItem", Fault::Pass);
        faults.befall("PutItem", Fault::ArriveLate);
        store.writer_by(faults.address).commit(replace("replaced", off)).await.unwrap();
        assert!(counts(&store, "replaced").await);
        store.writer().commit(replace("newest", later)).await.unwrap();
        assert_eq!(faults.arrive().await, late);
        assert!(counts(&store, "newest").await, "clocks {off} and {later}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_those_who_replace_at_the_same_time_all_are_answered_and_one_counts() {
    let store = Store::new().await;
    let writer = Arc::new(store.writer());
    let token = |n: i64| format!("token {n}");
    let tasks = Vec::from_iter((0..12).map(|n| {
        let (writer, change) = (Arc::clone(&writer), replace(&token(n), n % 3 - 1));
        tokio::spawn(async move { writer.commit(change).await })
    }));
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
    let mut counting = 0;
    for n in 0..12 {
        counting += i32::from(counts(&store, &token(n)).await);
    }
    assert_eq!(counting, 1);
    store.writer().commit(replace("later, from a clock behind", -2)).await.unwrap();
    assert!(counts(&store, "later, from a clock behind").await);
}
