//! Families of refresh tokens, step by step.

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
