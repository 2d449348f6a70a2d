//! Taking back what a resource owner granted, also against grants that are being made.

use std::time::Duration;

use shared::{
    endpoint::{revoke_client_of_owner, revoke_owner},
    env::Env,
    grant::{Entering, Entry, OwnerFacts, enter},
    model::Grant,
    protocol::{ClientId, Subject, Timestamp},
    store::{Change, CommitError, Writer},
};
use tests::Tollgate;

use crate::{
    granted::{Family, drawn, store},
    shop::{is_active, shop},
};

fn alice() -> Subject {
    Subject::parse("alice").unwrap()
}

fn client(id: &str) -> ClientId {
    ClientId::parse(id).unwrap()
}

fn entering(until: Timestamp) -> Entering {
    Entering { until, consents: [].into(), in_place_of: None }
}

/// What the owner has let a client do, read as a grant reads it before it decides.
async fn facts(store: &Writer, tollgate: &Tollgate, client_id: &str) -> OwnerFacts {
    let stored = store.reader().client(&client(client_id)).await.unwrap().unwrap();
    let owner = alice();
    let load = || OwnerFacts::load(store.reader(), &stored.value, &owner);
    let facts = load().await.unwrap();
    let (mut grant, _) = drawn(tollgate, client_id);
    let until = grant.ends_at();
    match enter(&mut grant, entering(until), (&facts, &tollgate.clock.world().env())) {
        Entry::Index(change) => {
            store.commit(*change).await.unwrap();
            load().await.unwrap()
        }
        Entry::List(_) => facts,
    }
}

/// The changes of a grant that the owner makes on the strength of such facts.
fn changes(mut grant: Grant, facts: &OwnerFacts, env: &Env<'_>) -> Vec<Change> {
    let until = grant.ends_at();
    let Entry::List(enlisting) = enter(&mut grant, entering(until), (facts, env)) else { panic!("it is indexed") };
    enlisting.around([Change::Issue { grant, attempt: env.attempt() }])
}

async fn granted(tollgate: &Tollgate, store: &Writer, client_id: &str) -> Family {
    let facts = facts(store, tollgate, client_id).await;
    let (grant, family) = drawn(tollgate, client_id);
    store.commit_all(changes(grant, &facts, &tollgate.clock.world().env())).await.unwrap();
    family
}

#[tokio::test]
async fn what_one_client_was_let_do_ends_and_what_another_was_does_not() {
    let tollgate = shop().await;
    let store = store(&tollgate);
    let families = [granted(&tollgate, &store, "shop").await, granted(&tollgate, &store, "shop").await];
    let other = granted(&tollgate, &store, "spa").await;
    let world = tollgate.clock.world();
    assert_eq!(revoke_client_of_owner(&store, &world, &client("shop"), &alice()).await, Ok(2));
    for family in &families {
        assert!(!is_active(&tollgate, &family.access[0]).await && !is_active(&tollgate, &family.refresh).await);
    }
    tollgate.call("GET", "/oauth2/tokeninfo").bearer(&other.access[0]).send().await.is(200);

    assert_eq!(revoke_owner(&store, &world, &alice()).await, Ok(1), "those that were ended before have left the list");
    tollgate.call("GET", "/oauth2/tokeninfo").bearer(&other.access[0]).send().await.is(400);
    let again = granted(&tollgate, &store, "shop").await;
    assert!(is_active(&tollgate, &again.access[0]).await, "what is granted after counts");
}

#[tokio::test]
async fn an_owner_who_granted_nothing_has_nothing_to_take_back() {
    let tollgate = shop().await;
    let (store, world) = (store(&tollgate), tollgate.clock.world());
    assert_eq!(revoke_owner(&store, &world, &alice()).await, Ok(0));
    assert_eq!(revoke_client_of_owner(&store, &world, &client("shop"), &alice()).await, Ok(0));
}

#[tokio::test]
async fn v9_no_grant_decided_before_counts_after_its_owner_took_all_back() {
    let tollgate = shop().await;
    let store = store(&tollgate);
    let (owner, mut won, mut lost) = (alice(), 0, 0);
    for round in 0..40 {
        let (facts, world) = (facts(&store, &tollgate, "shop").await, tollgate.clock.world());
        let (grant, family) = drawn(&tollgate, "shop");
        let making = async {
            for change in changes(grant, &facts, &world.env()) {
                tokio::time::sleep(Duration::from_millis(round % 10)).await;
                store.commit(change).await?;
            }
            Ok::<_, CommitError>(())
        };
        let (made, revoked) = tokio::join!(making, revoke_owner(&store, &world, &owner));
        revoked.unwrap();
        match made {
            Ok(()) => won += 1,
            Err(CommitError::Conflict) => lost += 1,
            Err(error) => panic!("{error}"),
        }
        for token in [&family.access[0], &family.refresh] {
            assert!(!is_active(&tollgate, token).await, "round {round}");
        }
    }
    assert!(won > 0 && lost > 0, "{won} were made before, {lost} came too late");
}
