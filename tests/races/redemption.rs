//! Parallel redemptions of one code.

use tests::{VERIFIER, redemption};

use crate::drivers::{CALLERS, FEW, MANY, code, is_active, once, rounds, shop};

/// One wins; the others have the right code, client and verifier too, so what it won is revoked.
async fn one_wins(count: usize) {
    let shop = shop("").await;
    rounds(&shop, count, async |round| {
        let form = redemption(&code(&shop, round).await);
        let redeemed = once(&shop, vec![form; CALLERS]).await;
        for token in redeemed.winner(round).iter().flat_map(|won| [&won["access_token"], &won["refresh_token"]]) {
            assert!(!is_active(&shop, token).await, "round {round}");
        }
    })
    .await;
}

/// Those who have not all of it take nothing away, not even while the right one redeems.
async fn wrong_ones_do_no_harm(count: usize) {
    let shop = shop("").await;
    rounds(&shop, count, async |round| {
        let right = redemption(&code(&shop, round).await);
        let mut forms = vec![right.replace(VERIFIER, &"a".repeat(43)); CALLERS - 1];
        forms.push(right.clone());
        let redeemed = once(&shop, forms.clone()).await;
        let Some(won) = redeemed.winner(round) else { return };
        forms.pop();
        assert!(once(&shop, forms).await.given.is_empty(), "round {round}");
        assert!(is_active(&shop, &won["access_token"]).await, "round {round}");
        assert!(once(&shop, vec![right; CALLERS]).await.given.is_empty(), "round {round}");
        assert!(!is_active(&shop, &won["access_token"]).await, "round {round}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a15_of_fifty_redemptions_one_wins() {
    one_wins(FEW).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a thousand rounds"]
async fn a15_of_fifty_redemptions_one_wins_a_thousand_times() {
    one_wins(MANY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a16_fifty_invalid_replays_end_nothing_and_valid_ones_end_all() {
    wrong_ones_do_no_harm(FEW).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a thousand rounds"]
async fn a16_fifty_invalid_replays_end_nothing_and_valid_ones_end_all_a_thousand_times() {
    wrong_ones_do_no_harm(MANY).await;
}
