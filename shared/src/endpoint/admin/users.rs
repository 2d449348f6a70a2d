//! Resource owners one by one: new ones, switched off and on again, and new passwords. What ends a login ends what the
//! owner let clients do.

use std::fmt;

use super::shut_out::{ShutOut, ShutOutError};
use crate::{
    endpoint::{revoke_client_of_owner, revoke_owner},
    env::World,
    model::{SecretDigest, User},
    protocol::{ClientId, Secret, Subject},
    store::{Change, CommitError, Record, StoreError, Writer},
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
    /// They never let this client do anything.
    NothingGranted,
    /// They were changed by somebody else meanwhile; nothing was written.
    Changed,
    /// The store did not answer: the write may have been made or not.
    Store(StoreError),
    /// There is no such user, or the user is written; what they granted is not known to be taken back.
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
    let user = User { username, enabled: true, password, name, email, roles, revocation_due: false, times_disabled: 0 };
    save(user, None, store, world).await.map_err(|error| match error {
        CommitError::Conflict => UserError::Exists,
        CommitError::Store(error) => UserError::Store(error),
    })
}

/// Changes a user, and tells how many grants that ended. Who is switched off already, or there no more, has theirs looked
/// for again.
///
/// # Errors
/// [`UserError`].
pub async fn change_user(
    username: &Subject,
    edit: UserEdit,
    store: &Writer,
    world: &World,
) -> Result<usize, UserError> {
    let Some(before) = store.reader().user(username).await.map_err(UserError::Store)? else {
        return match edit {
            UserEdit::Disable => end_what_is_left(username, store, world).await,
            UserEdit::Enable | UserEdit::Password(_) => Err(UserError::Unknown),
        };
    };
    let ends_grants = before.value.revocation_due || !matches!(edit, UserEdit::Enable);
    let after = match edit {
        UserEdit::Enable => User { enabled: true, ..before.value.clone() },
        UserEdit::Disable => User { enabled: false, ..before.value.clone() },
        UserEdit::Password(password) => {
            User { password: SecretDigest::of_hand_picked(&password, &world.env()), ..before.value.clone() }
        }
    };
    if ends_grants {
        return Ok(ShutOut { before, after: Some(after) }.carry_out(store, world).await?);
    }
    if after != before.value {
        save(after, Some(before.revision), store, world).await.map_err(ShutOutError::Unwritten)?;
    }
    Ok(0)
}

/// Takes back what a user let clients do, or one client, and tells how many grants that ended. The user is left alone, and
/// need not be there any more.
///
/// # Errors
/// [`UserError`]; [`UserError::NothingGranted`] keeps a wrong client id from looking like success.
pub async fn revoke_granted(
    username: &Subject,
    client_id: Option<&ClientId>,
    store: &Writer,
    world: &World,
) -> Result<usize, UserError> {
    let clients = store.reader().clients_of(username).await.map_err(UserError::Store)?;
    if clients.is_empty() && store.reader().user(username).await.map_err(UserError::Store)?.is_none() {
        return Err(UserError::Unknown);
    }
    let ended = match client_id {
        None => revoke_owner(store, world, username).await,
        Some(client_id) if clients.contains(client_id) => {
            revoke_client_of_owner(store, world, client_id, username).await
        }
        Some(_) => return Err(UserError::NothingGranted),
    };
    ended.map_err(UserError::Unrevoked)
}

/// Ends what is listed under the name of nobody.
async fn end_what_is_left(username: &Subject, store: &Writer, world: &World) -> Result<usize, UserError> {
    match revoke_owner(store, world, username).await {
        Ok(0) => Err(UserError::Unknown),
        Ok(ended) => Ok(ended),
        Err(error) => Err(UserError::Unrevoked(error)),
    }
}

async fn save(user: User, over: Option<u64>, store: &Writer, world: &World) -> Result<(), CommitError> {
    store.commit(Change::Save { record: Record::User(user), over, attempt: world.env().attempt() }).await
}

impl From<ShutOutError> for UserError {
    fn from(error: ShutOutError) -> Self {
        match error {
            ShutOutError::Unwritten(CommitError::Conflict) => Self::Changed,
            ShutOutError::Unwritten(CommitError::Store(error)) => Self::Store(error),
            ShutOutError::Unrevoked(error) => Self::Unrevoked(error),
        }
    }
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("there is no such user"),
            Self::Exists => f.write_str("there is such a user already"),
            Self::IsClient => f.write_str("a client has this name, and sub could be the user or the client"),
            Self::NothingGranted => f.write_str("this client was never let do anything"),
            Self::Changed => f.write_str("nothing was written: the user was changed meanwhile, try again"),
            Self::Store(error) => write!(f, "the user may be written or not: {error}"),
            Self::Unrevoked(error) => {
                write!(f, "taking back what they granted came to no end: {error}; running it again does the rest")
            }
        }
    }
}

impl std::error::Error for UserError {}
