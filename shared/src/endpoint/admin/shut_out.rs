//! Changes of a user that end what they let clients do. The user's item says so from the write that makes the change
//! until all is taken back: whoever comes after a run that was interrupted knows what is left.

use crate::{
    endpoint::revoke_owner,
    env::World,
    model::User,
    store::{Change, CommitError, Record, RecordKey, Stored, Writer},
};

/// Such a change.
#[derive(Debug)]
pub(super) struct ShutOut {
    /// The user as they were read.
    pub before: Stored<User>,
    /// What becomes of them; `None` = they are removed.
    pub after: Option<User>,
}

/// How far a change did not come.
#[derive(Debug)]
pub(super) enum ShutOutError {
    /// The user was not written, or that is not known.
    Unwritten(CommitError),
    /// The user is written, and what they let clients do is not known to be taken back.
    Unrevoked(CommitError),
}

impl ShutOut {
    /// Writes the user with the mark, takes back what they let clients do, and removes the mark or the user. Tells how
    /// many grants that ended.
    ///
    /// # Errors
    /// [`ShutOutError`]; the change can be repeated.
    pub(super) async fn carry_out(self, store: &Writer, world: &World) -> Result<usize, ShutOutError> {
        let Self { before, after } = self;
        let is_disabled = before.value.enabled && after.as_ref().is_none_or(|user| !user.enabled);
        let times_disabled = before.value.times_disabled + u64::from(is_disabled);
        let after = after.map(|user| User { times_disabled, ..user });
        let without_login = || User { enabled: false, ..before.value.clone() };
        let marked = User { revocation_due: true, ..after.clone().unwrap_or_else(without_login) };
        let owner = marked.username.clone();
        let mut over = before.revision;
        if marked != before.value {
            store.commit(saving(marked, over, world)).await.map_err(ShutOutError::Unwritten)?;
            over += 1;
        }
        let ended = revoke_owner(store, world, &owner).await.map_err(ShutOutError::Unrevoked)?;
        let last = match after {
            Some(user) => saving(User { revocation_due: false, ..user }, over, world),
            None => Change::Remove { key: RecordKey::User(owner), over },
        };
        store.commit(last).await.map_err(ShutOutError::Unrevoked)?;
        Ok(ended)
    }
}

fn saving(user: User, over: u64, world: &World) -> Change {
    Change::Save { record: Record::User(user), over: Some(over), attempt: world.env().attempt() }
}
