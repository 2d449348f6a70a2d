//! What resource owners let clients do, and their logins.

use shared::{
    model::{GrantKey, ListedGrant, Listing, Session, SessionKey},
    protocol::{ClientId, Digest, Scope, Secret, Spkey, Subject, Timestamp},
    store::{Change, CommitError},
};
use tests::NOW;

use crate::store::Store;

fn shop() -> ClientId {
    ClientId::parse("shop").unwrap()
}

fn alice() -> Subject {
    Subject::parse("alice").unwrap()
}

/// The first grant that an owner lets a client have.
pub(crate) fn listed(grant: u8, (owner, client_id): (&Subject, &ClientId)) -> Change {
    let Change::List { listing, attempt } = list(grant, None, None) else { unreachable!() };
    let listing = Listing { owner: owner.clone(), client_id: client_id.clone(), ..*listing };
    Change::List { listing: Box::new(listing), attempt }
}

fn list(grant: u8, epoch: Option<u64>, scope: Option<&str>) -> Change {
    let consent = scope.map(|scope| (Spkey::parse("orders-1.x").unwrap(), Scope::parse(scope).unwrap()));
    let listed = ListedGrant { since: Timestamp::from_secs(NOW), until: Timestamp::from_secs(NOW + 60) };
    let (client_id, owner, grant) = (shop(), alice(), GrantKey::of_id(&[grant; 16]));
    let listing = Listing { client_id, owner, grant, listed, consent, epoch, over: vec![] };
    Change::List { listing: Box::new(listing), attempt: "list".into() }
}

fn raise() -> Change {
    Change::RaiseEpoch { owner: alice(), client_id: shop(), attempt: "raise".into() }
}

#[tokio::test]
async fn grants_enter_the_list_under_the_epoch_that_was_read() {
    let store = Store::new().await;
    let (writer, reader) = (store.writer(), store.reader(0));
    assert_eq!(reader.owner_authorization(&shop(), &alice()).await.unwrap(), None);
    writer.commit(list(1, None, Some("read"))).await.unwrap();
    writer.commit(list(2, Some(0), None)).await.unwrap();
    writer.commit(list(3, Some(0), Some("read write"))).await.unwrap();
    let found = reader.owner_authorization(&shop(), &alice()).await.unwrap().unwrap();
    assert_eq!((found.grants.len(), found.epoch), (3, 0));
    assert!(found.covers(&Spkey::parse("orders-1.x").unwrap(), &Scope::parse("write").unwrap()));

    writer.commit(raise()).await.unwrap();
    assert_eq!(writer.commit(list(4, Some(0), None)).await, Err(CommitError::Conflict));
    let found = reader.owner_authorization(&shop(), &alice()).await.unwrap().unwrap();
    assert_eq!((found.grants.len(), found.epoch, found.consents.len()), (3, 1, 0));
}

#[tokio::test]
async fn the_first_listing_on_its_way_fails_once_all_is_revoked() {
    let store = Store::new().await;
    let writer = store.writer();
    writer.commit(raise()).await.unwrap();
    assert_eq!(writer.commit(list(1, None, None)).await, Err(CommitError::Conflict));
    writer.commit(list(1, Some(1), Some(""))).await.unwrap();
    let found = store.reader(0).owner_authorization(&shop(), &alice()).await.unwrap().unwrap();
    assert!(found.covers(&Spkey::parse("orders-1.x").unwrap(), &Scope::default()));
}

#[tokio::test]
async fn grants_that_are_over_leave_the_list() {
    let store = Store::new().await;
    let writer = store.writer();
    writer.commit(list(1, None, None)).await.unwrap();
    writer.commit(list(2, Some(0), None)).await.unwrap();
    let Change::List { mut listing, attempt } = list(3, Some(0), None) else { unreachable!() };
    listing.over = [1, 2].map(|id| GrantKey::of_id(&[id; 16]).as_str().to_owned()).into();
    writer.commit(Change::List { listing, attempt }).await.unwrap();
    let found = store.reader(0).owner_authorization(&shop(), &alice()).await.unwrap().unwrap();
    assert_eq!(found.live(Timestamp::from_secs(NOW)), [GrantKey::of_id(&[3; 16]).as_str()]);
}

#[tokio::test]
async fn the_index_of_an_owner_names_each_client_once() {
    let store = Store::new().await;
    let (writer, reader) = (store.writer(), store.reader(0));
    assert_eq!(reader.clients_of(&alice()).await.unwrap(), []);
    for client_id in ["shop", "app", "shop"] {
        let client_id = ClientId::parse(client_id).unwrap();
        writer.commit(Change::Index { owner: alice(), client_id }).await.unwrap();
    }
    let mut clients = reader.clients_of(&alice()).await.unwrap();
    clients.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    assert_eq!(clients, [ClientId::parse("app").unwrap(), shop()]);
}

#[tokio::test]
async fn a_login_lasts_until_it_is_ended() {
    let store = Store::new().await;
    let (writer, reader) = (store.writer(), store.reader(0));
    let key = SessionKey::of(&Secret::new("cookie".into()));
    let session = Session {
        username: alice(),
        authenticated_at: Timestamp::from_secs(NOW),
        password: Digest::of(b"phc"),
        expires_at: Timestamp::from_secs(NOW + 60),
    };
    let log_in = Change::LogIn { key: key.clone(), session: session.clone(), attempt: "in".into() };
    writer.commit(log_in).await.unwrap();
    assert_eq!(reader.session(&key).await.unwrap(), Some(session));
    writer.commit(Change::LogOut { key: key.clone() }).await.unwrap();
    writer.commit(Change::LogOut { key: key.clone() }).await.unwrap();
    assert_eq!(reader.session(&key).await.unwrap(), None);
}
