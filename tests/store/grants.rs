//! Changes of a grant over the state that was read, and its end.

use std::sync::Arc;

use shared::{
    model::{Grant, GrantKey, PushedRequest},
    protocol::{ClientId, Digest, Timestamp},
    store::{Change, CommitError},
};
use tests::NOW;

use crate::store::{Store, grant};

const ID: [u8; 16] = [7; 16];

async fn issued(store: &Store) -> Grant {
    let grant = grant(&ID, "first");
    store.writer().commit(Change::Issue { grant: grant.clone(), attempt: "first".into() }).await.unwrap();
    grant
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_who_change_the_same_state_one_wins() {
    let store = Store::new().await;
    let first = issued(&store).await;
    let writer = Arc::new(store.writer());
    let tasks = Vec::from_iter((0..50).map(|n| {
        let (writer, grant) = (Arc::clone(&writer), first.clone());
        let change = Change::Advance { grant, over: "first".into(), attempt: format!("attempt {n}") };
        tokio::spawn(async move { writer.commit(change).await })
    }));
    let mut won = 0;
    for task in tasks {
        won += usize::from(task.await.unwrap().is_ok());
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn r7_a_change_on_its_way_does_not_undo_a_revocation() {
    let store = Store::new().await;
    let first = issued(&store).await;
    let (writer, at) = (store.writer(), Timestamp::from_secs(NOW + 1));
    let revoke = Change::Revoke { id: first.id.clone(), at, attempt: "revoke".into() };
    writer.commit(revoke).await.unwrap();
    let late = Change::Advance { grant: first.clone(), over: "first".into(), attempt: "late".into() };
    assert_eq!(writer.commit(late).await, Err(CommitError::Conflict));
    let seen = store.reader(0).grant_at(&first.id).await.unwrap().unwrap();
    assert_eq!((seen.value.revoked_at, seen.attempt.as_str()), (Some(at), "revoke"));
}

#[tokio::test]
async fn a_grant_revoked_before_it_is_put_is_never_put() {
    let store = Store::new().await;
    let (writer, id) = (store.writer(), GrantKey::of_id(&ID));
    let at = Timestamp::from_secs(NOW);
    writer.commit(Change::Revoke { id: id.clone(), at, attempt: "revoke".into() }).await.unwrap();
    let late = Change::Issue { grant: grant(&ID, "late"), attempt: "late".into() };
    assert_eq!(writer.commit(late).await, Err(CommitError::Conflict));
    assert_eq!(store.reader(0).grant_at(&id).await.unwrap(), None);
}

#[tokio::test]
async fn a22_a_pushed_request_becomes_one_grant() {
    let store = Store::new().await;
    let (writer, id) = (store.writer(), GrantKey::of_id(&ID));
    let request = PushedRequest {
        id: id.clone(),
        digest: Digest::of(b"uri"),
        client_id: ClientId::parse("shop").unwrap(),
        pushed: vec![("scope".into(), "read".into())],
        expires_at: Timestamp::from_secs(NOW + 600),
        revoked_at: None,
    };
    writer.commit(Change::Push { request: request.clone(), attempt: "push".into() }).await.unwrap();
    let seen = store.reader(0).pushed_request(&id).await.unwrap().unwrap();
    assert_eq!((&seen.value, store.reader(0).grant_at(&id).await.unwrap()), (&request, None));
    let issue = |attempt: &str| Change::Advance {
        grant: grant(&ID, attempt),
        over: seen.attempt.clone(),
        attempt: attempt.into(),
    };
    writer.commit(issue("one")).await.unwrap();
    assert_eq!(writer.commit(issue("two")).await, Err(CommitError::Conflict));
    assert_eq!(store.reader(0).pushed_request(&id).await.unwrap(), None);
    assert_eq!(store.reader(0).grant_at(&id).await.unwrap().unwrap().value, grant(&ID, "one"));
}
