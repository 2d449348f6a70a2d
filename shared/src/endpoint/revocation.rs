//! Taking back what a resource owner has granted. Nothing of it counts any more when this has returned.

use futures_util::future::try_join_all;

use crate::{
    env::World,
    model::GrantKey,
    protocol::{ClientId, OAuthError, Subject},
    store::{Change, Writer},
};

/// Ends what an owner has let one client do. No grant enters the list once the epoch is raised, and one that is listed
/// but not made yet finds its key taken.
pub(super) async fn revoke_client_of_owner(
    store: &Writer,
    world: &World,
    client_id: &ClientId,
    owner: &Subject,
) -> Result<(), OAuthError> {
    let env = world.env();
    let raise = Change::RaiseEpoch { owner: owner.clone(), client_id: client_id.clone(), attempt: env.attempt() };
    store.commit(raise).await?;
    let authorization = store.reader().owner_authorization(client_id, owner).await?;
    let listed = authorization.map(|authorization| authorization.grants).unwrap_or_default();
    let end =
        |key: &String| store.commit(Change::Revoke { id: GrantKey::parse(key), at: env.now, attempt: env.attempt() });
    try_join_all(listed.keys().map(end)).await?;
    Ok(())
}
