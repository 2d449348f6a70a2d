//! Revocation against refreshes on their way, and against those who ask: read your revoke.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::task::JoinSet;

use crate::drivers::{
    CALLERS, FEW, MANY, at_once, given, is_active, redeemed, refresh_of, refreshed, revoke, rounds, shop,
};

/// Once the revocation is answered nothing of the family is active, whatever was on its way.
async fn nothing_lives(count: usize) {
    let shop = shop("").await;
    rounds(&shop, count, async |round| {
        let first = redeemed(&shop, round).await;
        let second = refreshed(&shop, &first).await;
        let forms = vec![refresh_of(&second); CALLERS - 1];
        let revoking = tokio::spawn({
            let (shop, first) = (Arc::clone(&shop), first.clone());
            async move {
                revoke(&shop, &first["refresh_token"]).await;
                assert!(!is_active(&shop, &first["access_token"]).await, "right after the answer");
            }
        });
        let mut tokens = given(&at_once(&shop, forms).await);
        revoking.await.expect("the revocation holds");
        tokens.truncate(2);
        tokens.extend([first, second]);
        for token in &tokens {
            assert!(!is_active(&shop, &token["access_token"]).await, "round {round}");
            assert!(!is_active(&shop, &token["refresh_token"]).await, "round {round}");
        }
        assert_eq!(given(&at_once(&shop, tokens.iter().map(refresh_of).collect()).await).len(), 0, "round {round}");
    })
    .await;
}

/// Half of the callers revoke a token of a family, the other half ask about it all the time. Who began to ask after the
/// first revocation was answered sees it.
async fn whoever_asks_sees_it(count: usize) {
    let shop = shop("").await;
    rounds(&shop, count, async |round| {
        let tokens = Arc::new(redeemed(&shop, round).await);
        let revoked = Arc::new(AtomicBool::new(false));
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let (shop, tokens, revoked) = (Arc::clone(&shop), Arc::clone(&tokens), Arc::clone(&revoked));
            callers.spawn(async move {
                if caller % 2 == 0 {
                    let presented = if round % 2 == 0 { "refresh_token" } else { "access_token" };
                    revoke(&shop, &tokens[presented]).await;
                    revoked.store(true, Ordering::SeqCst);
                }
                let is_late = revoked.load(Ordering::SeqCst);
                let is_active = is_active(&shop, &tokens["access_token"]).await;
                assert!(!(is_late && is_active), "caller {caller} saw a revoked token as active");
            });
        }
        callers.join_all().await;
        assert!(!is_active(&shop, &tokens["access_token"]).await, "round {round}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_nothing_of_a_family_lives_once_its_revocation_is_answered() {
    nothing_lives(FEW).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a thousand rounds"]
async fn r7_nothing_of_a_family_lives_once_its_revocation_is_answered_a_thousand_times() {
    nothing_lives(MANY).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn v9_whoever_asks_after_a_revocation_sees_it() {
    whoever_asks_sees_it(FEW).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a thousand rounds"]
async fn v9_whoever_asks_after_a_revocation_sees_it_a_thousand_times() {
    whoever_asks_sees_it(MANY).await;
}
