//! How the tokens of a grant are made: what its services and its client make of lives, formats and refreshes.

use std::sync::Arc;

use super::{Issuance, Issued, issue::Target};
use crate::{
    env::Env,
    model::{
        AccessToken, Client, Generations, Grant, GrantKey, Pointer, RefreshPolicy, RefreshTokens, SelfLocating,
        ServiceDefinition, TokenFormat,
    },
    protocol::{ErrorCode, GrantType, OAuthError, Scope, Secret, Spkey, Subject, Timestamp, TokenResponse},
    store::Change,
};

/// For whom tokens of a grant are made, and for what.
pub(super) struct Terms<'a> {
    /// The grant's id, which its tokens carry.
    pub id: [u8; 16],
    /// The client.
    pub client: &'a Client,
    /// The services and the whole scope.
    pub target: Target,
}

/// The tokens of an answer.
#[derive(Debug)]
pub(super) struct Tokens {
    /// The access token.
    pub access: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What it allows.
    pub scope: Scope,
    /// What leads from the access token to the grant, where the token cannot.
    pub pointer: Option<Pointer>,
    /// What gets the next ones.
    pub refresh: Option<Secret>,
}

impl<'a> Terms<'a> {
    /// The terms of a grant by its services as they are now, which all have to be there, switched on and the client's.
    ///
    /// # Errors
    /// `invalid_grant` where one is not, `unauthorized_client` where one gives no tokens by this grant type.
    pub(super) fn of(
        grant: &Grant,
        client: &'a Client,
        services: &[Arc<ServiceDefinition>],
        grant_type: GrantType,
    ) -> Result<Self, OAuthError> {
        let id = grant.id.id().ok_or_else(|| gone("its key is the digest of a token"))?;
        let find = |spkey: &Spkey| services.iter().find(|service| service.spkey == *spkey && service.enabled);
        let found: Option<Vec<_>> = grant.services.iter().map(|spkey| find(spkey).cloned()).collect();
        let found = found.ok_or_else(|| gone("a service of the grant is gone or switched off"))?;
        if !found.iter().all(|service| client.services.contains(&service.spkey)) {
            return Err(gone("the client may not use a service of the grant any more"));
        }
        found.iter().try_for_each(|service| super::allow_service(service, grant_type))?;
        let mut found = found.into_iter();
        let first = found.next().ok_or_else(|| gone("the grant is for no service"))?;
        Ok(Self { id, client, target: Target { first, others: found.collect(), scope: grant.scope.clone() } })
    }

    /// What a resource owner grants on these terms, before it has a code or a token.
    pub(super) fn granted_by(&self, owner: &Subject, grant_type: GrantType, env: &Env<'_>) -> Grant {
        Grant {
            id: GrantKey::of_id(&self.id),
            grant_type,
            client_id: self.client.client_id.clone(),
            application: self.client.application.clone(),
            subject: owner.clone(),
            services: self.target.services().map(|service| service.spkey.clone()).collect(),
            scope: self.target.scope.clone(),
            issued_at: env.now,
            revoked_at: None,
            listed_until: None,
            code: None,
            refresh_tokens: None,
            access_tokens: Vec::new(),
        }
    }

    /// How access tokens look.
    pub(super) fn format(&self) -> TokenFormat {
        self.target.first.oauth.access_token.format
    }

    /// Whether new access tokens end the earlier ones of the same grant.
    pub(super) fn ends_earlier(&self) -> bool {
        let ends = |service: &Arc<ServiceDefinition>| {
            service.oauth.revoke_access_on_refresh || !service.oauth.allow_multiple_tokens
        };
        self.target.services().any(ends)
    }

    /// Until when a grant may be live that is made or used now.
    pub(super) fn live_until(&self, env: &Env<'_>) -> Timestamp {
        self.target.live_until(self.client, env)
    }

    /// When the last of a grant ends that gets new tokens now.
    pub(super) fn lives_until(&self, grant: &Grant, now: Timestamp) -> Timestamp {
        let refresh = self.target.refresh(self.client);
        let ttl = refresh.map_or(0, |refresh| match refresh.policy {
            RefreshPolicy::None => refresh.retry_window,
            RefreshPolicy::Rotate | RefreshPolicy::Preserve => refresh.ttl,
        });
        let first_ends = || refresh.and_then(|refresh| refresh.max_ttl).map(|max| grant.issued_at.plus(max));
        let end = grant.refresh_tokens.as_ref().map_or_else(first_ends, |tokens| tokens.ends_at);
        let last = now.plus(ttl.max(self.target.access_ttl(self.client)));
        end.map_or(last, |end| end.min(last))
    }

    /// Gives a grant its first refresh token, where there are any.
    pub(super) fn begin_refreshes(&self, grant: &mut Grant, env: &Env<'_>) -> Option<Secret> {
        let policy = self.target.refresh(self.client).filter(|refresh| refresh.policy != RefreshPolicy::None)?;
        let text = SelfLocating::RefreshToken.mint(&self.id, env);
        let first = RefreshTokens {
            current: text.digest(),
            previous: None,
            older: Generations::default(),
            expires_at: env.now,
            ends_at: policy.max_ttl.map(|max| grant.issued_at.plus(max)),
        };
        set_refreshes(grant, first.used(env.now, policy.ttl));
        Some(text)
    }

    /// Gives a grant an access token, whose text is drawn from `draw`. It ends with the last of the refresh tokens, and
    /// while the grant is listed, at the latest.
    pub(super) fn add_access(&self, grant: &mut Grant, scope: Option<Scope>, draw: &Env<'_>) -> Tokens {
        let token = self.format().mint(&self.id, draw);
        let last = grant.refresh_tokens.as_ref().and_then(|tokens| tokens.ends_at);
        let ends = [Some(draw.now.plus(self.target.access_ttl(self.client))), last, grant.listed_until];
        let expires_at = ends.into_iter().flatten().min().unwrap_or(draw.now);
        let whole = scope.clone().unwrap_or_else(|| grant.scope.clone());
        grant.add(AccessToken { digest: token.digest, issued_at: draw.now, expires_at, scope }, draw.now);
        let pointer = || Pointer { id: GrantKey::of_digest(&token.digest), grant: grant.id.clone(), expires_at };
        let pointer = (!token.carries_key).then(pointer);
        Tokens { access: token.text, expires_at, scope: whole, pointer, refresh: None }
    }

    /// The answer with these tokens of a grant, once the changes are made.
    pub(super) fn issuance(&self, grant: &Grant, tokens: Tokens, changes: Vec<Change>, env: &Env<'_>) -> Issuance {
        let Tokens { access, expires_at, scope, pointer, refresh } = tokens;
        let issued = Issued {
            services: grant.services.clone(),
            subject: grant.subject.clone(),
            scope: scope.clone(),
            default_format: self.target.first.mediator_default_format,
        };
        let point = pointer.map(|pointer| Change::Point { pointer, attempt: env.attempt() });
        let answer = TokenResponse {
            access_token: access,
            expires_in: expires_at.since(env.now),
            refresh_token: refresh,
            scope,
        };
        Issuance { changes: point.into_iter().chain(changes).collect(), answer, issued }
    }
}

/// The next refresh tokens of a grant: none outlives its place in the list.
pub(super) fn set_refreshes(grant: &mut Grant, tokens: RefreshTokens) {
    let expires_at = grant.listed_until.map_or(tokens.expires_at, |until| tokens.expires_at.min(until));
    grant.refresh_tokens = Some(RefreshTokens { expires_at, ..tokens });
}

fn gone(reason: &'static str) -> OAuthError {
    ErrorCode::InvalidGrant.because("what was granted is for a service that is not there any more").logged_as(reason)
}
