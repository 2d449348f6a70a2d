//! What resource owners let clients do, and their logins.

use std::collections::BTreeMap;

use shared::{
    endpoint::revoke_client_of_owner,
    model::{GrantKey, ListedGrant, Listing, OwnerAuthorization, Session, SessionKey},
    protocol::{ClientId, Digest, Scope, Secret, Spkey, Subject, Timestamp},
    store::{Change, CommitError},
};
use tests::{Fault, Faults, NOW};

use crate::store::{Store, grant};

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
    let consents = scope.map(|scope| (Spkey::parse("orders-1.x").unwrap(), Scope::parse(scope).unwrap()));
    let consents = consents.into_iter().collect();
    let listed = ListedGrant { since: Timestamp::from_secs(NOW), until: Timestamp::from_secs(NOW + 60) };
    let (client_id, owner, grant) = (shop(), alice(), GrantKey::of_id(&[grant; 16]));
    let listing = Listing { client_id, owner, grant, listed, consents, epoch, alone_over: None, leaving: [].into() };
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
    listing.leaving = [1, 2].map(|id| GrantKey::of_id(&[id; 16]).as_str().to_owned()).into();
    writer.commit(Change::List { listing, attempt }).await.unwrap();
    let found = store.reader(0).owner_authorization(&shop(), &alice()).await.unwrap().unwrap();
    assert!(found.grants.keys().eq([GrantKey::of_id(&[3; 16]).as_str()]));
}

/// As much as one write may hold: each service of the largest grant, and as many grants as may leave at once.
#[tokio::test]
async fn what_is_agreed_to_for_many_services_enters_in_one_write_or_not_at_all() {
    let store = Store::new().await;
    let writer = store.writer();
    let consents: BTreeMap<_, _> = (0..64)
        .map(|at| (Spkey::parse(format!("{at:064}")).unwrap(), Scope::parse(&format!("s{at}.read")).unwrap()))
        .collect();
    let many = |epoch| {
        let leaving = (0..OwnerAuthorization::MAX_LEAVING).map(|at| format!("{at:043}")).collect();
        let with = |listing: &mut Listing| (listing.consents, listing.leaving) = (consents.clone(), leaving);
        listing(list(2, Some(epoch), None), with, "many")
    };
    writer.commit(list(1, None, Some("read"))).await.unwrap();
    assert_eq!(writer.commit(many(1)).await, Err(CommitError::Conflict));
    assert_eq!(authorization(&store).await.consents.len(), 1);
    writer.commit(many(0)).await.unwrap();
    let found = authorization(&store).await;
    assert_eq!((found.consents.len(), found.grants.len()), (65, 2));
    assert!(consents.iter().all(|(spkey, scope)| found.covers(spkey, scope)));
}

/// A listing with another end, or another attempt, or alone over a list that was read.
fn listing(change: Change, with: impl FnOnce(&mut Listing), attempt: &str) -> Change {
    let Change::List { mut listing, .. } = change else { unreachable!() };
    with(&mut listing);
    Change::List { listing, attempt: attempt.into() }
}

async fn authorization(store: &Store) -> OwnerAuthorization {
    store.reader(0).owner_authorization(&shop(), &alice()).await.unwrap().expect("there is an item")
}

#[tokio::test]
async fn no_listing_shortens_the_time_that_a_grant_is_listed_for() {
    let store = Store::new().await;
    let writer = store.writer();
    writer.commit(list(1, None, None)).await.unwrap();
    let until = |second| {
        let with = move |listing: &mut Listing| listing.listed.until = Timestamp::from_secs(NOW + second);
        listing(list(1, Some(0), None), with, &format!("until {second}"))
    };
    writer.commit(until(90)).await.unwrap();
    assert_eq!(writer.commit(until(89)).await, Err(CommitError::Conflict));
    writer.commit(until(90)).await.unwrap();
    let listed = authorization(&store).await.grants[GrantKey::of_id(&[1; 16]).as_str()];
    assert_eq!(listed.until, Timestamp::from_secs(NOW + 90));
}

#[tokio::test]
async fn of_two_who_enter_alone_one_sees_the_other() {
    let store = Store::new().await;
    let writer = store.writer();
    writer.commit(list(1, None, None)).await.unwrap();
    let seen = authorization(&store).await.attempt;
    let alone = |grant, attempt| {
        listing(list(grant, Some(0), None), |listing| listing.alone_over = Some(seen.clone()), attempt)
    };
    writer.commit(alone(2, "two")).await.unwrap();
    writer.commit(alone(2, "two")).await.expect("its own earlier send");
    assert_eq!(writer.commit(alone(3, "three")).await, Err(CommitError::Conflict));
}

#[tokio::test]
async fn an_epoch_is_raised_once_though_its_answer_was_lost() {
    let store = Store::new().await;
    let faults = Faults::before(store.database()).await;
    for (fault, epoch) in [(Fault::LoseAnswer, 1), (Fault::LoseRequest, 2)] {
        faults.befall("UpdateItem", fault);
        let raise = Change::RaiseEpoch { owner: alice(), client_id: shop(), attempt: format!("{fault:?}") };
        store.writer_by(faults.address).commit(raise).await.unwrap();
        assert_eq!((authorization(&store).await.epoch, faults.left()), (epoch, 0));
    }
}

#[tokio::test]
async fn an_epoch_that_arrives_late_takes_nothing_back() {
    let store = Store::new().await;
    let faults = Faults::before(store.database()).await;
    for listed_before in [false, true] {
        faults.befall_for_good("UpdateItem", Fault::ArriveLate);
        store.writer_by(faults.address).commit(raise()).await.unwrap_err();
        faults.forget();
        let again = Change::RaiseEpoch { owner: alice(), client_id: shop(), attempt: "again".into() };
        store.writer().commit(again).await.unwrap();
        let epoch = authorization(&store).await.epoch;
        store.writer().commit(list(1, Some(epoch), Some("read"))).await.unwrap();
        let before = authorization(&store).await;
        assert_eq!((faults.arrive().await, authorization(&store).await), (1, before), "{listed_before}");
    }
}

#[tokio::test]
async fn v9_a_listing_that_arrives_after_a_revocation_lists_nothing() {
    let store = Store::new().await;
    store.writer().commit(list(1, None, Some("read"))).await.unwrap();
    let faults = Faults::before(store.database()).await;
    faults.befall_for_good("UpdateItem", Fault::ArriveLate);
    store.writer_by(faults.address).commit(list(2, Some(0), Some("write"))).await.unwrap_err();
    faults.forget();
    revoke_client_of_owner(&store.writer(), &store.world(), &shop(), &alice()).await.unwrap();
    let before = authorization(&store).await;
    assert_eq!((faults.arrive().await, authorization(&store).await), (1, before));
}

#[tokio::test]
async fn v9_a_revocation_that_was_broken_off_leaves_the_client_shown_until_all_has_ended() {
    // The epoch, the ends of three grants, and the list without them: each time one more is written.
    for written in 1..5 {
        let store = Store::new().await;
        let (writer, now) = (store.writer(), Timestamp::from_secs(NOW));
        for (id, epoch) in [(1, None), (2, Some(0)), (3, Some(0))] {
            writer.commit(list(id, epoch, Some("read"))).await.unwrap();
            let change = Change::Issue { grant: grant(&[id; 16], "token"), attempt: "issue".into() };
            writer.commit(change).await.unwrap();
        }
        let faults = Faults::before(store.database()).await;
        faults.break_off_after(written);
        let (broken, world) = (store.writer_by(faults.address), store.world());
        revoke_client_of_owner(&broken, &world, &shop(), &alice()).await.unwrap_err();
        let left = authorization(&store).await;
        assert_eq!((left.lets_in_since(now), left.consents.len(), left.grants.len()), (Some(now), 0, 3), "{written}");

        assert_eq!(revoke_client_of_owner(&writer, &world, &shop(), &alice()).await, Ok(3), "{written}");
        for id in 1..=3 {
            let seen = store.reader(0).grant_at(&GrantKey::of_id(&[id; 16])).await.unwrap().unwrap();
            assert_eq!(seen.value.revoked_at, Some(now), "{written}");
        }
        let left = authorization(&store).await;
        assert_eq!((left.since, left.grants.len()), (None, 0), "{written}");
        assert_eq!(revoke_client_of_owner(&writer, &world, &shop(), &alice()).await, Ok(0), "{written}");
    }
}

#[tokio::test]
async fn v9_a_list_that_many_filled_at_once_is_taken_back_whole() {
    let store = Store::new().await;
    let writer = store.writer();
    let more = u8::try_from(2 * OwnerAuthorization::MAX_GRANTS + 40).unwrap();
    writer.commit(list(0, None, None)).await.unwrap();
    for id in 1..=more {
        writer.commit(list(id, Some(0), None)).await.unwrap();
    }
    let ended = revoke_client_of_owner(&writer, &store.world(), &shop(), &alice()).await.unwrap();
    let left = authorization(&store).await;
    assert_eq!((ended, left.grants.len(), left.since), (usize::from(more) + 1, 0, None));
}

#[tokio::test]
async fn what_enters_the_list_while_ended_grants_leave_it_stays() {
    let store = Store::new().await;
    let writer = store.writer();
    writer.commit(list(1, None, Some("read"))).await.unwrap();
    writer.commit(raise()).await.unwrap();
    let seen = authorization(&store).await;
    let new = |listing: &mut Listing| listing.listed.since = Timestamp::from_secs(NOW + 5);
    writer.commit(listing(list(2, Some(1), Some("write")), new, "new")).await.unwrap();
    let ended = vec![GrantKey::of_id(&[1; 16])];
    let unlist = |seen: OwnerAuthorization| Change::Unlist {
        seen: Box::new(seen),
        ended: ended.clone(),
        attempt: "unlist".into(),
    };
    assert_eq!(writer.commit(unlist(seen)).await, Err(CommitError::Conflict));
    writer.commit(unlist(authorization(&store).await)).await.unwrap();
    let left = authorization(&store).await;
    assert!(left.grants.keys().eq([GrantKey::of_id(&[2; 16]).as_str()]));
    assert_eq!((left.since, left.consents.len()), (Some(Timestamp::from_secs(NOW + 5)), 1));
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
async fn a_login_lasts_until_it_is_ended_and_no_late_send_brings_it_back() {
    let store = Store::new().await;
    let (writer, reader) = (store.writer(), store.reader(0));
    let key = SessionKey::of(&Secret::new("cookie".into()));
    let session = Session {
        username: alice(),
        authenticated_at: Timestamp::from_secs(NOW),
        login: Digest::of(b"phc"),
        expires_at: Timestamp::from_secs(NOW + 60),
        ended_at: None,
    };
    let log_out = |second| Change::LogOut { key: key.clone(), at: Timestamp::from_secs(NOW + second) };
    writer.commit(log_out(1)).await.unwrap();
    assert_eq!(reader.session(&key).await.unwrap(), None, "nothing is written for whoever has not logged in");

    let faults = Faults::before(store.database()).await;
    faults.befall("PutItem", Fault::ArriveLate);
    let log_in = Change::LogIn { key: key.clone(), session: session.clone(), attempt: "in".into() };
    store.writer_by(faults.address).commit(log_in).await.unwrap();
    assert_eq!(reader.session(&key).await.unwrap(), Some(session.clone()));
    for second in [1, 2] {
        writer.commit(log_out(second)).await.unwrap();
    }
    assert_eq!(faults.arrive().await, 1);
    let ended = Session { ended_at: Some(Timestamp::from_secs(NOW + 1)), ..session };
    assert_eq!(reader.session(&key).await.unwrap(), Some(ended));
}
