//! What the settings of several services come to for a token that is for all of them: of each the strictest.

use std::sync::Arc;

use super::{
    issue::Target,
    owner::{allows_refresh, live_until},
};
use crate::{
    env::Env,
    model::{Client, Pkce, RefreshTokenPolicy, SecurityProfile, ServiceDefinition},
    protocol::Timestamp,
};

impl Target {
    /// Seconds that an access token lives: the shortest life of all.
    pub(super) fn access_ttl(&self, client: &Client) -> u64 {
        self.least(|oauth| oauth.access_token_ttl(client.access_token_ttl))
    }

    /// Seconds that a code lives: the shortest life of all.
    pub(super) fn code_ttl(&self) -> u64 {
        self.least(|oauth| oauth.authorization_code_ttl)
    }

    /// A service that has every client use PKCE, where there is one.
    pub(super) fn requires_challenge(&self) -> Option<&Arc<ServiceDefinition>> {
        self.services().find(|service| service.oauth.pkce == Pkce::Required)
    }

    /// Whether the consent page is left out: all of them say so.
    pub(super) fn skips_consent(&self) -> bool {
        self.services().all(|service| service.oauth.skip_consent)
    }

    /// Whether its tokens take the place of others: any of them lets client and resource owner have one at a time.
    pub(super) fn is_alone(&self) -> bool {
        self.services().any(|service| !service.oauth.allow_multiple_tokens)
    }

    /// What happens to refresh tokens; `None` where the client or one of the services does without.
    pub(super) fn refresh(&self, client: &Client) -> Option<RefreshTokenPolicy> {
        let all = self.services().all(|service| allows_refresh(client, &service.oauth));
        let policies = self.services().map(|service| service.oauth.refresh_token);
        policies.reduce(RefreshTokenPolicy::and).filter(|_| all)
    }

    /// Until when a grant may be live that is made or used now, unless refreshes move it.
    pub(super) fn live_until(&self, client: &Client, env: &Env<'_>) -> Timestamp {
        self.least(|oauth| live_until(client, oauth, env))
    }

    fn least<T: Ord>(&self, of: impl Fn(&SecurityProfile) -> T) -> T {
        let others = self.others.iter().map(|service| of(&service.oauth));
        others.fold(of(&self.first.oauth), T::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        env::testing::env,
        grant::testing::{orders, shop},
        model::RefreshPolicy,
        model::samples::with_scopes,
        protocol::{GrantType, Scope},
    };

    /// Two services, changed by a test, of which either may come first.
    fn both(change: impl Fn(&mut SecurityProfile, &mut SecurityProfile)) -> [Target; 2] {
        let (mut one, mut other) = (orders(), with_scopes("spkey-i", "invoices", &["read", "pay"]));
        change(&mut one.oauth, &mut other.oauth);
        let (one, other) = (Arc::new(one), Arc::new(other));
        let scope = Scope::parse("write read pay").unwrap();
        let target = |first: &Arc<_>, other: &Arc<_>| Target {
            first: Arc::clone(first),
            others: vec![Arc::clone(other)],
            scope: scope.clone(),
        };
        [target(&one, &other), target(&other, &one)]
    }

    #[test]
    fn of_two_lives_the_shorter_counts() {
        for target in both(|one, other| {
            (one.authorization_code_ttl, other.authorization_code_ttl) = (600, 30);
            (one.access_token.ttl, other.access_token.ttl) = (100, 900);
        }) {
            assert_eq!((target.code_ttl(), target.access_ttl(&shop())), (30, 100));
        }
    }

    #[test]
    fn one_that_asks_for_pkce_or_consent_or_has_one_token_at_a_time_is_enough() {
        for target in both(|one, other| {
            (one.pkce, other.pkce) = (Pkce::PublicOnly, Pkce::Required);
            (one.skip_consent, other.skip_consent) = (true, false);
            (one.allow_multiple_tokens, other.allow_multiple_tokens) = (true, false);
        }) {
            assert_eq!(target.requires_challenge().unwrap().name.as_str(), "invoices");
            assert!(!target.skips_consent() && target.is_alone());
        }
        for target in both(|one, other| {
            (one.pkce, other.pkce) = (Pkce::PublicOnly, Pkce::PublicOnly);
            (one.skip_consent, other.skip_consent) = (true, true);
        }) {
            assert!(target.requires_challenge().is_none() && target.skips_consent() && !target.is_alone());
        }
    }

    #[test]
    fn refresh_tokens_need_all_and_live_as_the_strictest_policy_has_it() {
        use RefreshPolicy::{None as Never, Preserve, Rotate};
        for (one, other, strictest) in [
            (Preserve, Preserve, Preserve),
            (Preserve, Rotate, Rotate),
            (Rotate, Never, Never),
            (Preserve, Never, Never),
        ] {
            for target in both(|a, b| {
                a.refresh_token = RefreshTokenPolicy { policy: one, ttl: 50, max_ttl: None, retry_window: 60 };
                b.refresh_token = RefreshTokenPolicy { policy: other, ttl: 90, max_ttl: Some(70), retry_window: 0 };
            }) {
                let expected = RefreshTokenPolicy { policy: strictest, ttl: 50, max_ttl: Some(70), retry_window: 0 };
                assert_eq!(target.refresh(&shop()), Some(expected));
            }
        }
        for target in both(|_, other| other.grant_types = [GrantType::AuthorizationCode].into()) {
            assert_eq!(target.refresh(&shop()), None);
        }
    }

    #[test]
    fn the_list_has_room_for_all_that_the_tokens_live() {
        for target in both(|one, other| {
            one.refresh_token = RefreshTokenPolicy { ttl: 5_000, ..one.refresh_token };
            other.refresh_token = RefreshTokenPolicy { max_ttl: Some(7_000), ..other.refresh_token };
        }) {
            assert_eq!(target.live_until(&shop(), &env()), env().now.plus(7_000));
        }
    }

    #[test]
    fn each_service_has_its_own_part_of_the_scope_and_a_shared_word_stands_in_both() {
        let [target, _] = both(|_, _| {});
        let parts: Vec<String> = target.services().map(|service| target.part_of(service).to_string()).collect();
        assert_eq!(parts, ["write read", "read pay"]);
    }
}
