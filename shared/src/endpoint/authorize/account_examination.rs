//! What the account page and the logout would stand on, for those who explain them.

use super::{ACCOUNT, AuthorizeEndpoint, LOGIN, LOGOUT, PASSWORD};
use crate::{
    model::{Session, SessionKey},
    protocol::{ClientId, OAuthError, Request, Timestamp},
};

/// A login session, and what its owner sees.
#[derive(Debug)]
pub struct AccountExamination {
    /// Whether the browser has a session's cookie, or one that stands for nothing yet.
    pub has_cookie: bool,
    /// The session that the cookie stands for.
    pub session: Option<Session>,
    /// Whether it speaks for its user now.
    pub is_live: bool,
    /// What the account page would list.
    pub listed: Vec<LetIn>,
}

/// A client that a resource owner has let in.
#[derive(Debug)]
pub struct LetIn {
    /// Its id.
    pub client_id: ClientId,
    /// Its name, as the page shows it.
    pub name: String,
    /// The services that it may use, by name.
    pub services: Vec<String>,
    /// Its scopes.
    pub scopes: Vec<String>,
    /// Since when.
    pub since: Timestamp,
}

impl AuthorizeEndpoint {
    /// Examines the session of a request; `None` where it is about an authorization, or needs no session.
    ///
    /// # Errors
    /// [`OAuthError`] for a query that cannot be read, and when the store does not answer.
    pub async fn examine_account(&self, request: &Request) -> Result<Option<AccountExamination>, OAuthError> {
        let visit = self.visit(request)?;
        let is_login = request.path == LOGIN && !visit.carries_request();
        if !is_login && ![ACCOUNT, PASSWORD, LOGOUT].contains(&request.path.as_str()) {
            return Ok(None);
        }
        let (reader, now) = (self.server.store.reader(), self.server.world.clock.now());
        let session = match &visit.cookie {
            Some(cookie) => reader.session(&SessionKey::of(cookie)).await?,
            None => None,
        };
        let user = self.user(&visit).await?;
        let listed = match &user {
            Some(user) => self.listed(&user.value.username).await?,
            None => Vec::new(),
        };
        Ok(Some(AccountExamination {
            has_cookie: visit.cookie.is_some(),
            session,
            is_live: user.is_some(),
            listed: listed.iter().filter_map(|listed| listed.let_in(now)).collect(),
        }))
    }
}
