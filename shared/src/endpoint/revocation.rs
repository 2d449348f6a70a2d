//! Taking back what a resource owner has let clients do: all of it, or what one client was let do.

use futures_util::future::try_join_all;

use super::contention::{Contention, settled};
use crate::{
    env::World,
    model::{GrantKey, OwnerAuthorization},
    protocol::{ClientId, Subject},
    store::{Change, CommitError, Writer},
};

/// Takes back whatever a resource owner has let any client do, and tells how many grants that ended. Whoever switches an
/// owner off or changes a password writes the user first: see [`crate::grant::OwnerFacts`].
///
/// # Errors
/// The first [`CommitError`] of a client, once all others had their turn; it can be repeated.
pub async fn revoke_owner(store: &Writer, world: &World, owner: &Subject) -> Result<usize, CommitError> {
    let mut outcome = Ok(0);
    for client_id in store.reader().clients_of(owner).await? {
        let ended = revoke_client_of_owner(store, world, &client_id, owner).await;
        outcome = outcome.and_then(|before| Ok(before + ended?));
    }
    outcome
}

/// Ends all that a resource owner has let one client do. What the owner agreed to is forgotten.
///
/// The order is what counts. Under the new epoch no grant enters the list whose decision was made before; each that had
/// entered is found in the list, and its end holds also where the grant itself is still on its way to the store. The client
/// is shown to the owner until all of them have ended.
///
/// # Errors
/// As [`revoke_owner`].
pub async fn revoke_client_of_owner(
    store: &Writer,
    world: &World,
    client_id: &ClientId,
    owner: &Subject,
) -> Result<usize, CommitError> {
    let env = world.env();
    let raised = Change::RaiseEpoch { owner: owner.clone(), client_id: client_id.clone(), attempt: env.attempt() };
    store.commit(raised).await?;
    let Some(found) = store.reader().owner_authorization(client_id, owner).await? else { return Ok(0) };
    let keys: Vec<GrantKey> = found.grants.keys().map(|key| GrantKey::parse(key)).collect();
    for some in keys.chunks(AT_ONCE) {
        let end = |id: &GrantKey| Change::Revoke { id: id.clone(), at: env.now, attempt: env.attempt() };
        try_join_all(some.iter().map(|id| store.commit(end(id)))).await?;
    }
    for some in keys.chunks(OwnerAuthorization::MAX_LEAVING) {
        unlist(store, world, &found, some).await?;
    }
    Ok(keys.len())
}

/// Takes ended grants out of the list. Who raised the epoch again meanwhile ends and takes out what is listed, too. Where
/// others keep changing the list, the ended ones stay in it until their time is over: they open nothing.
async fn unlist(
    store: &Writer,
    world: &World,
    found: &OwnerAuthorization,
    ended: &[GrantKey],
) -> Result<(), CommitError> {
    let mut contention = Contention::new(world);
    loop {
        let seen = store.reader().owner_authorization(&found.client_id, &found.owner).await?;
        let Some(seen) = seen.filter(|seen| seen.epoch == found.epoch) else { return Ok(()) };
        let change = Change::Unlist { seen: Box::new(seen), ended: ended.to_vec(), attempt: world.env().attempt() };
        if settled(store.commit(change).await)?.is_some() || contention.again().await.is_err() {
            return Ok(());
        }
    }
}

/// Writes on their way at once.
const AT_ONCE: usize = 10;
