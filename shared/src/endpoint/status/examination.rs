//! What an answer about the token of a request would stand on, for those who explain it.

use std::sync::Arc;

use super::{
    Resource, StatusEndpoint,
    asked::bearer,
    presented::{PresentedToken, TokenKind},
    unshown::Unshown,
};
use crate::{
    endpoint::form::posted_form,
    model::{Client, Grant, ServiceDefinition},
    protocol::{OAuthError, Request, Scope, Spkey, Timestamp},
    store::Stored,
};

/// The token of a request, as the store knows it.
#[derive(Debug)]
pub struct TokenExamination {
    /// Whether its text is that of a refresh token.
    pub is_refresh_token: bool,
    /// Its grant.
    pub grant: Option<Grant>,
    /// The grant's client.
    pub client: Option<Arc<Stored<Client>>>,
    /// The grant's services, as far as there are any.
    pub services: Vec<Arc<ServiceDefinition>>,
    /// What it is worth to those to whom it is shown.
    pub standing: Result<Standing, Unshown>,
}

/// A token that counts.
#[derive(Debug)]
pub struct Standing {
    /// What it allows.
    pub scope: Scope,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The services that it opens.
    pub services: Vec<Spkey>,
}

impl StatusEndpoint {
    /// Examines what a request is about, whoever asks; `None` where it presents no token.
    ///
    /// # Errors
    /// [`OAuthError`] for a form or a header that cannot be read, and when the store does not answer.
    pub async fn examine(&self, request: &Request) -> Result<Option<TokenExamination>, OAuthError> {
        let text = match Resource::at(&request.path) {
            Some(Resource::Introspection | Resource::Revocation(_)) => posted_form(request)?.take("token"),
            Some(Resource::TokenInformation) => Some(bearer(request)?),
            Some(Resource::Metadata(_) | Resource::OfService(_)) | None => None,
        };
        let Some(text) = text else { return Ok(None) };
        let token = PresentedToken::of(&text);
        let reader = self.server.store.reader();
        let (_, located) = reader.clients_and_token(&[], &token.item).await?;
        let facts = self.facts(reader.grant_in(located).await?, &[]).await?;
        let standing = token.live(&facts, |_| true, self.server.world.clock.now()).map(|live| Standing {
            scope: live.scope.clone(),
            expires_at: live.expires_at,
            services: live.services.iter().map(|service| service.spkey.clone()).collect(),
        });
        Ok(Some(TokenExamination {
            is_refresh_token: token.kind == TokenKind::Refresh,
            standing,
            grant: facts.grant.map(|seen| seen.value),
            client: facts.client,
            services: facts.services,
        }))
    }
}
