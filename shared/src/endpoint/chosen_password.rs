//! Passwords that their users choose. Like every change that ends a login, it ends what the user has let clients do; and it
//! writes nothing else of the user, as the function may that serves people.

use super::revocation::revoke_owner;
use crate::{
    env::World,
    model::{SecretDigest, User},
    protocol::Subject,
    store::{Change, ChosenPassword, CommitError, Stored, Writer},
};

/// Gives a user another password, over the state that was read. The user's item says from that write until all is taken
/// back that this is still due.
///
/// # Errors
/// [`CommitError`]. Where the password was changed and the rest was not, [`finish`] does it.
pub(super) async fn change(
    before: &Stored<User>,
    digest: SecretDigest,
    store: &Writer,
    world: &World,
) -> Result<User, CommitError> {
    let marked = User { password: digest, revocation_due: true, ..before.value.clone() };
    let mut over = before.revision;
    if marked != before.value {
        store.commit(setting(&marked, over, world)).await?;
        over += 1;
    }
    revoke_owner(store, world, &marked.username).await?;
    let after = User { revocation_due: false, ..marked };
    store.commit(setting(&after, over, world)).await?;
    Ok(after)
}

/// Brings to its end what was interrupted of a user who can log in.
///
/// # Errors
/// [`CommitError`]; it can be repeated.
pub(super) async fn finish(username: &Subject, store: &Writer, world: &World) -> Result<(), CommitError> {
    let stored = store.reader().user(username).await?;
    let Some(due) = stored.filter(|stored| stored.value.revocation_due && stored.value.enabled) else { return Ok(()) };
    let digest = due.value.password.clone();
    change(&due, digest, store, world).await.map(drop)
}

fn setting(user: &User, over: u64, world: &World) -> Change {
    let User { username, password, revocation_due, .. } = user.clone();
    let password = ChosenPassword { username, digest: password, revocation_due, over };
    Change::SetPassword { password, attempt: world.env().attempt() }
}
