//! A full list of what an owner let a client do: which of its grants are over, and which of the rest end first, so that one
//! more finds room. Whoever can send somebody's browser here makes as many grants as they like of which nothing comes:
//! those never end one that is in use.

use std::collections::HashMap;

use crate::{
    model::{Grant, GrantKey, ListedGrant, OwnerAuthorization},
    protocol::Timestamp,
    store::{Reader, StoreError},
};

/// The grants of a full list; of one that is not full, none.
#[derive(Clone, Debug, Default)]
pub struct FullList {
    /// Those that are over, whatever time they are listed for.
    pub(super) over: Vec<GrantKey>,
    /// The others, the one first that would be missed least.
    pub(super) rest: Vec<GrantKey>,
}

impl FullList {
    /// Reads the grants of a list where it is full.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) async fn load(reader: &Reader, seen: &OwnerAuthorization) -> Result<Self, StoreError> {
        let (now, listed) = (reader.now(), seen.live(reader.now()));
        if too_many(listed.len()) == 0 {
            return Ok(Self::default());
        }
        let keys: Vec<GrantKey> = listed.iter().map(|(key, _)| GrantKey::parse(key)).collect();
        let found: HashMap<_, _> = reader.put_or_revoked_at(&keys).await?.into_iter().collect();
        let loss = |(key, (_, listed)): (GrantKey, &(&str, ListedGrant))| {
            let loss = Loss::of(listed, found.get(&key).map(Option::as_ref), now);
            (loss, key)
        };
        Ok(Self::of(keys.into_iter().zip(&listed).map(loss).collect()))
    }

    /// The grants with what their end would be, the oldest first.
    fn of(mut grants: Vec<(Loss, GrantKey)>) -> Self {
        let logins = grants.iter_mut().rev().filter(|(loss, _)| *loss == Loss::Login);
        logins.skip(LOGINS).for_each(|(loss, _)| *loss = Loss::Code);
        grants.sort_by_key(|(loss, _)| *loss);
        let (over, rest): (Vec<_>, Vec<_>) = grants.into_iter().partition(|(loss, _)| *loss == Loss::Nothing);
        let keys = |grants: Vec<(Loss, GrantKey)>| grants.into_iter().map(|(_, key)| key).collect();
        Self { over: keys(over), rest: keys(rest) }
    }

    /// The grants that end, so that one more finds room: of those that `stays` keeps in the list.
    pub(super) fn ending(&self, stays: impl Fn(&GrantKey) -> bool) -> Vec<GrantKey> {
        let mut staying: Vec<GrantKey> = self.rest.iter().filter(|key| stays(key)).cloned().collect();
        staying.truncate(too_many(staying.len()));
        staying
    }
}

/// What is lost with a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Loss {
    /// It is over.
    Nothing,
    /// A code that nobody has redeemed.
    Code,
    /// Access tokens, which end soon.
    AccessTokens,
    /// Refresh tokens: the person would have to log in.
    RefreshTokens,
    /// A code that can be redeemed, or a grant on its way: somebody may wait for it. It is that of the youngest alone.
    Login,
}

impl Loss {
    /// `found`: what stands at the key; `Some(None)` = it was revoked before it was put. A grant is over only when it is by
    /// every clock, and one that is not there when it was listed so long ago that no request can put it any more: it
    /// never was put, or has been purged.
    fn of(listed: &ListedGrant, found: Option<Option<&Grant>>, now: Timestamp) -> Self {
        let is_past = |end: Timestamp| end.plus(OwnerAuthorization::CLOCK_MARGIN) <= now;
        match found {
            None if is_past(listed.since) => Self::Nothing,
            None => Self::Login,
            Some(None) => Self::Nothing,
            Some(Some(grant)) if grant.revoked_at.is_some() || is_past(grant.ends_at()) => Self::Nothing,
            Some(Some(grant)) if grant.refresh_tokens.as_ref().is_some_and(|tokens| tokens.is_live(now)) => {
                Self::RefreshTokens
            }
            Some(Some(grant)) => match &grant.code {
                Some(code) if code.redeemed_at.is_none() && now < code.expires_at => Self::Login,
                Some(code) if code.redeemed_at.is_none() => Self::Code,
                _ => Self::AccessTokens,
            },
        }
    }
}

/// So many of the youngest codes are logins under way, which a full list does not cut short. Another site can have so many
/// made, and no more of what is in use ends for them.
const LOGINS: usize = 10;

/// How many of so many listed grants have to go, so that one more finds room.
fn too_many(listed: usize) -> usize {
    (listed + 1).saturating_sub(OwnerAuthorization::MAX_GRANTS).min(OwnerAuthorization::MAX_LEAVING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        grant::testing::{at, granted},
        model::{AccessToken, Generations, RefreshTokens},
        protocol::Digest,
    };

    /// What is lost at a second with a grant that was made at second 0 and that a test has changed.
    fn loss(second: u64, change: impl FnOnce(&mut Grant)) -> Loss {
        let mut grant = granted().0.value;
        change(&mut grant);
        Loss::of(&listed(), Some(Some(&grant)), at(second))
    }

    fn listed() -> ListedGrant {
        ListedGrant { since: at(0), until: at(1_000_000) }
    }

    fn redeem(grant: &mut Grant) {
        grant.code.as_mut().unwrap().redeemed_at = Some(at(1));
        let access = AccessToken { digest: Digest::of(b"a"), issued_at: at(1), expires_at: at(3_600), scope: None };
        grant.access_tokens = vec![access];
    }

    fn refresh(grant: &mut Grant) {
        redeem(grant);
        let (current, older) = (Digest::of(b"r"), Generations::default());
        let tokens = RefreshTokens { current, previous: None, older, expires_at: at(10_000), ends_at: None };
        grant.refresh_tokens = Some(tokens);
    }

    #[test]
    fn a_grant_is_over_when_it_is_by_every_clock() {
        assert_eq!([59, 60, 659, 660].map(|at| loss(at, |_| {})), [Loss::Login, Loss::Code, Loss::Code, Loss::Nothing]);
        assert_eq!((loss(4_199, redeem), loss(4_200, redeem)), (Loss::AccessTokens, Loss::Nothing));
        assert_eq!((loss(9_999, refresh), loss(10_600, refresh)), (Loss::RefreshTokens, Loss::Nothing));
        let revoked = |grant: &mut Grant| {
            refresh(grant);
            grant.revoked_at = Some(at(2));
        };
        assert_eq!(loss(2, revoked), Loss::Nothing);
    }

    #[test]
    fn a_grant_that_is_not_there_is_on_its_way_at_first_and_over_later() {
        let lost = |found, second| Loss::of(&listed(), found, at(second));
        assert_eq!((lost(None, 599), lost(None, 600)), (Loss::Login, Loss::Nothing));
        assert_eq!(lost(Some(None), 1), Loss::Nothing, "it was revoked before it was put");
    }

    #[test]
    fn what_nobody_uses_ends_before_what_is_in_use_and_the_oldest_of_a_kind_first() {
        let kinds = [Loss::RefreshTokens, Loss::AccessTokens, Loss::Code, Loss::Nothing, Loss::RefreshTokens];
        let key = |n: usize| GrantKey::parse(&format!("{n:03}"));
        let of = |n: usize| FullList::of((0..n).map(|n| (kinds[n % 5], key(n))).collect());
        let list = of(130);
        assert_eq!((list.over.len(), &list.over[0]), (26, &key(3)));
        assert_eq!(list.ending(|_| true), [2, 7, 12, 17, 22].map(key));
        assert_eq!(list.ending(|other| *other != key(2)), [7, 12, 17, 22].map(key));
        assert_eq!(of(125).ending(|_| true), [key(2)], "100 are left besides those that are over");
        assert_eq!(of(124).ending(|_| true), []);
    }

    #[test]
    fn ten_logins_under_way_are_left_and_earlier_ones_end_like_any_code() {
        let key = |n: usize| GrantKey::parse(&format!("{n:03}"));
        let of = |used: usize, logins: usize| {
            let losses = [vec![Loss::RefreshTokens; used], vec![Loss::Login; logins]].concat();
            FullList::of(losses.into_iter().enumerate().map(|(n, loss)| (loss, key(n))).collect())
        };
        assert_eq!(of(99, 1).ending(|_| true), [key(0)], "a login is not cut short by the next one");
        assert_eq!(of(90, 10).ending(|_| true), [key(0)]);
        assert_eq!(of(89, 11).ending(|_| true), [key(89)]);
        assert_eq!(of(1, 99).ending(|_| true), [key(1)]);
    }
}
