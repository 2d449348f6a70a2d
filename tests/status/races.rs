//! Read your revoke: whoever asks after a revocation was answered sees it, however many ask and revoke at once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tests::Tollgate;
use tokio::task::JoinSet;

use crate::{
    families::family,
    shop::{SHOP, is_active, revoke, shop},
};

/// Half of the callers revoke a token of a family, the other half ask about it all the time. Who began to ask after the
/// first revocation was answered must see it.
async fn round(tollgate: &Arc<Tollgate>, of_refresh_token: bool) {
    let family = Arc::new(family(tollgate, "shop").await);
    let revoked = Arc::new(AtomicBool::new(false));
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let (tollgate, family, revoked) = (Arc::clone(tollgate), Arc::clone(&family), Arc::clone(&revoked));
        callers.spawn(async move {
            let presented = if of_refresh_token { &family.refresh } else { &family.access[0] };
            if caller % 2 == 0 {
                revoke(&tollgate, SHOP, &format!("token={presented}")).await.is(200);
                revoked.store(true, Ordering::SeqCst);
            }
            let is_late = revoked.load(Ordering::SeqCst);
            let is_active = is_active(&tollgate, &family.access[0]).await;
            assert!(!(is_late && is_active), "caller {caller} saw a revoked token as active");
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended.unwrap();
    }
    assert!(!is_active(tollgate, &family.access[0]).await);
}

async fn rounds(count: usize) {
    let tollgate = Arc::new(shop().await);
    for at in 0..count {
        round(&tollgate, at % 2 == 0).await;
    }
}

#[tokio::test]
async fn v9_whoever_asks_after_a_revocation_sees_it() {
    rounds(4).await;
}

#[tokio::test]
#[ignore = "takes minutes: cargo test -p tests --release --test status -- --ignored"]
async fn v9_whoever_asks_after_a_revocation_sees_it_a_thousand_times() {
    rounds(1_000).await;
}

const CALLERS: usize = 50;
