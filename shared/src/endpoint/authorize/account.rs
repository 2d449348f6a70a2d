//! The account page: what a resource owner has let clients do, and taking it back.

use std::sync::Arc;

use futures_util::future::try_join_all;
use pages::{AccountPage, Authorization, Day, Document};

use super::{
    ACCOUNT, AuthorizeEndpoint, LOGIN, LOGOUT, Visit, cookie,
    page::{Answer, Stop, page, see_other},
};
use crate::{
    endpoint::{Done, Told, revocation::revoke_client_of_owner},
    model::{Client, OwnerAuthorization, ServiceDefinition, SessionKey, User},
    protocol::{ClientId, ErrorCode, OAuthError, Parameters, Request, Scope, ScopeToken, Spkey, Subject, Timestamp},
    store::Stored,
};

impl AuthorizeEndpoint {
    /// Shows what the resource owner has let clients do.
    pub(super) async fn account_page(&self, visit: &Visit) -> Result<Answer, Stop> {
        let Some(user) = self.user(visit).await? else {
            let response = see_other(&self.href(LOGIN, &Parameters::default()))?;
            return Ok(Answer { response, done: Done::Asked });
        };
        let listed = self.listed(&user.username).await?;
        let revoked = visit.parameters.only(REVOKED)?;
        let revoked = listed.iter().find(|listed| Some(listed.authorization.client_id.as_str()) == revoked);
        let csrf = visit.cookie.as_ref().map(cookie::token).unwrap_or_default();
        let (account, logout) = (self.href(ACCOUNT, &Parameters::default()), self.href(LOGOUT, &Parameters::default()));
        let now = self.server.world.clock.now();
        let document = Document::of(&AccountPage {
            theme: &*self.theme().await,
            owner: user.name.as_deref().unwrap_or(user.username.as_str()),
            username: user.username.as_str(),
            csrf: &csrf,
            revoke_action: &account,
            logout_action: &logout,
            revoked: revoked.map(Listed::name),
            authorizations: listed.iter().filter_map(|listed| listed.shown(now)).collect(),
        });
        Ok(Answer { response: page(document), done: Done::Shown })
    }

    /// Ends what the resource owner has let one client do.
    pub(super) async fn take_back(&self, visit: &Visit, request: &Request) -> Result<Answer, Stop> {
        let form = self.form(visit, request)?;
        let Some(user) = self.user(visit).await? else { return Ok(self.login_again(visit, None).await) };
        let client_id = form.get("client").and_then(|text| ClientId::parse(text).ok());
        let client_id = client_id.ok_or_else(|| ErrorCode::InvalidRequest.because("client is missing"))?;
        let (store, world) = (&self.server.store, &self.server.world);
        // The index comes before every grant, so what it does not name has none; ending it would leave an item for good.
        if !store.reader().clients_of(&user.username).await?.contains(&client_id) {
            let text = "this application has no access to your account";
            return Err(ErrorCode::InvalidRequest.because(text).into());
        }
        revoke_client_of_owner(store, world, &client_id, &user.username).await?;
        let parameters = Parameters::from_pairs(vec![(REVOKED.into(), client_id.to_string())]);
        let response = see_other(&self.href(ACCOUNT, &parameters))?;
        let told = Told { client_id, services: Vec::new(), subject: user.username, scope: Scope::default() };
        Ok(Answer { response, done: Done::Revoked(told) })
    }

    /// Who has logged in, as of now.
    async fn user(&self, visit: &Visit) -> Result<Option<User>, OAuthError> {
        let Some(cookie) = &visit.cookie else { return Ok(None) };
        let reader = self.server.store.reader();
        let Some(session) = reader.session(&SessionKey::of(cookie)).await? else { return Ok(None) };
        let now = self.server.world.clock.now();
        let user = reader.user(&session.username).await?.map(|user| user.value);
        Ok(user.filter(|user| session.is_live(user, now)))
    }

    async fn listed(&self, owner: &Subject) -> Result<Vec<Listed>, OAuthError> {
        let reader = self.server.store.reader();
        let clients = reader.clients_of(owner).await?;
        let read = clients.iter().map(async |client_id| {
            let authorization = reader.owner_authorization(client_id, owner).await?;
            let Some(authorization) = authorization else { return Ok(None) };
            let client = reader.client(client_id).await?;
            let spkeys: Vec<Spkey> = authorization.consents.keys().cloned().collect();
            Ok::<_, OAuthError>(Some(Listed { services: reader.services(&spkeys).await?, authorization, client }))
        });
        Ok(try_join_all(read).await?.into_iter().flatten().collect())
    }
}

/// What was read about one client of an owner.
struct Listed {
    authorization: OwnerAuthorization,
    client: Option<Arc<Stored<Client>>>,
    services: Vec<Arc<ServiceDefinition>>,
}

impl Listed {
    /// The client's name; of one that is gone its id is left.
    fn name(&self) -> &str {
        match &self.client {
            Some(client) => client.value.application.as_str(),
            None => self.authorization.client_id.as_str(),
        }
    }

    /// `None` where all was taken back.
    fn shown(&self, now: Timestamp) -> Option<Authorization<'_>> {
        let authorization = &self.authorization;
        let since = authorization.lets_in_since(now)?;
        Some(Authorization {
            id: authorization.client_id.as_str(),
            client: self.name(),
            services: self.services.iter().map(|service| service.name.as_str()).collect(),
            scopes: authorization.consents.values().flat_map(Scope::iter).map(ScopeToken::as_str).collect(),
            since: Day::of_unix(since.as_secs()),
        })
    }
}

const REVOKED: &str = "revoked";
