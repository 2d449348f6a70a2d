//! Codes that nobody redeems: of logins that are given up, and of links by which another site steers somebody's browser here.

use tests::Tollgate;

use crate::{
    browser::{Browser, members},
    shop::{VERIFIER, request, shop},
};

const SHOP: (&str, &str) = ("shop", "gX1fBat3bV-generated");

/// More than the list of an owner and a client holds.
const MANY: u64 = 110;

/// The refresh token of a grant that is in use.
async fn in_use(tollgate: &Tollgate, browser: &mut Browser<'_>) -> String {
    let code = members(&browser.agree(&request("shop", "")).await.is(303), '?')["code"].clone();
    let form = format!("grant_type=authorization_code&code={code}&code_verifier={VERIFIER}");
    let answer = tollgate.token(SHOP, &form).await.is(200).json();
    answer["refresh_token"].as_str().unwrap().to_owned()
}

async fn is_alive(tollgate: &Tollgate, refresh_token: &str) {
    let answer = tollgate.token(SHOP, &format!("grant_type=refresh_token&refresh_token={refresh_token}")).await;
    assert_eq!(answer.status, 200, "{answer:#?}");
}

#[tokio::test]
async fn codes_that_another_site_has_made_end_nothing_that_is_in_use() {
    for pause in [0, 7] {
        let tollgate = shop().await;
        let mut browser = Browser::of_alice(&tollgate).await;
        let refresh_token = in_use(&tollgate, &mut browser).await;
        for _ in 0..MANY {
            tollgate.clock.advance(pause);
            let answer = browser.get(&request("shop", "")).await.is(303);
            assert!(members(&answer, '?').contains_key("code"), "{answer:#?}");
        }
        is_alive(&tollgate, &refresh_token).await;
        in_use(&tollgate, &mut browser).await;
    }
}

#[tokio::test]
async fn a_login_under_way_is_not_cut_short_by_the_next_though_the_list_is_full_of_what_is_in_use() {
    let tollgate = shop().await;
    let mut browser = Browser::of_alice(&tollgate).await;
    for _ in 0..100 {
        in_use(&tollgate, &mut browser).await;
    }
    let code = members(&browser.get(&request("shop", "")).await.is(303), '?')["code"].clone();
    in_use(&tollgate, &mut browser).await;
    let form = format!("grant_type=authorization_code&code={code}&code_verifier={VERIFIER}");
    tollgate.token(SHOP, &form).await.is(200);
}

#[tokio::test]
async fn logins_that_are_given_up_end_nothing_that_is_in_use() {
    let tollgate = shop().await;
    let refresh_token = in_use(&tollgate, &mut Browser::of_alice(&tollgate).await).await;
    for _ in 0..MANY {
        tollgate.clock.advance(6 * 60 * 60);
        Browser::of_alice(&tollgate).await.get(&request("shop", "")).await.is(303);
    }
    is_alive(&tollgate, &refresh_token).await;
}
