//! RFC 6749 section 6 with RFC 9700 section 4.14: a refresh token gives the next tokens, and a copy of an old one ends
//! them all.

use std::sync::Arc;

use super::{
    GrantFlow, Verdict, allow_client,
    listing::{Place, revoke},
    scope_of,
    target::confirm,
    terms::{Terms, Tokens, set_refreshes},
};
use crate::{
    client_auth::{Caller, Freshness},
    env::{Derived, Env},
    model::{
        AccessToken, Grant, PresentedRefreshToken, RefreshPolicy, RefreshTokenPolicy, RefreshTokens, Salt,
        SelfLocating, ServiceDefinition, Superseded, TokenFormat,
    },
    protocol::{ErrorCode, Form, GrantType, OAuthError, Scope, Secret},
    store::{Change, Reader, Seen},
};

/// A request for the next tokens of a grant.
#[derive(Debug)]
pub struct Refresh {
    token: Secret,
    scope: Scope,
    resources: Vec<String>,
}

/// What a refresh stands on.
#[derive(Debug)]
pub struct RefreshFacts {
    pub(super) grant: Seen<Grant>,
    pub(super) services: Vec<Arc<ServiceDefinition>>,
    pub(super) place: Place,
}

impl GrantFlow for Refresh {
    /// The grant that the token names, where there is one.
    type Facts = Option<RefreshFacts>;

    const CLIENT: Freshness = Freshness::Anew;

    fn parse(form: &mut Form) -> Result<Self, OAuthError> {
        let missing = || ErrorCode::InvalidRequest.because("refresh_token is missing");
        Ok(Self {
            token: form.take("refresh_token").ok_or_else(missing)?,
            scope: scope_of(form)?,
            resources: form.get_all("resource").map(str::to_owned).collect(),
        })
    }

    async fn load(&self, caller: &Caller, reader: &Reader) -> Result<Self::Facts, OAuthError> {
        let Some(key) = SelfLocating::RefreshToken.key_of(&self.token) else { return Ok(None) };
        let Some(grant) = reader.grant_at(&key).await? else { return Ok(None) };
        let services = reader.services(&grant.value.services).await?;
        let place = Place::load(reader, &grant.value, (caller.client(), &services), GrantType::RefreshToken).await?;
        Ok(Some(RefreshFacts { grant, services, place }))
    }

    fn decide(&self, caller: &Caller, facts: &Self::Facts, env: &Env<'_>) -> Result<Verdict, OAuthError> {
        allow_client(caller, GrantType::RefreshToken)?;
        let unknown = || refused("there is no such refresh token");
        let facts = facts.as_ref().ok_or_else(unknown)?;
        let grant = &facts.grant.value;
        let tokens = grant.refresh_tokens.as_ref().ok_or_else(unknown)?;
        if grant.client_id != caller.client().client_id {
            return Err(refused("the refresh token was given to another client"));
        }
        if grant.revoked_at.is_some() {
            return Err(refused("the grant of the refresh token is revoked"));
        }
        let family = Family { grant, tokens, facts, caller };
        match tokens.presented(&self.token.digest()) {
            PresentedRefreshToken::Current => self.refresh(&family, env),
            PresentedRefreshToken::Previous(previous) => self.again(&family, previous, env),
            PresentedRefreshToken::Replayed => Ok(family.end("retry_window lets only the one before the current", env)),
            PresentedRefreshToken::Unknown => {
                let reason = "the grant of that id has other refresh tokens";
                Err(ErrorCode::TokenGuessed.because(REFUSED).logged_as(reason))
            }
        }
    }
}

/// A grant with refresh tokens, of the client that asks.
struct Family<'a> {
    grant: &'a Grant,
    tokens: &'a RefreshTokens,
    facts: &'a RefreshFacts,
    caller: &'a Caller,
}

impl Family<'_> {
    fn terms(&self) -> Result<(Terms<'_>, RefreshTokenPolicy), OAuthError> {
        let terms = Terms::of(self.grant, self.caller.client(), &self.facts.services, GrantType::RefreshToken)?;
        let policy = terms.target.refresh(terms.client).ok_or_else(|| refused("nothing is refreshed here any more"))?;
        let must_rotate = self.must_rotate(policy);
        let policy = if must_rotate { RefreshTokenPolicy { policy: RefreshPolicy::Rotate, ..policy } } else { policy };
        Ok((terms, policy))
    }

    /// RFC 9700 section 4.14: whoever has a public client's refresh token needs no more to use it.
    fn must_rotate(&self, policy: RefreshTokenPolicy) -> bool {
        matches!(self.caller, Caller::Public(_)) && policy.policy == RefreshPolicy::Preserve
    }

    /// The strictest policy of its services, also of those that are switched off.
    fn policy(&self) -> Option<RefreshTokenPolicy> {
        self.facts.services.iter().map(|service| service.oauth.refresh_token).reduce(RefreshTokenPolicy::and)
    }

    /// Seconds in which the token before the current one may come again.
    fn retry_window(&self) -> u64 {
        self.policy().map_or(0, |policy| policy.retry_window)
    }

    /// A copy of a token that others have taken the place of: nobody knows who is right, so all of it ends.
    fn end(&self, why: &str, env: &Env<'_>) -> Verdict {
        let is_rotated = self.policy().is_some_and(|policy| self.must_rotate(policy));
        let rotated = if is_rotated { "; policy: preserve does not hold for public clients" } else { "" };
        let reason = format!(
            "an old refresh token of {} came again, and its grant is revoked: {why}{rotated}",
            self.grant.subject
        );
        Verdict::Revoke {
            change: revoke(self.grant.id.clone(), env),
            error: ErrorCode::RefreshTokenReplayed.because(REFUSED).logged_as(reason),
            overtaken: Some(refused("other refreshes came first, of this token and of the next one")),
        }
    }
}

impl Refresh {
    /// The next tokens.
    fn refresh(&self, family: &Family<'_>, env: &Env<'_>) -> Result<Verdict, OAuthError> {
        if !family.tokens.is_live(env.now) {
            return Err(refused(OVER));
        }
        let (terms, policy) = family.terms()?;
        confirm(&terms.target, &self.resources).map_err(|unresolved| unresolved.told_to(family.caller))?;
        let scope = self.narrowed(&family.grant.scope)?;
        let mut grant = family.grant.clone();
        let enlisting = family.facts.place.keep(&mut grant, terms.live_until(env), (&terms.target, env))?;
        if terms.ends_earlier() {
            grant.access_tokens.clear();
        }
        let tokens = match policy.policy {
            RefreshPolicy::Preserve => {
                set_refreshes(&mut grant, family.tokens.clone().used(env.now, policy.ttl));
                let refresh = Some(Secret::new(self.token.expose().to_owned()));
                Tokens { refresh, ..terms.add_access(&mut grant, scope, env) }
            }
            RefreshPolicy::Rotate | RefreshPolicy::None => {
                let salt = Salt(env.random());
                let next = self.next(&terms, &salt, env);
                // Without a next token the old one ends as a rotated one does: known for as long as it may be repeated.
                let ttl = if policy.policy == RefreshPolicy::None { policy.retry_window } else { policy.ttl };
                set_refreshes(&mut grant, family.tokens.clone().rotated(next.digest(), salt, env.now, ttl));
                let access = Derived::new(&self.token, &salt.0, ACCESS);
                let tokens = terms.add_access(&mut grant, scope, &Env { entropy: &access, ..*env });
                Tokens { refresh: given(next, policy), ..tokens }
            }
        };
        let (over, attempt) = (family.facts.grant.attempt.clone(), env.attempt());
        let changes = enlisting.around([Change::Advance { grant: grant.clone(), over, attempt }]);
        Ok(Verdict::Issue(terms.issuance(&grant, tokens, changes, env)))
    }

    /// The tokens that were given for this one before, when their answer may have been lost.
    fn again(&self, family: &Family<'_>, previous: &Superseded, env: &Env<'_>) -> Result<Verdict, OAuthError> {
        if env.now >= previous.at.plus(family.retry_window()) {
            let why = format!("it was used more than the retry_window of {} seconds ago", family.retry_window());
            return Ok(family.end(&why, env));
        }
        if !family.tokens.is_live(env.now) {
            return Err(refused(OVER));
        }
        let (terms, policy) = family.terms()?;
        confirm(&terms.target, &self.resources).map_err(|unresolved| unresolved.told_to(family.caller))?;
        let next = self.next(&terms, &previous.salt, env);
        let gone = || refused("its answer cannot be given again: the access token was revoked or made room for others");
        let (access, kept) = self.given_access(&terms, family.grant, (&previous.salt, env)).ok_or_else(gone)?;
        if self.narrowed(&family.grant.scope)? != kept.scope {
            return Err(ErrorCode::InvalidScope.because("a repeated refresh asks for the scope it asked for before"));
        }
        let (scope, refresh) = (family.grant.scope_of(kept).clone(), given(next, policy));
        let tokens = Tokens { access, expires_at: kept.expires_at, scope, pointer: None, refresh };
        Ok(Verdict::Issue(terms.issuance(family.grant, tokens, Vec::new(), env)))
    }

    /// The access token that was given for this one, in whatever format that was, while it is in the grant.
    fn given_access<'g>(
        &self,
        terms: &Terms<'_>,
        grant: &'g Grant,
        (salt, env): (&Salt, &Env<'_>),
    ) -> Option<(Secret, &'g AccessToken)> {
        TokenFormat::ALL.into_iter().find_map(|format| {
            let derived = Derived::new(&self.token, &salt.0, ACCESS);
            let access = format.mint(&terms.id, &Env { entropy: &derived, ..*env });
            Some((access.text, grant.token(&access.digest)?))
        })
    }

    /// The refresh token after this one.
    fn next(&self, terms: &Terms<'_>, salt: &Salt, env: &Env<'_>) -> Secret {
        let derived = Derived::new(&self.token, &salt.0, REFRESH);
        SelfLocating::RefreshToken.mint(&terms.id, &Env { entropy: &derived, ..*env })
    }

    /// The scope that was asked for, in the order in which it was granted; `None` = all of it.
    fn narrowed(&self, granted: &Scope) -> Result<Option<Scope>, OAuthError> {
        if !self.scope.iter().all(|word| granted.contains(word.as_str())) {
            return Err(ErrorCode::InvalidScope.because("a refresh may ask for less than was granted and not for more"));
        }
        let asked: Scope = granted.iter().filter(|word| self.scope.contains(word.as_str())).cloned().collect();
        Ok((!asked.is_empty() && asked != *granted).then_some(asked))
    }
}

/// One text for everything that is wrong with a refresh token, so that it tells nothing of what others were given.
fn refused(reason: &'static str) -> OAuthError {
    ErrorCode::InvalidGrant.because(REFUSED).logged_as(reason)
}

/// A next refresh token leaves the server unless the policy knows none.
fn given(next: Secret, policy: RefreshTokenPolicy) -> Option<Secret> {
    (policy.policy != RefreshPolicy::None).then_some(next)
}

/// What the bytes derived from a refresh token are for.
const ACCESS: &str = "access_token";
const REFRESH: &str = "refresh_token";

const OVER: &str = "the refresh token is over: ttl and max_ttl in refresh_token of the service say how long they live";

const REFUSED: &str = "the refresh token is unknown, used up, over, revoked or another client's";

#[cfg(test)]
mod tests;
