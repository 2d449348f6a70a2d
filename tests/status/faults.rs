//! When DynamoDB loses, delays, halves or refuses what a revocation writes.

use tests::{Answer, Deed, Road};

use crate::{
    granted::{Family, family},
    shop::{FILE, SHOP, is_active},
};

/// The shop revokes one of two access tokens.
struct RevokeAccessToken(Family);

/// It revokes all of a grant by its refresh token.
struct RevokeGrant(Family);

async fn revoked(road: &Road, token: &str) -> Answer {
    let form = format!("token={token}&client_id={}&client_secret={}", SHOP.0, SHOP.1);
    road.post("/oauth2/revoke", &[], &form).await
}

/// Which of a family's tokens are active.
async fn active(road: &Road, Family { access, refresh }: &Family) -> [bool; 3] {
    let is_active = |token| is_active(&road.tollgate, token);
    [is_active(&access[0]).await, is_active(&access[1]).await, is_active(refresh).await]
}

impl Deed for RevokeAccessToken {
    async fn road() -> Road {
        Road::with(FILE).await
    }

    async fn prepared(road: &Road, _trial: usize) -> Self {
        Self(family(&road.tollgate, SHOP.0).await)
    }

    async fn done(&self, road: &Road) -> Answer {
        revoked(road, &self.0.access[0]).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        assert_eq!((answer.status, active(road, &self.0).await), (200, [false, true, true]), "{trial}");
    }
}

impl Deed for RevokeGrant {
    async fn road() -> Road {
        Road::with(FILE).await
    }

    async fn prepared(road: &Road, _trial: usize) -> Self {
        Self(family(&road.tollgate, SHOP.0).await)
    }

    async fn done(&self, road: &Road) -> Answer {
        revoked(road, &self.0.refresh).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        assert_eq!((answer.status, active(road, &self.0).await), (200, [false; 3]), "{trial}");
    }
}

tests::tried! {
    RevokeAccessToken: v9_a_revoked_token_is_over_whatever_befalls_the_write, v9_one_that_broke_off_can_be_revoked_again;
    RevokeGrant: v9_a_revoked_grant_is_over_whatever_befalls_the_write, v9_a_grant_that_broke_off_can_be_revoked_again;
}
