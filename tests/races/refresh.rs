//! Parallel uses of refresh tokens.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::drivers::{
    CALLERS, FEW, MANY, at_once, given, hang_up, is_active, redeemed, refresh_of, refreshed, rounds, shop,
};

fn texts<'a>(answers: &'a [Value], member: &str) -> BTreeSet<&'a str> {
    answers.iter().map(|answer| answer[member].as_str().unwrap_or_default()).collect()
}

/// Fifty use one token: each gets the same pair, and that pair lives.
async fn one_branch(count: usize) {
    let shop = shop("").await;
    rounds(&shop, count, async |round| {
        let first = redeemed(&shop, round).await;
        let answers = given(&at_once(&shop, vec![refresh_of(&first); CALLERS]).await);
        assert_eq!(answers.len(), CALLERS, "round {round}: nobody is refused");
        assert_eq!(texts(&answers, "refresh_token").len(), 1, "round {round}: {answers:#?}");
        assert_eq!(texts(&answers, "access_token").len(), 1, "round {round}: {answers:#?}");
        assert!(is_active(&shop, &answers[0]["access_token"]).await, "round {round}");
        refreshed(&shop, &answers[0]).await;
    })
    .await;
}

/// Half hang up before their answer comes, each a little later than the one before; the other half ask meanwhile, and
/// all of them ask again.
async fn no_answer_is_lost(count: usize) {
    let shop = shop("").await;
    rounds(&shop, count, async |round| {
        let first = redeemed(&shop, round).await;
        let forms = vec![refresh_of(&first); CALLERS / 2];
        let (heard, ()) = tokio::join!(at_once(&shop, forms.clone()), hang_up(&shop, forms.clone()));
        let heard = given(&heard);
        let again = given(&at_once(&shop, forms).await);
        let all = [heard, again].concat();
        assert_eq!((all.len(), texts(&all, "refresh_token").len()), (CALLERS / 2 * 2, 1), "round {round}: {all:#?}");
        assert!(is_active(&shop, &all[0]["access_token"]).await, "round {round}");
        refreshed(&shop, &all[0]).await;
    })
    .await;
}

/// Half use the newest token, half one that was superseded twice: nothing of the family lives after it.
async fn a_replay_ends_all(count: usize) {
    let shop = shop("").await;
    rounds(&shop, count, async |round| {
        let first = redeemed(&shop, round).await;
        let second = refreshed(&shop, &first).await;
        let third = refreshed(&shop, &second).await;
        let forms = (0..CALLERS).map(|caller| refresh_of(if caller % 2 == 0 { &first } else { &third })).collect();
        let mut tokens = given(&at_once(&shop, forms).await);
        tokens.extend([first, second, third]);
        for token in &tokens {
            assert!(!is_active(&shop, &token["access_token"]).await, "round {round}");
            assert!(!is_active(&shop, &token["refresh_token"]).await, "round {round}");
        }
        let forms = tokens.iter().map(refresh_of).collect();
        assert_eq!(given(&at_once(&shop, forms).await).len(), 0, "round {round}");
    })
    .await;
}

/// Where the token stays, fifty get access tokens of their own, and nobody is turned away.
async fn all_are_served(count: usize) {
    let shop = shop("policy: preserve").await;
    rounds(&shop, count, async |round| {
        let first = redeemed(&shop, round).await;
        let answers = given(&at_once(&shop, vec![refresh_of(&first); CALLERS]).await);
        assert_eq!((answers.len(), texts(&answers, "access_token").len()), (CALLERS, CALLERS), "round {round}");
        let mut active = 0;
        for answer in &answers {
            active += usize::from(is_active(&shop, &answer["access_token"]).await);
        }
        assert_eq!(active, 16, "round {round}: the last of them live");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r5_fifty_who_refresh_at_once_get_one_pair() {
    one_branch(FEW).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a thousand rounds"]
async fn r5_fifty_who_refresh_at_once_get_one_pair_a_thousand_times() {
    one_branch(MANY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r6_fifty_who_lost_their_answers_get_them_again() {
    no_answer_is_lost(FEW).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a thousand rounds"]
async fn r6_fifty_who_lost_their_answers_get_them_again_a_thousand_times() {
    no_answer_is_lost(MANY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r4_a_replay_among_fifty_refreshes_ends_the_family() {
    a_replay_ends_all(FEW).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a thousand rounds"]
async fn r4_a_replay_among_fifty_refreshes_ends_the_family_a_thousand_times() {
    a_replay_ends_all(MANY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_refreshes_of_a_token_that_stays_are_all_served() {
    all_are_served(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a hundred rounds of fifty writes to one item"]
async fn fifty_refreshes_of_a_token_that_stays_are_all_served_a_hundred_times() {
    all_are_served(MANY / 10).await;
}
