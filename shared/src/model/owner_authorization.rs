//! What a resource owner has let a client do, and the live grants that came of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Grant, GrantKey};
use crate::protocol::{ClientId, Digest, Scope, Spkey, Subject, Timestamp};

/// Key of the item of one client and one resource owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerAuthorizationKey(String);

impl OwnerAuthorizationKey {
    /// The key of a client and a resource owner.
    pub fn of(client_id: &ClientId, owner: &Subject) -> Self {
        Self(Digest::of_parts(&["authorization", client_id.as_str(), owner.as_str()]).to_key())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a resource owner has let a client do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnerAuthorization {
    /// The client.
    pub client_id: ClientId,
    /// The resource owner.
    pub owner: Subject,
    /// What was agreed to, by service: asked for again without a page. A service without scopes stands here too.
    pub consents: BTreeMap<Spkey, Scope>,
    /// How often all of it was revoked. A grant enters the list under the epoch that its decision read, or not at all.
    pub epoch: u64,
    /// Since when the client has been let in; `None` = all was revoked, and nothing came after. While a revocation is
    /// under way it stays, so that one that was broken off still shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The grants that may be live, by key.
    pub grants: BTreeMap<String, ListedGrant>,
    /// The attempt that wrote the item.
    #[serde(default, skip_serializing)]
    pub attempt: String,
}

/// A grant in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedGrant {
    /// When it was made.
    pub since: Timestamp,
    /// When it is over, at the latest.
    pub until: Timestamp,
}

/// A grant that enters the list, before it is put itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// The client.
    pub client_id: ClientId,
    /// The resource owner.
    pub owner: Subject,
    /// The grant.
    pub grant: GrantKey,
    /// From when to when it may be live.
    pub listed: ListedGrant,
    /// What the resource owner has agreed to from now on, of each service they were asked about now.
    pub consents: BTreeMap<Spkey, Scope>,
    /// The epoch that the decision read; `None` = there was no item.
    pub epoch: Option<u64>,
    /// The attempt that wrote the list that was read, where nothing may have entered since.
    pub alone_over: Option<String>,
    /// Grants that leave the list.
    pub leaving: BTreeSet<String>,
}

impl Listing {
    /// A grant that may be live until then enters the list that was seen, or stays in it, where `ended` leave.
    pub fn of(
        grant: &Grant,
        until: Timestamp,
        seen: Option<&OwnerAuthorization>,
        (ended, now): (&[GrantKey], Timestamp),
    ) -> Self {
        Self {
            client_id: grant.client_id.clone(),
            owner: grant.subject.clone(),
            grant: grant.id.clone(),
            listed: grant.listed(until),
            consents: BTreeMap::new(),
            epoch: seen.map(|seen| seen.epoch),
            alone_over: None,
            leaving: seen.map(|seen| seen.leaving(&grant.id, ended, now)).unwrap_or_default(),
        }
    }
}

impl OwnerAuthorization {
    /// Grants in the list at most that may be live: once there is one more, another is revoked.
    pub const MAX_GRANTS: usize = 100;

    /// Grants that leave the list in one write at most, whose expression DynamoDB takes up to 4 KB long. Many who enter at
    /// once may fill the list beyond its end; each that enters later takes so many out.
    pub const MAX_LEAVING: usize = 150;

    /// Seconds that a grant stays in the list after its end, for clocks that are behind.
    pub const CLOCK_MARGIN: u64 = 600;

    /// Whether all of a scope was agreed to.
    pub fn covers(&self, spkey: &Spkey, scope: &Scope) -> bool {
        self.consents.get(spkey).is_some_and(|agreed| scope.iter().all(|word| agreed.contains(word.as_str())))
    }

    /// Since when the client may do something; `None` where it may do nothing without asking anew.
    pub fn lets_in_since(&self, now: Timestamp) -> Option<Timestamp> {
        let since = self.since?;
        let has_live = || self.grants.values().any(|listed| since <= listed.since && now < listed.until);
        (!self.consents.is_empty() || has_live()).then_some(since)
    }

    /// The keys that leave the list when a grant enters it or stays: of those that have ended, and of grants that are over.
    pub fn leaving(&self, entering: &GrantKey, ended: &[GrantKey], now: Timestamp) -> BTreeSet<String> {
        let over = self.grants.iter().filter(|(_, listed)| listed.is_over(now)).map(|(key, _)| key.as_str());
        let all = ended.iter().map(GrantKey::as_str).chain(over);
        all.filter(|key| *key != entering.as_str()).take(Self::MAX_LEAVING).map(str::to_owned).collect()
    }

    /// The grants that may be live, by key, the oldest first.
    pub fn live(&self, now: Timestamp) -> Vec<(&str, ListedGrant)> {
        let listed = self.grants.iter().map(|(key, listed)| (key.as_str(), *listed));
        let mut live: Vec<_> = listed.filter(|(_, listed)| !listed.is_over(now)).collect();
        live.sort_by_key(|(_, listed)| listed.since);
        live
    }

    /// Since when the client has been let in by what is left in the list once some grants have left it.
    pub fn since_without(&self, ended: &[GrantKey]) -> Option<Timestamp> {
        let is_left = |key: &str| !ended.iter().any(|ended| ended.as_str() == key);
        self.grants.iter().filter(|(key, _)| is_left(key)).map(|(_, listed)| listed.since).min()
    }
}

impl ListedGrant {
    /// Whether the grant is over by every clock.
    fn is_over(&self, now: Timestamp) -> bool {
        self.until.plus(OwnerAuthorization::CLOCK_MARGIN) <= now
    }
}

impl Listing {
    /// The key of the item that holds the list.
    pub fn key(&self) -> OwnerAuthorizationKey {
        OwnerAuthorizationKey::of(&self.client_id, &self.owner)
    }

    /// The item of a client and a resource owner who had none.
    pub fn first(&self) -> OwnerAuthorization {
        OwnerAuthorization {
            client_id: self.client_id.clone(),
            owner: self.owner.clone(),
            consents: self.consents.clone(),
            epoch: 0,
            since: Some(self.listed.since),
            grants: BTreeMap::from([(self.grant.as_str().to_owned(), self.listed)]),
            attempt: String::new(),
        }
    }
}

impl Grant {
    /// Its place in the list of the resource owner who made it, until `until` at the latest.
    pub fn listed(&self, until: Timestamp) -> ListedGrant {
        ListedGrant { since: self.issued_at, until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: fn(u64) -> Timestamp = Timestamp::from_secs;

    fn authorization() -> OwnerAuthorization {
        let spkey = Spkey::parse("a").unwrap();
        OwnerAuthorization {
            client_id: ClientId::parse("shop").unwrap(),
            owner: Subject::parse("alice").unwrap(),
            consents: BTreeMap::from([(spkey, Scope::parse("read write").unwrap())]),
            epoch: 0,
            since: Some(T(1)),
            grants: [("b", 2, 20), ("a", 1, 30), ("c", 3, 10)]
                .map(|(key, since, until)| (key.to_owned(), ListedGrant { since: T(since), until: T(until) }))
                .into(),
            attempt: "seen".into(),
        }
    }

    #[test]
    fn consent_holds_for_one_service_and_for_less_than_was_agreed_to() {
        let covers = |spkey: &str, scope: &str| {
            authorization().covers(&Spkey::parse(spkey).unwrap(), &Scope::parse(scope).unwrap())
        };
        assert!(covers("a", "read") && covers("a", "write read") && covers("a", ""));
        assert!(!covers("a", "read admin") && !covers("b", "read") && !covers("b", ""));
    }

    #[test]
    fn grants_leave_the_list_ten_minutes_after_their_end() {
        let (none, authorization) = (GrantKey::parse("none"), authorization());
        let live = |now| authorization.live(T(now)).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!((live(609), live(619)), (vec!["a", "b", "c"], vec!["a", "b"]));
        assert!(authorization.leaving(&none, &[], T(609)).is_empty());
        assert!(authorization.leaving(&none, &[], T(620)).iter().eq(["b", "c"]));
    }

    #[test]
    fn what_leaves_the_list_is_named_once_and_never_what_enters() {
        let [a, b, c] = ["a", "b", "c"].map(GrantKey::parse);
        assert!(authorization().leaving(&b, &[c, a, b.clone()], T(620)).iter().eq(["a", "c"]));
    }

    #[test]
    fn a_client_that_was_let_in_again_while_all_was_revoked_has_been_let_in_since_then() {
        let [a, b, c] = ["a", "b", "c"].map(GrantKey::parse);
        assert_eq!(authorization().since_without(&[a.clone(), b.clone()]), Some(T(3)));
        assert_eq!(authorization().since_without(&[a, b, c]), None);
    }

    #[test]
    fn a_client_is_let_in_by_consent_or_by_a_grant_made_since() {
        let authorization = |since, consents| {
            let consents = if consents { authorization().consents } else { BTreeMap::new() };
            OwnerAuthorization { since, consents, ..self::authorization() }
        };
        assert_eq!(authorization(Some(T(1)), true).lets_in_since(T(99)), Some(T(1)));
        assert_eq!(authorization(Some(T(1)), false).lets_in_since(T(29)), Some(T(1)));
        assert_eq!(authorization(Some(T(1)), false).lets_in_since(T(30)), None);
        assert_eq!(authorization(Some(T(2)), false).lets_in_since(T(20)), None);
        assert_eq!(authorization(None, false).lets_in_since(T(5)), None);
    }

    #[test]
    fn another_client_or_owner_has_another_item() {
        let key = |client: &str, owner: &str| {
            OwnerAuthorizationKey::of(&ClientId::parse(client).unwrap(), &Subject::parse(owner).unwrap())
        };
        assert_eq!(key("shop", "alice"), key("shop", "alice"));
        assert_ne!(key("shop", "alice"), key("shop", "bob"));
        assert_ne!(key("shopa", "lice"), key("shop", "alice"));
    }
}
