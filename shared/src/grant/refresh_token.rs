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
        let policy = terms.refresh().ok_or_else(|| refused("nothing is refreshed here any more"))?;
        let must_rotate = self.must_rotate(policy);
        let policy = if must_rotate { RefreshTokenPolicy { policy: RefreshPolicy::Rotate, ..policy } } else { policy };
        Ok((terms, policy))
    }

    /// RFC 9700 section 4.14: whoever has a public client's refresh token needs no more to use it.
    fn must_rotate(&self, policy: RefreshTokenPolicy) -> bool {
        matches!(self.caller, Caller::Public(_)) && policy.policy == RefreshPolicy::Preserve
    }

    /// The policy of the first service, which says what becomes of its refresh tokens.
    fn policy(&self) -> Option<RefreshTokenPolicy> {
        let first = self.facts.services.iter().find(|service| self.grant.services.first() == Some(&service.spkey));
        first.map(|service| service.oauth.refresh_token)
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
        confirm(&terms.target, &self.resources)?;
        let scope = self.narrowed(&family.grant.scope)?;
        let mut grant = family.grant.clone();
        let mut changes = family.facts.place.keep(&mut grant, terms.live_until(env), (&terms.target, env))?;
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
        changes.push(Change::Advance { grant: grant.clone(), over, attempt });
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
        confirm(&terms.target, &self.resources)?;
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

/// The same words for all that is wrong with a refresh token, so that they tell nothing of what others were given.
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
mod tests {
    use super::*;
    use crate::{
        client_auth::testing::authenticated,
        env::testing::env,
        grant::{
            Issuance,
            testing::{advanced, at, granted, orders, proven, public, shop},
        },
        model::{Client, Generations},
        protocol::{ClientId, Timestamp},
    };

    /// A family and the service it is for, as a test changes them one after the other.
    struct Run {
        grant: Seen<Grant>,
        service: ServiceDefinition,
    }

    impl Run {
        /// A family with its first refresh token, which lives for 1,000 seconds, and the token.
        fn new() -> (Self, Secret) {
            let (mut grant, _) = granted();
            let token = SelfLocating::RefreshToken.mint(&[7; 16], &env());
            grant.value.refresh_tokens = Some(RefreshTokens {
                current: token.digest(),
                previous: None,
                older: Generations::default(),
                expires_at: at(1_000),
                ends_at: None,
            });
            let mut service = orders();
            service.oauth.refresh_token.ttl = 1_000;
            (Self { grant, service }, token)
        }

        fn decide(&self, token: &Secret, scope: &str, caller: &Caller, now: Timestamp) -> Result<Verdict, OAuthError> {
            let (services, place) = (vec![Arc::new(self.service.clone())], Place::Kept);
            let facts = RefreshFacts { grant: self.grant.clone(), services, place };
            let token = Secret::new(token.expose().to_owned());
            let refresh = Refresh { token, scope: Scope::parse(scope).unwrap(), resources: Vec::new() };
            refresh.decide(caller, &Some(facts), &Env { now, ..env() })
        }

        /// The answer to the right client, which becomes the state.
        #[track_caller]
        fn next(&mut self, token: &Secret, scope: &str, now: Timestamp) -> Issuance {
            let issued = self.decide(token, scope, &proven(), now).unwrap().issued();
            if !issued.changes.is_empty() {
                self.grant = advanced(&issued.changes);
            }
            issued
        }

        fn error(&self, token: &Secret, now: Timestamp) -> ErrorCode {
            match self.decide(token, "", &proven(), now) {
                Ok(Verdict::Revoke { error, .. }) | Err(error) => error.code,
                other => panic!("{other:?}"),
            }
        }
    }

    fn texts(issued: &Issuance) -> (&str, Option<&str>) {
        (issued.answer.access_token.expose(), issued.answer.refresh_token.as_ref().map(Secret::expose))
    }

    #[test]
    fn r3_each_refresh_gives_a_new_refresh_token_and_the_old_one_ends_with_the_window() {
        let (mut run, first) = Run::new();
        let issued = run.next(&first, "", at(10));
        let second = issued.answer.refresh_token.unwrap();
        assert_ne!(first.expose(), second.expose());
        assert!(run.grant.value.token(&issued.answer.access_token.digest()).is_some());
        assert_eq!(run.grant.value.refresh_tokens.as_ref().unwrap().current, second.digest());
        assert_eq!(run.error(&first, at(70)), ErrorCode::RefreshTokenReplayed);
    }

    #[test]
    fn r6_a_retry_inside_the_window_gets_the_same_pair_and_nothing_is_written() {
        for format in TokenFormat::ALL {
            let (mut run, first) = Run::new();
            run.service.oauth.access_token.format = format;
            let issued = run.next(&first, "", at(10));
            let again = run.next(&first, "", at(69));
            assert_eq!(texts(&issued), texts(&again), "{format:?}");
            assert!(again.changes.is_empty(), "{:?}", again.changes);
            assert_eq!((issued.answer.expires_in, again.answer.expires_in), (3_600, 3_541));
        }
    }

    #[test]
    fn r6_a_retry_gets_the_same_pair_though_the_token_format_was_changed() {
        let (mut run, first) = Run::new();
        let issued = run.next(&first, "", at(10));
        run.service.oauth.access_token.format = TokenFormat::Hex32;
        assert_eq!(texts(&issued), texts(&run.next(&first, "", at(11))));
    }

    #[test]
    fn r6_a_retry_whose_access_token_was_revoked_is_refused_and_ends_nothing() {
        let (mut run, first) = Run::new();
        let issued = run.next(&first, "", at(10));
        let access = issued.answer.access_token.digest();
        run.grant.value = run.grant.value.without(&access, at(11));
        let error = run.decide(&first, "", &proven(), at(11)).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidGrant);
        assert!(error.reason.unwrap().contains("revoked"));
    }

    #[test]
    fn r6_a_retry_that_asks_for_another_scope_is_refused() {
        let (mut run, first) = Run::new();
        run.next(&first, "read", at(10));
        run.next(&first, "read", at(11));
        for scope in ["", "write", "read write"] {
            let error = run.decide(&first, scope, &proven(), at(11)).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidScope, "{scope}");
        }
    }

    #[test]
    fn r6_without_a_window_every_retry_is_a_replay() {
        let (mut run, first) = Run::new();
        run.service.oauth.refresh_token.retry_window = 0;
        run.next(&first, "", at(10));
        assert_eq!(run.error(&first, at(10)), ErrorCode::RefreshTokenReplayed);
    }

    #[test]
    fn r4_an_older_generation_ends_the_grant_inside_the_window_too() {
        let (mut run, first) = Run::new();
        let second = run.next(&first, "", at(10)).answer.refresh_token.unwrap();
        run.next(&second, "", at(11));
        let Ok(Verdict::Revoke { change: Change::Revoke { id, .. }, error, .. }) =
            run.decide(&first, "", &proven(), at(12))
        else {
            panic!("an old token came again")
        };
        assert_eq!((id, error.code.parts().1), (run.grant.value.id.clone(), "invalid_grant"));
        assert!(error.reason.unwrap().contains("alice"));
    }

    #[test]
    fn r4_knowing_the_id_of_a_family_changes_nothing() {
        let (run, _) = Run::new();
        let guess = SelfLocating::RefreshToken.mint(&[7; 16], &env());
        assert_eq!(run.error(&guess, at(1)), ErrorCode::TokenGuessed);
    }

    #[test]
    fn r1_another_client_gets_nothing_and_ends_nothing() {
        let (mut run, first) = Run::new();
        let second = run.next(&first, "", at(10)).answer.refresh_token.unwrap();
        run.next(&second, "", at(11));
        let other = authenticated(Client { client_id: ClientId::parse("other").unwrap(), ..shop() });
        for token in [&first, &second] {
            let error = run.decide(token, "", &other, at(12)).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidGrant);
        }
    }

    #[test]
    fn r2_a_scope_may_shrink_never_grow_and_the_next_refresh_has_all_of_it_again() {
        let (mut run, first) = Run::new();
        let error = run.decide(&first, "read admin", &proven(), at(10)).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidScope);
        let narrow = run.next(&first, "read", at(10));
        assert_eq!(narrow.answer.scope.to_string(), "read");
        let token = run.grant.value.token(&narrow.answer.access_token.digest()).unwrap();
        assert_eq!(run.grant.value.scope_of(token).to_string(), "read");
        let whole = run.next(&narrow.answer.refresh_token.unwrap(), "", at(11));
        assert_eq!(whole.answer.scope.to_string(), "read write");
    }

    #[test]
    fn r9_refresh_tokens_end_by_disuse_and_by_age() {
        let (mut run, first) = Run::new();
        assert_eq!(run.error(&first, at(1_000)), ErrorCode::InvalidGrant);
        run.grant.value.refresh_tokens.as_mut().unwrap().ends_at = Some(at(1_500));
        let second = run.next(&first, "", at(999));
        assert_eq!(second.answer.expires_in, 501, "no token of a family outlives it");
        assert_eq!(run.error(&second.answer.refresh_token.unwrap(), at(1_500)), ErrorCode::InvalidGrant);
    }

    #[test]
    fn preserve_keeps_the_token_and_starts_its_idle_time_anew() {
        let (mut run, token) = Run::new();
        run.service.oauth.refresh_token.policy = RefreshPolicy::Preserve;
        let first = run.next(&token, "", at(900));
        let second = run.next(&token, "", at(1_800));
        for issued in [&first, &second] {
            assert_eq!(issued.answer.refresh_token.as_ref().unwrap().expose(), token.expose());
        }
        assert_ne!(texts(&first).0, texts(&second).0);
        assert_eq!(run.error(&token, at(2_800)), ErrorCode::InvalidGrant);
    }

    #[test]
    fn r3_a_public_clients_token_is_not_preserved() {
        let (mut run, token) = Run::new();
        run.service.oauth.refresh_token.policy = RefreshPolicy::Preserve;
        let issued = run.decide(&token, "", &public(), at(1)).unwrap().issued();
        assert_ne!(texts(&issued).1, Some(token.expose()));
    }

    #[test]
    fn none_gives_no_refresh_token_and_ends_the_old_one() {
        let (mut run, token) = Run::new();
        run.service.oauth.refresh_token.policy = RefreshPolicy::None;
        let issued = run.next(&token, "", at(10));
        assert_eq!(texts(&issued).1, None);
        assert_eq!(texts(&run.next(&token, "", at(11))), texts(&issued), "a retry");
        assert_eq!(run.error(&token, at(70)), ErrorCode::RefreshTokenReplayed);
    }

    #[test]
    fn earlier_access_tokens_end_where_the_service_says_so() {
        for (ends, revoke, multiple) in [(false, false, true), (true, true, true), (true, false, false)] {
            let (mut run, first) = Run::new();
            run.service.oauth.revoke_access_on_refresh = revoke;
            run.service.oauth.allow_multiple_tokens = multiple;
            let issued = run.next(&first, "", at(10));
            run.next(&issued.answer.refresh_token.unwrap(), "", at(11));
            let earlier = run.grant.value.token(&issued.answer.access_token.digest());
            assert_eq!(earlier.is_none(), ends);
        }
    }

    #[test]
    fn a_revoked_grant_gives_nothing() {
        let (mut run, first) = Run::new();
        run.grant.value.revoked_at = Some(at(1));
        assert_eq!(run.error(&first, at(2)), ErrorCode::InvalidGrant);
    }

    #[test]
    fn client_and_service_have_to_take_refresh_tokens_still() {
        let (mut run, first) = Run::new();
        let without = Client { grant_types: [GrantType::AuthorizationCode].into(), ..shop() };
        let error = run.decide(&first, "", &authenticated(without), at(1)).unwrap_err();
        assert_eq!(error.code, ErrorCode::UnauthorizedClient);
        run.service.oauth.grant_types.remove(&GrantType::RefreshToken);
        assert_eq!(run.error(&first, at(1)), ErrorCode::UnauthorizedClient);
    }
}
