//! A grant that takes the place of older ones, when DynamoDB fails or the function is killed between two writes, and when
//! others come at the same time: what was answered counts until something else is, and its owner can take back all of it.

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use serde_json::Value;
use shared::{
    endpoint::revoke_owner,
    env::Clock,
    model::{OwnerAuthorization, OwnerAuthorizationKey},
    protocol::{ClientId, Subject},
    store::{Table, Writer},
};
use tests::{Answer, Consent, Deed, Road, dynamodb, redemption};

use crate::writes::{FILE, SHOP, ask, counts, given, password, road, status};

async fn code(road: &Road, owner: &str) -> String {
    Consent { owner, ..Consent::default() }.code(&road.tollgate).await
}

/// A code is redeemed by a client that has a token of the same owner, where there is one at a time.
struct RedeemNext {
    earlier: Value,
    form: String,
}

impl Deed for RedeemNext {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        let owner = format!("owner-{trial}");
        let earlier = given(road, &redemption(&code(road, &owner).await)).await;
        road.tollgate.clock.advance(1);
        Self { earlier, form: redemption(&code(road, &owner).await) }
    }

    async fn done(&self, road: &Road) -> Answer {
        ask(road, &self.form).await
    }

    /// Only a code whose redemption broke off after it was written is spent: before the last of its four writes, which come
    /// after three for the guess at a secret that was picked by hand.
    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        if answer.status == 400 {
            let after = trial.strip_prefix("broken off after ").and_then(|rest| rest.split(' ').next()?.parse().ok());
            assert!(after >= Some(6), "{trial}: {answer:#?}");
            return self.is_open(road, trial).await;
        }
        counts(road, answer, trial).await;
        assert_eq!(status(road, &self.earlier).await, 401, "{trial}");
    }

    async fn is_open(&self, road: &Road, trial: &str) {
        assert_eq!(status(road, &self.earlier).await, 200, "{trial}: nothing took its place");
    }
}

/// The password of somebody whose client has a token, and a code that is younger.
struct PasswordAfterTwo {
    earlier: Value,
    code: String,
    form: String,
}

impl Deed for PasswordAfterTwo {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        let form = password(road, trial).await;
        let earlier = given(road, &form).await;
        road.tollgate.clock.advance(1);
        Self { earlier, code: code(road, &format!("alice-{trial}")).await, form }
    }

    async fn done(&self, road: &Road) -> Answer {
        ask(road, &self.form).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        counts(road, answer, trial).await;
        assert_eq!(status(road, &self.earlier).await, 401, "{trial}");
        assert_eq!(ask(road, &redemption(&self.code)).await.status, 400, "{trial}");
    }

    /// The older one ends first, so the younger is there as long as nothing was answered.
    async fn is_open(&self, road: &Road, trial: &str) {
        let younger = given(road, &redemption(&self.code)).await;
        assert_eq!(status(road, &younger).await, 200, "{trial}");
    }
}

/// The password of somebody whose list of grants is full.
struct HundredAndFirst {
    oldest: Value,
    form: String,
}

async fn crowded() -> Road {
    Road::with(&FILE.replace("    allow_multiple_tokens: false\n", "")).await
}

fn shop() -> ClientId {
    ClientId::parse(SHOP.0).expect("an id")
}

fn owner(trial: usize) -> Subject {
    Subject::parse(format!("alice-{trial}")).expect("a name")
}

fn store(road: &Road) -> Writer {
    road.tollgate.store()
}

async fn list(road: &Road, trial: usize) -> OwnerAuthorization {
    let found = store(road).reader().owner_authorization(&shop(), &owner(trial)).await;
    found.expect("DynamoDB answers").expect("there is a list")
}

/// Lists as many grants as there is room for, a second younger than the one that is there: copies of one, which the lists of
/// a road share.
async fn fill(road: &Road, trial: usize) {
    let (db, key) = (dynamodb(road.tollgate.system.dynamodb), OwnerAuthorizationKey::of(&shop(), &owner(trial)));
    let (table, key) = (Table::Authorizations.default_name(), AttributeValue::S(key.as_str().to_owned()));
    let read = db.get_item().table_name(table).key("id", key).send().await;
    let mut item = read.expect("DynamoDB answers").item.expect("there is a list");
    let grants = item.get_mut("grants").expect("a list has grants");
    let AttributeValue::M(grants) = grants else { panic!("{grants:?}") };
    let now = road.tollgate.clock.now();
    let second = |later| AttributeValue::N(now.plus(later).to_string());
    let listed = [("since", second(1)), ("until", second(100_000))].map(|(name, at)| (name.to_owned(), at));
    let first = grants.keys().next().expect("there is a grant").clone();
    let filling: Vec<_> = (grants.len()..OwnerAuthorization::MAX_GRANTS).map(|at| format!("filling-{at}")).collect();
    // A trial that broke off may have ended one of them, too.
    if is_revoked(road, &filling[0]).await != Some(false) {
        put_copies(road, &first, &filling).await;
    }
    grants.extend(filling.into_iter().map(|key| (key, AttributeValue::M(listed.clone().into()))));
    db.put_item().table_name(table).set_item(Some(item)).send().await.expect("DynamoDB answers");
}

async fn put_copies(road: &Road, grant: &str, keys: &[String]) {
    let (db, table) = (dynamodb(road.tollgate.system.dynamodb), Table::Tokens.default_name());
    let read = db.get_item().table_name(table).key("id", AttributeValue::S(grant.to_owned())).send().await;
    let mut grant = read.expect("DynamoDB answers").item.expect("the grant was put");
    // It is not looked for in the list of the one owner that is its own.
    grant.remove("listed_until");
    for key in keys {
        let put = db.put_item().table_name(table).set_item(Some(grant.clone()));
        put.item("id", AttributeValue::S(key.clone())).send().await.expect("DynamoDB answers");
    }
}

impl Deed for HundredAndFirst {
    async fn road() -> Road {
        crowded().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        let form = password(road, trial).await;
        let oldest = given(road, &form).await;
        fill(road, trial).await;
        Self { oldest, form }
    }

    async fn done(&self, road: &Road) -> Answer {
        ask(road, &self.form).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        counts(road, answer, trial).await;
        assert_eq!(status(road, &self.oldest).await, 401, "{trial}");
    }

    async fn is_open(&self, road: &Road, trial: &str) {
        assert_eq!(status(road, &self.oldest).await, 200, "{trial}: nothing took its place");
    }
}

tests::tried! {
    RedeemNext: a15_a_code_takes_the_place_of_a_token_whatever_befalls_a_write, a_code_that_broke_off_leaves_the_token;
    PasswordAfterTwo: one_token_takes_the_place_of_two_grants_whatever_befalls_a_write, of_two_grants_the_younger_is_left;
    HundredAndFirst: the_oldest_of_a_full_list_ends_whatever_befalls_a_write, a_list_that_broke_off_keeps_its_oldest;
}

#[tokio::test]
async fn a_full_list_holds_what_is_live_and_what_ended_last() {
    let road = crowded().await;
    let form = password(&road, 0).await;
    given(&road, &form).await;
    fill(&road, 0).await;
    for round in 0..4 {
        road.tollgate.clock.advance(2);
        given(&road, &form).await;
        let seen = list(&road, 0).await;
        assert_eq!(seen.grants.len(), OwnerAuthorization::MAX_GRANTS + 1, "round {round}");
        let (oldest, _) = seen.live(road.tollgate.clock.now())[0];
        assert_eq!(is_revoked(&road, oldest).await, Some(true), "round {round}");
        let (next, _) = seen.live(road.tollgate.clock.now())[1];
        assert_eq!(is_revoked(&road, next).await, Some(false), "round {round}");
    }
}

/// Whether what stands at a key is revoked; `None` = nothing stands there.
async fn is_revoked(road: &Road, key: &str) -> Option<bool> {
    let db = dynamodb(road.tollgate.system.dynamodb);
    let read = db.get_item().table_name(Table::Tokens.default_name()).key("id", AttributeValue::S(key.to_owned()));
    let item = read.send().await.expect("DynamoDB answers").item;
    item.map(|item| item.contains_key("revoked_at"))
}

#[tokio::test]
async fn where_one_counts_of_those_who_ask_at_once_the_last_to_be_listed_does() {
    let road = road().await;
    for round in 0..5 {
        let form = password(&road, round).await;
        let earlier = given(&road, &form).await;
        let answers = join_all((0..6).map(|_| ask(&road, &form))).await;
        let mut counting = 0;
        for answer in answers.iter().filter(|answer| answer.status == 200) {
            counting += i32::from(status(&road, &answer.json()).await == 200);
        }
        assert_eq!((counting, status(&road, &earlier).await), (1, 401), "round {round}: {answers:#?}");
        assert_eq!(road.unlisted().await, [], "round {round}");
    }
}

#[tokio::test]
async fn v9_nothing_that_took_a_place_outlives_what_its_owner_took_back() {
    let road = road().await;
    for round in 0..8 {
        let form = password(&road, round).await;
        let earlier = given(&road, &form).await;
        let (store, world, owner) = (store(&road), road.tollgate.clock.world(), owner(round));
        let revoking = async {
            for _ in 0..round {
                tokio::task::yield_now().await;
            }
            revoke_owner(&store, &world, &owner).await.unwrap();
            status(&road, &earlier).await
        };
        let (answers, after) = tokio::join!(join_all((0..3).map(|_| ask(&road, &form))), revoking);
        assert_eq!((after, road.unlisted().await), (401, vec![]), "round {round}");
        revoke_owner(&store, &world, &owner).await.unwrap();
        for answer in answers.iter().filter(|answer| answer.status == 200) {
            assert_eq!(status(&road, &answer.json()).await, 401, "round {round}");
        }
    }
}
