//! Passwords of resource owners: counted, compared, and never told apart from names that nobody has.

use std::borrow::Cow;

use super::{guesses::Guess, server::Server};
use crate::{
    client_auth,
    model::{SecretDigest, ThrottleKey, User},
    protocol::{ErrorCode, OAuthError, Secret, Subject},
};

impl Server {
    /// Finds out whether a password is that of a user who may log in. A right one is not counted.
    pub(super) async fn prove_password(
        &self,
        username: &str,
        password: &Secret,
        source: &str,
    ) -> Result<User, OAuthError> {
        let counted = match self.count_guesses(ThrottleKey::of_password(username, source)).await? {
            Guess::Admitted(counted) => counted,
            Guess::TooMany { wait } => return Err(client_auth::too_many_failures(wait)),
        };
        let user = match Subject::parse(username) {
            Ok(username) => self.store.reader().user(&username).await?.map(|user| user.value),
            Err(_) => None,
        };
        let user = user.ok_or_else(|| {
            // What a comparison takes: the time of the answer does not say whether there is such a user.
            drop(SecretDigest::of_hand_picked(password, &self.world.env()));
            wrong("unknown user")
        })?;
        match (user.password.matches(password), user.enabled) {
            (false, _) => Err(wrong(format!("wrong password of the user {}", user.username))),
            (true, false) => Err(wrong(format!("the user {} is switched off", user.username))),
            (true, true) => {
                self.forgive_guesses(counted).await;
                Ok(user)
            }
        }
    }
}

fn wrong(reason: impl Into<Cow<'static, str>>) -> OAuthError {
    ErrorCode::WrongPassword.because("the username or the password is wrong").logged_as(reason)
}
