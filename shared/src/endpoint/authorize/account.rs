//! The account page: what a resource owner has let clients do, and taking it back.

use futures_util::future::try_join_all;
use pages::{AccountNotice, AccountPage, Document};

use super::{
    ACCOUNT, AuthorizeEndpoint, LOGIN, LOGOUT, PASSWORD, Visit, cookie,
    listed::{Listed, tell_apart},
    page::{Answer, Stop, page, see_other},
};
use crate::{
    endpoint::{Done, Told, revocation::revoke_client_of_owner},
    model::{SessionKey, User},
    protocol::{ErrorCode, OAuthError, Parameters, Request, Response, Scope, Subject},
    store::Stored,
};

impl AuthorizeEndpoint {
    /// Shows what the resource owner has let clients do.
    pub(super) async fn account_page(&self, visit: &Visit) -> Result<Answer, Stop> {
        let Some(user) = self.user(visit).await? else {
            let response = see_other(&self.href(LOGIN, &Parameters::default()))?;
            return Ok(Answer { response, done: Done::Asked });
        };
        let response = self.account_of(&user.value, visit, None).await?;
        Ok(Answer { response, done: Done::Shown })
    }

    async fn account_of(
        &self,
        user: &User,
        visit: &Visit,
        notice: Option<AccountNotice<'_>>,
    ) -> Result<Response, OAuthError> {
        let listed = self.listed(&user.username).await?;
        let now = self.server.world.clock.now();
        let mut authorizations: Vec<_> = listed.iter().filter_map(|listed| listed.shown(now)).collect();
        tell_apart(&mut authorizations);
        let revoked = visit.parameters.only(REVOKED)?;
        let is_revoked = |listed: &&Listed| Some(listed.client_id().as_str()) == revoked && listed.shown(now).is_none();
        let removed = || listed.iter().find(is_revoked).map(|listed| AccountNotice::Removed(listed.name()));
        let confirmation = visit.cookie.as_ref().map(cookie::confirmation);
        let is_changed = confirmation.is_some() && visit.parameters.only(CHANGED)? == confirmation.as_deref();
        let changed = is_changed.then_some(AccountNotice::PasswordChanged);
        let csrf = visit.cookie.as_ref().map(cookie::token).unwrap_or_default();
        let (account, logout) = (self.href(ACCOUNT, &Parameters::default()), self.href(LOGOUT, &Parameters::default()));
        Ok(page(Document::of(&AccountPage {
            theme: &*self.theme().await,
            owner: user.name.as_deref().unwrap_or(user.username.as_str()),
            username: user.username.as_str(),
            csrf: &csrf,
            revoke_action: &account,
            password: &self.href(PASSWORD, &Parameters::default()),
            logout_action: &logout,
            notice: notice.or(changed).or_else(removed),
            authorizations,
        })))
    }

    /// The page anew, in the place of an answer to a form that was not made for this browser as it is now.
    async fn account_anew(&self, visit: &Visit, error: OAuthError) -> Stop {
        let user = match self.user(visit).await {
            Ok(Some(user)) => user,
            Ok(None) => return self.login_anew(visit, None, error).await,
            Err(failure) => return failure.into(),
        };
        match self.account_of(&user.value, visit, Some(AccountNotice::Outdated)).await {
            Ok(response) => Stop { response: Some(Box::new(error.page(response))), error },
            Err(failure) => failure.into(),
        }
    }

    /// Ends what the resource owner has let one client do.
    pub(super) async fn take_back(&self, visit: &Visit, request: &Request) -> Result<Answer, Stop> {
        let form = match self.form(visit, request) {
            Err(error) if error.code == ErrorCode::ForeignForm => return Err(self.account_anew(visit, error).await),
            form => form?,
        };
        let Some(user) = self.user(visit).await? else { return Ok(self.login_again(visit, None).await) };
        let (store, world) = (&self.server.store, &self.server.world);
        // The index comes before every grant, so what it does not name has none; ending it would leave an item for good.
        let owner = user.value.username;
        let let_in = store.reader().clients_of(&owner).await?;
        let named = form.get("client");
        let client_id = let_in.into_iter().find(|client_id| Some(client_id.as_str()) == named);
        let text = "client must name an application that has access to this account";
        let client_id = client_id.ok_or_else(|| ErrorCode::InvalidRequest.because(text))?;
        revoke_client_of_owner(store, world, &client_id, &owner).await?;
        let parameters = Parameters::from_pairs(vec![(REVOKED.into(), client_id.to_string())]);
        let response = see_other(&self.href(ACCOUNT, &parameters))?;
        let told = Told { client_id, services: Vec::new(), subject: owner, scope: Scope::default() };
        Ok(Answer { response, done: Done::Revoked(told) })
    }

    /// Who has logged in, as of now.
    pub(super) async fn user(&self, visit: &Visit) -> Result<Option<Stored<User>>, OAuthError> {
        let Some(cookie) = &visit.cookie else { return Ok(None) };
        let reader = self.server.store.reader();
        let Some(session) = reader.session(&SessionKey::of(cookie)).await? else { return Ok(None) };
        let now = self.server.world.clock.now();
        let user = reader.user(&session.username).await?;
        Ok(user.filter(|user| session.is_live(&user.value, now)))
    }

    /// What the resource owner has let clients do.
    pub(super) async fn listed(&self, owner: &Subject) -> Result<Vec<Listed>, OAuthError> {
        let reader = self.server.store.reader();
        let clients = reader.clients_of(owner).await?;
        let read = clients.iter().map(async |client_id| Listed::read(reader, client_id, owner).await);
        Ok(try_join_all(read).await?.into_iter().flatten().collect())
    }
}

const REVOKED: &str = "revoked";
pub(super) const CHANGED: &str = "changed";
