//! Parallel redemptions of one code.

use tests::{VERIFIER, redemption};

use crate::shop::{CALLERS, FEW, MANY, at_once, code, given, is_active, shop};

/// One wins; the others have the right code, client and verifier too, so what it won is revoked.
async fn one_wins(rounds: usize) {
    let shop = shop("").await;
    for round in 0..rounds {
        let form = redemption(&code(&shop, round).await);
        let given = given(&at_once(&shop, vec![form; CALLERS]).await);
        assert_eq!(given.len(), 1, "round {round}: {given:#?}");
        for member in ["access_token", "refresh_token"] {
            assert!(!is_active(&shop, &given[0][member]).await, "round {round}: {member}");
        }
    }
}

/// Those who have not all of it take nothing away, not even while the right one redeems.
async fn wrong_ones_do_no_harm(rounds: usize) {
    let shop = shop("").await;
    for round in 0..rounds {
        let right = redemption(&code(&shop, round).await);
        let mut forms = vec![right.replace(VERIFIER, &"a".repeat(43)); CALLERS - 1];
        forms.push(right.clone());
        let given_once = given(&at_once(&shop, forms.clone()).await);
        assert_eq!(given_once.len(), 1, "round {round}: {given_once:#?}");
        forms.pop();
        assert_eq!(given(&at_once(&shop, forms).await).len(), 0, "round {round}");
        assert!(is_active(&shop, &given_once[0]["access_token"]).await, "round {round}");
        assert_eq!(given(&at_once(&shop, vec![right; CALLERS]).await).len(), 0, "round {round}");
        assert!(!is_active(&shop, &given_once[0]["access_token"]).await, "round {round}");
    }
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
