//! Resource owners one by one: new ones, switched off and on again, and new passwords. What ends a login ends what the
//! owner let clients do.

use std::fmt;

use super::revocation::revoke_owner;
use crate::{
    env::World,
    model::{SecretDigest, User},
    protocol::{ClientId, Secret, Subject},
    store::{Change, CommitError, Record, StoreError, Stored, Writer},
};

/// A user who is not there yet.
#[derive(Debug)]
pub struct NewUser {
    /// The name to log in with.
    pub username: Subject,
    /// The password.
    pub password: Secret,
    /// Their name, for pages.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// What they may administer.
    pub roles: Vec<String>,
}

/// What changes of a user.
#[derive(Debug)]
pub enum UserEdit {
    /// They can log in again.
    Enable,
    /// They cannot log in any more.
    Disable,
    /// They log in with another password.
    Password(Secret),
}

/// Why a user is not, or not wholly, as wanted.
#[derive(Debug)]
pub enum UserError {
    /// There is no such user.
    Unknown,
    /// There is such a user already.
    Exists,
    /// A client has the name: a token's `sub` could be either.
    IsClient,
    /// They were changed by somebody else meanwhile; nothing was written.
    Changed,
    /// The store did not answer: the write may have been made or not.
    Store(StoreError),
    /// The user is written, and what they granted is not wholly taken back.
    Unrevoked(CommitError),
}

/// Makes a user.
///
/// # Errors
/// [`UserError`].
pub async fn add_user(user: NewUser, store: &Writer, world: &World) -> Result<(), UserError> {
    let NewUser { username, password, name, email, roles } = user;
    let namesake = ClientId::parse(username.as_str()).ok();
    if let Some(client_id) = namesake
        && store.reader().client_anew(&client_id).await.map_err(UserError::Store)?.is_some()
    {
        return Err(UserError::IsClient);
    }
    let password = SecretDigest::of_hand_picked(&password, &world.env());
    let user = User { username, enabled: true, password, name, email, roles };
    save(user, None, store, world).await.map_err(|error| match error {
        UserError::Changed => UserError::Exists,
        other => other,
    })
}

/// Changes a user, and tells how many grants that ended. A user who is switched off already is not written again, but
/// what they granted is looked for again: a run that was interrupted is finished by the next one.
///
/// # Errors
/// [`UserError`].
pub async fn change_user(
    username: &Subject,
    edit: UserEdit,
    store: &Writer,
    world: &World,
) -> Result<usize, UserError> {
    let found = store.reader().user(username).await.map_err(UserError::Store)?;
    let Stored { value: before, revision } = found.ok_or(UserError::Unknown)?;
    let after = match &edit {
        UserEdit::Enable => User { enabled: true, ..before.clone() },
        UserEdit::Disable => User { enabled: false, ..before.clone() },
        UserEdit::Password(password) => {
            User { password: SecretDigest::of_hand_picked(password, &world.env()), ..before.clone() }
        }
    };
    if after != before {
        save(after, Some(revision), store, world).await?;
    }
    match edit {
        UserEdit::Enable => Ok(0),
        UserEdit::Disable | UserEdit::Password(_) => {
            revoke_owner(store, world, username).await.map_err(UserError::Unrevoked)
        }
    }
}

async fn save(user: User, over: Option<u64>, store: &Writer, world: &World) -> Result<(), UserError> {
    let change = Change::Save { record: Record::User(user), over, attempt: world.env().attempt() };
    store.commit(change).await.map_err(|error| match error {
        CommitError::Conflict => UserError::Changed,
        CommitError::Store(error) => UserError::Store(error),
    })
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("there is no such user"),
            Self::Exists => f.write_str("there is such a user already"),
            Self::IsClient => f.write_str("a client has this name, and sub could be the user or the client"),
            Self::Changed => f.write_str("nothing was written: the user was changed meanwhile, try again"),
            Self::Store(error) => write!(f, "the user may be written or not: {error}"),
            Self::Unrevoked(error) => {
                write!(f, "the user is written, but not all that was granted is taken back: {error}; run it again")
            }
        }
    }
}

impl std::error::Error for UserError {}
