//! Writes that may be repeated: a lost answer is no lost write, and never a second one.

use shared::{
    model::TokenKey,
    store::{Change, CommitError},
};
use tests::{Fault, Faults};

use crate::store::{Store, grant};

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_known_again_by_its_attempt() {
    let store = Store::new().await;
    let faults = Faults::before(store.database()).await;
    faults.befall("PutItem", Fault::LoseAnswer);
    let change = Change::Issue { grant: grant(&[1; 16], "a"), attempt: "first".into() };
    assert_eq!(store.writer_by(faults.address).commit(change).await, Ok(()));
    assert_eq!(faults.left(), 0, "the answer was lost after the write, so the SDK wrote again");
    let found = store.reader(0).grant(&TokenKey::Grant(grant(&[1; 16], "a").id)).await.unwrap();
    assert_eq!(found, Some(grant(&[1; 16], "a")));
}

#[tokio::test]
async fn another_attempt_on_the_same_key_is_a_conflict_and_changes_nothing() {
    let store = Store::new().await;
    let issue = |token, attempt: &str| Change::Issue { grant: grant(&[1; 16], token), attempt: attempt.into() };
    store.writer().commit(issue("a", "first")).await.unwrap();
    assert_eq!(store.writer().commit(issue("b", "second")).await, Err(CommitError::Conflict));
    let found = store.reader(0).grant(&TokenKey::Grant(grant(&[1; 16], "a").id)).await.unwrap();
    assert_eq!(found, Some(grant(&[1; 16], "a")));
}

#[tokio::test]
async fn a_conflict_stays_a_conflict_when_its_answer_is_lost() {
    let store = Store::new().await;
    store.writer().commit(Change::Issue { grant: grant(&[1; 16], "a"), attempt: "first".into() }).await.unwrap();
    let faults = Faults::before(store.database()).await;
    faults.befall("PutItem", Fault::LoseAnswer);
    let change = Change::Issue { grant: grant(&[1; 16], "b"), attempt: "second".into() };
    assert_eq!(store.writer_by(faults.address).commit(change).await, Err(CommitError::Conflict));
}

#[tokio::test]
async fn a_request_that_never_arrived_and_a_throttled_one_are_made_again() {
    let store = Store::new().await;
    for fault in [Fault::LoseRequest, Fault::Throttle] {
        let faults = Faults::before(store.database()).await;
        faults.befall("PutItem", fault);
        let id = [fault as u8; 16];
        let change = Change::Issue { grant: grant(&id, "a"), attempt: "one".into() };
        assert_eq!(store.writer_by(faults.address).commit(change).await, Ok(()), "{fault:?}");
        assert!(store.reader(0).grant(&TokenKey::Grant(grant(&id, "a").id)).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_store_that_never_answers_is_an_outage_and_nothing_else() {
    let store = Store::new().await;
    let faults = Faults::before(store.database()).await;
    (0..3).for_each(|_| faults.befall("PutItem", Fault::LoseRequest));
    let change = Change::Issue { grant: grant(&[1; 16], "a"), attempt: "one".into() };
    let answer = store.writer_by(faults.address).commit(change).await;
    assert!(matches!(answer, Err(CommitError::Store(_))), "{answer:?}");
    assert_eq!(store.reader(0).grant(&TokenKey::Grant(grant(&[1; 16], "a").id)).await.unwrap(), None);
}
