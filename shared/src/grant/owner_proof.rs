//! The proof of a resource owner by name and password, as the login page and the password grant ask for it.

use std::borrow::Cow;

use crate::{
    client_auth::ProvenSecrets,
    env::Env,
    model::{SecretDigest, User},
    protocol::{ErrorCode, OAuthError, Secret},
};

/// A name and a password that do not belong together, or belong to nobody who may log in.
#[derive(Debug)]
pub struct WrongPassword {
    reason: Cow<'static, str>,
}

impl WrongPassword {
    /// The error that says so, in the same words for every name.
    pub fn told_as(&self, code: ErrorCode) -> OAuthError {
        code.because("the username or the password is wrong").logged_as(self.reason.clone())
    }
}

/// Whoever the name and the password are of. `user`: who has the name, if anybody has. Where nobody has, it takes as long
/// as a comparison, so that the time of the answer does not tell.
///
/// # Errors
/// [`WrongPassword`].
pub fn prove_owner<'u>(
    user: Option<&'u User>,
    password: &Secret,
    (proven, env): (&ProvenSecrets, &Env<'_>),
) -> Result<&'u User, WrongPassword> {
    let wrong = |reason: Cow<'static, str>| Err(WrongPassword { reason });
    let Some(user) = user else {
        drop(SecretDigest::of_hand_picked(password, env));
        return wrong("unknown user".into());
    };
    match (proven.is_password_of(user, password, env), user.enabled) {
        (false, _) => wrong(format!("wrong password of the user {}", user.username).into()),
        (true, false) => wrong(format!("the user {} is switched off", user.username).into()),
        (true, true) => Ok(user),
    }
}
