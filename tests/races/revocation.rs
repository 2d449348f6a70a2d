//! Revocation against refreshes on their way.

use std::sync::Arc;

use tests::{CLIENT_ID, CLIENT_SECRET};

use crate::shop::{CALLERS, FEW, MANY, at_once, given, is_active, redeemed, refresh_of, refreshed, shop};

/// Once the revocation is answered nothing of the family is active, whatever was on its way.
async fn nothing_lives(rounds: usize) {
    let shop = shop("").await;
    for round in 0..rounds {
        let first = redeemed(&shop, round).await;
        let second = refreshed(&shop, &first).await;
        let forms = vec![refresh_of(&second); CALLERS - 1];
        let revoking = tokio::spawn({
            let (shop, first) = (Arc::clone(&shop), first.clone());
            async move {
                let form = format!("token={}", first["refresh_token"].as_str().expect("a token is a text"));
                let call = shop.call("POST", "/oauth2/revoke").basic(CLIENT_ID, CLIENT_SECRET).form(&form);
                call.send().await.is(200);
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
    }
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
