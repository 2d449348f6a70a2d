//! A token that somebody asks about: what it is, where its grant is, and what it still counts for.

use std::sync::Arc;

use super::unshown::Unshown;
use crate::{
    grant::allows_refresh,
    model::{Client, Grant, GrantKey, PresentedRefreshToken, SelfLocating, ServiceDefinition, TokenFault, TokenKey},
    protocol::{Digest, Scope, Secret, Spkey, Timestamp},
    store::{Seen, Stored},
};

/// A token as it was presented. Its text says what it is, so a hint changes nothing.
#[derive(Debug)]
pub(super) struct PresentedToken {
    pub(super) kind: TokenKind,
    pub(super) digest: Digest,
    /// The key of the item that is its grant, or leads to it.
    pub(super) item: GrantKey,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Access,
    Refresh,
}

/// What an answer about a token stands on.
#[derive(Debug)]
pub(super) struct TokenFacts {
    pub(super) grant: Option<Seen<Grant>>,
    /// The grant's client as it is now.
    pub(super) client: Option<Arc<Stored<Client>>>,
    /// The grant's services, as far as there are any.
    pub(super) services: Vec<Arc<ServiceDefinition>>,
}

/// A token that counts.
#[derive(Debug)]
pub(super) struct LiveToken<'a> {
    pub(super) grant: &'a Grant,
    pub(super) scope: &'a Scope,
    pub(super) issued_at: Option<Timestamp>,
    pub(super) expires_at: Timestamp,
    /// Those of its services that it opens, one at least.
    pub(super) services: Vec<&'a ServiceDefinition>,
}

impl TokenKind {
    /// Who alone is shown such a token, besides its own client.
    fn shown_to(self) -> &'static str {
        match self {
            Self::Access => "introspects of the client that asks lists none of its services",
            Self::Refresh => "a refresh token is shown to its own client alone, whatever introspects lists",
        }
    }
}

impl PresentedToken {
    pub(super) fn of(text: &Secret) -> Self {
        let digest = text.digest();
        match SelfLocating::RefreshToken.key_of(text) {
            Some(item) => Self { kind: TokenKind::Refresh, digest, item },
            None => Self { kind: TokenKind::Access, digest, item: TokenKey::of(text).item() },
        }
    }

    /// The token, if it counts for any of the services that `is_shown` lets through.
    pub(super) fn live<'a>(
        &self,
        facts: &'a TokenFacts,
        is_shown: impl Fn(&Spkey) -> bool,
        now: Timestamp,
    ) -> Result<LiveToken<'a>, Unshown> {
        let Seen { value: grant, .. } = facts.grant.as_ref().ok_or(TokenFault::Unknown)?;
        let (scope, issued_at, expires_at) = self.life(grant, now)?;
        if !grant.services.iter().any(&is_shown) {
            return Err(Unshown::foreign(grant, self.kind.shown_to()));
        }
        let client = &facts.client.as_ref().ok_or(TokenFault::ClientGone)?.value;
        if !client.is_enabled() {
            return Err(TokenFault::ClientDisabled.into());
        }
        let shown = facts.services.iter().filter(|service| is_shown(&service.spkey));
        let services: Vec<&ServiceDefinition> =
            shown.map(|service| &**service).filter(|service| self.opens(client, service)).collect();
        // An access token opens what is left; a refresh token gives tokens for all or none.
        let is_closed = match self.kind {
            TokenKind::Access => services.is_empty(),
            TokenKind::Refresh => services.len() < grant.services.len(),
        };
        if is_closed {
            return Err(closed(grant, facts).into());
        }
        Ok(LiveToken { grant, scope, issued_at, expires_at, services })
    }

    /// Scope, begin and end of a token that is neither over nor revoked.
    fn life<'a>(
        &self,
        grant: &'a Grant,
        now: Timestamp,
    ) -> Result<(&'a Scope, Option<Timestamp>, Timestamp), TokenFault> {
        match self.kind {
            TokenKind::Access => {
                let token = grant.live_token(&self.digest, now)?;
                Ok((grant.scope_of(token), Some(token.issued_at), token.expires_at))
            }
            TokenKind::Refresh => {
                let tokens = grant.refresh_tokens.as_ref().ok_or(TokenFault::Unknown)?;
                if tokens.presented(&self.digest) != PresentedRefreshToken::Current {
                    return Err(TokenFault::Unknown);
                }
                if let Some(at) = grant.revoked_at {
                    return Err(TokenFault::Revoked { at });
                }
                let at = tokens.ends_at.map_or(tokens.expires_at, |end| end.min(tokens.expires_at));
                if now < at { Ok((&grant.scope, None, at)) } else { Err(TokenFault::Expired { at }) }
            }
        }
    }

    fn opens(&self, client: &Client, service: &ServiceDefinition) -> bool {
        let is_open = service.enabled && client.services.contains(&service.spkey);
        is_open && (self.kind == TokenKind::Access || allows_refresh(client, &service.oauth))
    }
}

/// Why a token that is not over opens nothing.
fn closed(grant: &Grant, facts: &TokenFacts) -> TokenFault {
    let is_on = |spkey: &&Spkey| facts.services.iter().any(|service| service.spkey == **spkey && service.enabled);
    match grant.services.iter().find(|spkey| !is_on(spkey)) {
        Some(spkey) => TokenFault::ServiceDisabled { spkey: spkey.clone() },
        None => TokenFault::ClientNotAllowed { spkey: grant.services[0].clone() },
    }
}
