//! Revocation: RFC 7009.

use tests::Answer;

use crate::{
    granted::family,
    shop::{GUARD, RIVAL, SHOP, is_active, post, revoke, shop, token},
};

/// Expects the one answer that every revocation has.
#[track_caller]
fn is_done(answer: Answer) {
    let answer = answer.is(200).has("cache-control", "no-store");
    assert_eq!(answer.body, "");
}

#[tokio::test]
async fn v1_unknown_malformed_and_revoked_tokens_are_200() {
    let tollgate = shop().await;
    let token = token(&tollgate).await;
    for text in [token.as_str(), &token, "tga_unknown", "%22", "urn:x"] {
        is_done(revoke(&tollgate, SHOP, &format!("token={text}")).await);
    }
    assert!(!is_active(&tollgate, &token).await);
}

#[tokio::test]
async fn t6_who_revokes_proves_itself_in_one_way_at_axways_path_too() {
    let tollgate = shop().await;
    let token = token(&tollgate).await;
    for path in ["/oauth2/revoke", "/api/oauth/revoke"] {
        for (id, secret) in [RIVAL, (SHOP.0, SHOP.1), (SHOP.0, "wrong")] {
            let form = format!("token={token}&client_id={id}&client_secret={secret}");
            post(&tollgate, path, SHOP, &form).send().await.is(400).says("error", "invalid_request");
        }
        let form = format!("token={token}&client_id={}", RIVAL.0);
        post(&tollgate, path, SHOP, &form).send().await.is(401).says("error", "invalid_client");
    }
    assert!(is_active(&tollgate, &token).await);
}

#[tokio::test]
async fn v2_another_clients_token_stays_and_nobody_learns_that_it_exists() {
    let tollgate = shop().await;
    let family = family(&tollgate, "shop").await;
    for another in [RIVAL, GUARD] {
        let unknown = revoke(&tollgate, another, "token=tga_unknown").await.told();
        for token in [&family.access[0], &family.refresh] {
            let foreign = revoke(&tollgate, another, &format!("token={token}")).await;
            assert_eq!(foreign.told(), unknown, "{another:?}");
            assert!(is_active(&tollgate, token).await);
        }
    }
}

#[tokio::test]
async fn v3_the_wrong_hint_still_revokes() {
    let tollgate = shop().await;
    for hint in ["access_token", "refresh_token", "pub.example:other"] {
        let family = family(&tollgate, "shop").await;
        is_done(revoke(&tollgate, SHOP, &format!("token={}&token_type_hint={hint}", family.refresh)).await);
        assert!(!is_active(&tollgate, &family.refresh).await, "{hint}");
    }
}

#[tokio::test]
async fn v4_a_refresh_token_takes_its_access_tokens_along() {
    let tollgate = shop().await;
    let (family, other) = (family(&tollgate, "shop").await, family(&tollgate, "shop").await);
    is_done(revoke(&tollgate, SHOP, &format!("token={}", family.refresh)).await);
    for token in [&family.refresh, &family.access[0], &family.access[1]] {
        assert!(!is_active(&tollgate, token).await);
    }
    assert!(is_active(&tollgate, &other.refresh).await);
}

#[tokio::test]
async fn an_access_token_goes_alone() {
    let tollgate = shop().await;
    let family = family(&tollgate, "shop").await;
    is_done(revoke(&tollgate, SHOP, &format!("token={}", family.access[0])).await);
    assert!(!is_active(&tollgate, &family.access[0]).await);
    assert!(is_active(&tollgate, &family.access[1]).await && is_active(&tollgate, &family.refresh).await);
}

#[tokio::test]
async fn a_token_without_id_is_revoked_and_the_next_one_in_its_place_counts() {
    let tollgate = shop().await;
    let first = tollgate.access_token(SHOP, "scope=pay").await;
    is_done(revoke(&tollgate, SHOP, &format!("token={first}")).await);
    assert!(!is_active(&tollgate, &first).await);
    let second = tollgate.access_token(SHOP, "scope=pay").await;
    is_done(revoke(&tollgate, SHOP, &format!("token={first}")).await);
    assert!(is_active(&tollgate, &second).await, "the first token is no longer that grant's");
}

#[tokio::test]
async fn v5_a_client_that_does_not_prove_itself_revokes_nothing() {
    let tollgate = shop().await;
    let token = token(&tollgate).await;
    let form = format!("token={token}");
    let call = || tollgate.call("POST", "/oauth2/revoke");
    for call in
        [call().form(&form), call().basic("shop", "wrong").form(&form), call().form(&format!("{form}&client_id=shop"))]
    {
        call.send().await.is(401).says("error", "invalid_client");
    }
    assert!(is_active(&tollgate, &token).await);
}

#[tokio::test]
async fn v5_a_public_client_revokes_by_its_id_what_is_its_own() {
    let tollgate = shop().await;
    let (own, foreign) = (family(&tollgate, "spa").await, family(&tollgate, "shop").await);
    for family in [&own, &foreign] {
        let form = format!("token={}&client_id=spa", family.refresh);
        is_done(tollgate.call("POST", "/oauth2/revoke").form(&form).send().await);
    }
    assert!(is_active(&tollgate, &foreign.refresh).await);
    let bearer = |token: &str| tollgate.call("GET", "/oauth2/tokeninfo").bearer(token);
    bearer(&own.access[0]).send().await.is(400);
    bearer(&foreign.access[0]).send().await.is(200);
}

#[tokio::test]
async fn v12_revocation_takes_only_a_post_with_a_form_and_no_token_in_the_url() {
    let tollgate = shop().await;
    let token = token(&tollgate).await;
    let url = format!("/oauth2/revoke?token={token}");
    tollgate.call("GET", &url).basic(SHOP.0, SHOP.1).send().await.is(405).has("allow", "POST");
    post(&tollgate, &url, SHOP, "").send().await.is(400).says("error", "invalid_request");
    post(&tollgate, "/oauth2/revoke", SHOP, "").send().await.is(400).says("error", "invalid_request");
    assert!(is_active(&tollgate, &token).await);
}

#[tokio::test]
async fn axways_path_revokes_and_takes_credentials_that_were_not_form_encoded() {
    let tollgate = shop().await;
    let family = family(&tollgate, "shop").await;
    is_done(post(&tollgate, "/api/oauth/revoke", SHOP, &format!("token={}", family.refresh)).send().await);
    assert!(!is_active(&tollgate, &family.access[0]).await);
}

#[tokio::test]
async fn v9_a_revoked_token_is_never_active_again() {
    let tollgate = shop().await;
    for _ in 0..20 {
        let family = family(&tollgate, "shop").await;
        revoke(&tollgate, SHOP, &format!("token={}", family.access[0])).await.is(200);
        assert!(!is_active(&tollgate, &family.access[0]).await);
        revoke(&tollgate, SHOP, &format!("token={}", family.refresh)).await.is(200);
        assert!(!is_active(&tollgate, &family.access[1]).await);
    }
}
