//! Login sessions of resource owners.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::User;
use crate::{
    env::Env,
    protocol::{Digest, Secret, Subject, Timestamp},
};

/// Key of a session's item: a digest of the cookie, so that the table gives nobody a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionKey(String);

impl SessionKey {
    /// The key of a cookie's value.
    pub fn of(cookie: &Secret) -> Self {
        Self(format!("session#{}", cookie.digest().to_key()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A resource owner who has logged in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The name of the user.
    pub username: Subject,
    /// The time of the login.
    pub authenticated_at: Timestamp,
    /// What it stands on ([`User::login_digest`]): another password ends the session, and switching the user off.
    pub login: Digest,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When its owner logged out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

impl Session {
    /// Seconds a login lasts: a working day.
    pub const LIFETIME: u64 = 8 * 60 * 60;

    /// The session of a user who has just proven the password.
    pub fn of(user: &User, now: Timestamp) -> Self {
        Self {
            username: user.username.clone(),
            authenticated_at: now,
            login: user.login_digest(),
            expires_at: now.plus(Self::LIFETIME),
            ended_at: None,
        }
    }

    /// Whether it still speaks for the user: in time, not ended, switched on all the while, and with the same password.
    pub fn is_live(&self, user: &User, now: Timestamp) -> bool {
        now < self.expires_at && self.ended_at.is_none() && user.enabled && self.login.matches(&user.login_digest())
    }

    /// When the item may go.
    pub fn purge_at(&self) -> Timestamp {
        self.expires_at
    }
}

/// Draws the value of a session cookie: 256 random bits in base64url.
pub fn session_cookie(env: &Env<'_>) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(env.random::<32>()))
}

/// What a form of the browser with this cookie has to carry: nobody who does not know the cookie can tell it, and it
/// does not give the cookie away.
pub fn csrf_token(cookie: &Secret) -> Digest {
    Digest::of_parts(&["csrf", cookie.expose()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        env::testing::{NOW, env},
        model::SecretDigest,
    };

    fn user(password: &str) -> User {
        User {
            username: Subject::parse("alice").unwrap(),
            enabled: true,
            password: SecretDigest::of_generated(&Secret::new(password.into())),
            name: None,
            email: None,
            roles: vec![],
            revocation_due: false,
            times_disabled: 0,
        }
    }

    #[test]
    fn a_session_ends_with_its_time_the_logout_the_users_switch_and_the_password() {
        let session = Session::of(&user("one"), NOW);
        let ended = Session { ended_at: Some(NOW.plus(1)), ..session.clone() };
        assert!(!ended.is_live(&user("one"), NOW), "whatever the clock of whom it reaches");
        assert!(session.is_live(&user("one"), NOW));
        assert!(!session.is_live(&user("one"), NOW.plus(Session::LIFETIME)));
        assert!(!session.is_live(&User { enabled: false, ..user("one") }, NOW));
        assert!(!session.is_live(&User { times_disabled: 1, ..user("one") }, NOW), "switched on again");
        assert!(!session.is_live(&user("another"), NOW));
    }

    #[test]
    fn a20_a_form_token_belongs_to_its_cookie_and_does_not_give_it_away() {
        let (one, other) = (session_cookie(&env()), session_cookie(&env()));
        assert_ne!(csrf_token(&one), csrf_token(&other));
        assert_ne!(csrf_token(&one), one.digest());
        assert_eq!(one.expose().len(), 43);
    }
}
