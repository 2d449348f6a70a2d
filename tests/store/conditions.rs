//! Conditions: of many who change the same thing, one wins.

use std::sync::Arc;

use shared::{
    model::{GrantKey, Pointer, TokenKey},
    protocol::{Digest, Scope, Spkey},
    store::{Change, CommitError, Record},
};

use crate::store::{Store, grant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_who_issue_under_one_key_one_wins() {
    let store = Store::new().await;
    let writer = Arc::new(store.writer());
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let writer = Arc::clone(&writer);
            let change = Change::Issue { grant: grant(&[7; 16], &n.to_string()), attempt: format!("attempt {n}") };
            tokio::spawn(async move { writer.commit(change).await })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => won += 1,
            Err(error) => assert_eq!(error, CommitError::Conflict),
        }
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn a_token_without_an_id_leads_to_its_grant() {
    let store = Store::new().await;
    let (grant, digest) = (grant(&[7; 16], "hex"), Digest::of(b"hex"));
    let pointer = Pointer {
        id: GrantKey::of_digest(&digest),
        grant: grant.id.clone(),
        expires_at: grant.access_tokens[0].expires_at,
    };
    let point = Change::Point { pointer, attempt: "one".into() };
    let replace = Change::Replace { grant: grant.clone(), attempt: "two".into() };
    store.writer().commit_all(vec![point, replace]).await.unwrap();
    assert_eq!(store.reader(0).grant(&TokenKey::Digest(digest)).await.unwrap(), Some(grant));
}

#[tokio::test]
async fn what_another_changed_meanwhile_is_not_overwritten() {
    let store = Store::new().await;
    let snapshot = store.reader(0).snapshot().await.unwrap();
    let stored = snapshot.services.values().next().unwrap().clone();
    let save = |over, attempt: &str| Change::Save {
        record: Record::Service(Box::new(stored.value.clone())),
        over,
        attempt: attempt.into(),
    };
    store.writer().commit(save(Some(stored.revision), "first")).await.unwrap();
    assert_eq!(store.writer().commit(save(Some(stored.revision), "second")).await, Err(CommitError::Conflict));
    assert_eq!(store.writer().commit(save(None, "third")).await, Err(CommitError::Conflict));
    store.writer().commit(save(Some(stored.revision + 1), "fourth")).await.unwrap();
}

/// Design: an item of a family stays under 4 KB; this version's hold one token.
#[tokio::test]
async fn the_largest_grant_stays_under_4_kb() {
    let store = Store::new().await;
    let mut grant = grant(&[7; 16], "a");
    grant.client_id = shared::protocol::ClientId::parse("c".repeat(256)).unwrap();
    grant.subject = shared::protocol::Subject::parse("s".repeat(256)).unwrap();
    grant.application = shared::protocol::ApplicationName::parse("a".repeat(128)).unwrap();
    grant.services = (0..64).map(|at| Spkey::parse(format!("{at:024}")).unwrap()).collect();
    grant.scope = Scope::parse(&"s".repeat(Scope::MAX_BYTES)).unwrap();
    let id = grant.id.clone();
    store.writer().commit(Change::Issue { grant, attempt: "x".into() }).await.unwrap();
    let key = aws_sdk_dynamodb::types::AttributeValue::S(id.as_str().into());
    let item = store.dynamodb().get_item().table_name("tollgate-tokens").key("id", key).send().await.unwrap();
    let bytes = format!("{:?}", item.item.unwrap()).len();
    assert!(bytes < 4_096, "{bytes}");
}
