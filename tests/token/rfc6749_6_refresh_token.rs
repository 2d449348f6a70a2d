//! RFC 6749 section 6, RFC 9700 section 4.14: refresh tokens by three policies.

use serde_json::Value;
use tests::{Consent, Tollgate, redemption, refresh};

use crate::{
    refresh_family::{APP, OTHER, SHOP, as_app, redeemed, refreshed, status, text, with},
    shop::refuses,
};

async fn next(tollgate: &Tollgate, token: &Value) -> Value {
    refreshed(tollgate, token).await.is(200).json()
}

#[tokio::test]
async fn r1_a_refresh_token_is_its_clients_alone() {
    let tollgate = with("").await;
    let tokens = redeemed(&tollgate).await;
    let form = refresh(text(&tokens["refresh_token"]));
    refuses(tollgate.token(OTHER, &form).await, 400, "invalid_grant");
    refuses(as_app(&tollgate, &form).await, 400, "invalid_grant");
    refuses(tollgate.call("POST", "/oauth2/token").form(&form).send().await, 401, "invalid_client");
    refuses(tollgate.token((SHOP.0, "wrong"), &form).await, 401, "invalid_client");
    next(&tollgate, &tokens["refresh_token"]).await;
}

#[tokio::test]
async fn r2_a_refreshed_scope_shrinks_and_comes_back_and_never_grows() {
    let tollgate = with("").await;
    let first = redeemed(&tollgate).await;
    let scoped = |token: &Value, scope: &str| format!("{}&scope={scope}", refresh(text(token)));
    let beyond = scoped(&first["refresh_token"], "orders.read+orders.admin");
    refuses(tollgate.token(SHOP, &beyond).await, 400, "invalid_scope");
    let narrow = tollgate.token(SHOP, &scoped(&first["refresh_token"], "orders.read")).await.is(200);
    let narrow = narrow.says("scope", "orders.read").json();
    let call = tollgate.call("GET", "/orders/1").bearer(text(&narrow["access_token"])).send().await.is(200);
    assert_eq!(call.reached("x-tollgate-oauth-scope").as_deref(), Some("orders.read"));
    let whole = next(&tollgate, &narrow["refresh_token"]).await;
    assert_eq!(whole["scope"], "orders.read orders.write");
}

#[tokio::test]
async fn r3_each_refresh_of_a_public_client_gives_another_refresh_token_whatever_the_policy() {
    for policy in ["rotate", "preserve"] {
        let tollgate = with(&format!("    refresh_token: {{ policy: {policy} }}\n")).await;
        let code = Consent { client_id: APP, ..Consent::default() }.code(&tollgate).await;
        let first = as_app(&tollgate, &redemption(&code)).await.is(200).json();
        let form = refresh(text(&first["refresh_token"]));
        let second = as_app(&tollgate, &form).await.is(200).json();
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        tollgate.clock.advance(60);
        refuses(as_app(&tollgate, &form).await, 400, "invalid_grant");
    }
}

#[tokio::test]
async fn r4_a_superseded_token_ends_the_whole_family() {
    let tollgate = with("").await;
    let first = redeemed(&tollgate).await;
    let second = next(&tollgate, &first["refresh_token"]).await;
    let third = next(&tollgate, &second["refresh_token"]).await;
    refuses(refreshed(&tollgate, &first["refresh_token"]).await, 400, "invalid_grant");
    for tokens in [&first, &second, &third] {
        assert_eq!(status(&tollgate, &tokens["access_token"]).await, 401);
    }
    refuses(refreshed(&tollgate, &third["refresh_token"]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn r4_the_previous_token_ends_the_family_after_the_window_and_only_from_its_client() {
    let tollgate = with("").await;
    let first = redeemed(&tollgate).await;
    let second = next(&tollgate, &first["refresh_token"]).await;
    tollgate.clock.advance(60);
    refuses(tollgate.token(OTHER, &refresh(text(&first["refresh_token"]))).await, 400, "invalid_grant");
    assert_eq!(status(&tollgate, &second["access_token"]).await, 200);
    refuses(refreshed(&tollgate, &first["refresh_token"]).await, 400, "invalid_grant");
    assert_eq!(status(&tollgate, &second["access_token"]).await, 401);
}

#[tokio::test]
async fn r6_a_retry_inside_the_window_gets_the_same_answer_with_the_time_that_remains() {
    let tollgate = with("").await;
    let first = redeemed(&tollgate).await;
    let second = next(&tollgate, &first["refresh_token"]).await;
    tollgate.clock.advance(59);
    let again = next(&tollgate, &first["refresh_token"]).await;
    assert_eq!(again["expires_in"], 3_541);
    for member in ["access_token", "refresh_token", "scope"] {
        assert_eq!(again[member], second[member], "{member}");
    }
    let other = format!("{}&scope=orders.read", refresh(text(&first["refresh_token"])));
    refuses(tollgate.token(SHOP, &other).await, 400, "invalid_scope");
    next(&tollgate, &again["refresh_token"]).await;
}

#[tokio::test]
async fn r6_the_window_is_the_services() {
    let tollgate = with("    refresh_token: { retry_window: 0 }\n").await;
    let first = redeemed(&tollgate).await;
    next(&tollgate, &first["refresh_token"]).await;
    refuses(refreshed(&tollgate, &first["refresh_token"]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn r9_a_refresh_token_ends_by_disuse() {
    let tollgate = with("    refresh_token: { ttl: 100 }\n").await;
    let mut tokens = redeemed(&tollgate).await;
    for _ in 0..5 {
        tollgate.clock.advance(99);
        tokens = next(&tollgate, &tokens["refresh_token"]).await;
    }
    tollgate.clock.advance(100);
    refuses(refreshed(&tollgate, &tokens["refresh_token"]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn r9_a_family_ends_by_age_with_all_its_tokens() {
    let tollgate = with("    refresh_token: { ttl: 100, max_ttl: 250 }\n").await;
    let mut tokens = redeemed(&tollgate).await;
    for left in [160, 70] {
        tollgate.clock.advance(90);
        tokens = next(&tollgate, &tokens["refresh_token"]).await;
        assert_eq!(tokens["expires_in"], left);
    }
    tollgate.clock.advance(70);
    refuses(refreshed(&tollgate, &tokens["refresh_token"]).await, 400, "invalid_grant");
    assert_eq!(status(&tollgate, &tokens["access_token"]).await, 401);
}

/// Refreshes that outlive the grant's place in its owner's list move it, so that it can be revoked for as long as it lives.
#[tokio::test]
async fn a_family_that_lives_on_stays_in_its_owners_list() {
    let tollgate = with("    refresh_token: { ttl: 4000 }\n").await;
    let mut tokens = redeemed(&tollgate).await;
    for _ in 0..12 {
        tollgate.clock.advance(3_000);
        tokens = next(&tollgate, &tokens["refresh_token"]).await;
    }
    let (client, owner) = (tests::CLIENT_ID, "alice");
    let reader = shared::store::Reader::new(
        tests::dynamodb(tollgate.system.dynamodb),
        shared::store::Tables::default(),
        tollgate.clock.world(),
        0,
    );
    let client = shared::protocol::ClientId::parse(client).unwrap();
    let owner = shared::protocol::Subject::parse(owner).unwrap();
    let list = reader.owner_authorization(&client, &owner).await.unwrap().unwrap();
    let now = tollgate.clock.world().clock.now();
    let listed: Vec<_> = list.grants.values().collect();
    assert!(listed.len() == 1 && listed[0].until >= now.plus(4_000), "{listed:?} at {now}");
}

#[tokio::test]
async fn preserve_gives_the_same_refresh_token_and_starts_its_time_anew() {
    let tollgate = with("    refresh_token: { policy: preserve, ttl: 100 }\n").await;
    let first = redeemed(&tollgate).await;
    for _ in 0..3 {
        tollgate.clock.advance(99);
        let tokens = next(&tollgate, &first["refresh_token"]).await;
        assert_eq!(tokens["refresh_token"], first["refresh_token"]);
        assert_ne!(tokens["access_token"], first["access_token"]);
        assert_eq!(status(&tollgate, &tokens["access_token"]).await, 200);
    }
    tollgate.clock.advance(100);
    refuses(refreshed(&tollgate, &first["refresh_token"]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn none_gives_no_refresh_token() {
    let tollgate = with("    refresh_token: { policy: none }\n").await;
    let tokens = redeemed(&tollgate).await;
    assert!(tokens.get("refresh_token").is_none(), "{tokens}");
}

#[tokio::test]
async fn a_refresh_leaves_earlier_access_tokens_alone_unless_the_service_says_so() {
    for (members, expected) in [("", 200), ("    revoke_access_on_refresh: true\n", 401)] {
        let tollgate = with(members).await;
        let first = redeemed(&tollgate).await;
        let second = next(&tollgate, &first["refresh_token"]).await;
        assert_eq!(status(&tollgate, &first["access_token"]).await, expected);
        assert_eq!(status(&tollgate, &second["access_token"]).await, 200);
    }
}

#[tokio::test]
async fn m11_the_resource_of_a_refresh_is_that_of_the_grant() {
    let tollgate = with("").await;
    let tokens = redeemed(&tollgate).await;
    let form = refresh(text(&tokens["refresh_token"]));
    let other = format!("{form}&resource=urn:tollgate:service:inv");
    refuses(tollgate.token(SHOP, &other).await, 400, "invalid_target");
    tollgate.token(SHOP, &format!("{form}&resource=urn:tollgate:service:942yzkggypg5dq6c4ucfv3ed")).await.is(200);
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused_like_an_unknown_one() {
    let tollgate = with("").await;
    let tokens = redeemed(&tollgate).await;
    let right = text(&tokens["refresh_token"]);
    let guess = format!("{}AAAA", &right[..right.len() - 4]);
    let mut told = Vec::new();
    for token in ["x", "tgr_", &guess, text(&tokens["access_token"])] {
        let answer = refuses(tollgate.token(SHOP, &refresh(token)).await, 400, "invalid_grant");
        told.push(answer.json()["error_description"].clone());
    }
    assert!(told.iter().all(|text| *text == told[0]), "{told:?}");
    refuses(tollgate.token(SHOP, "grant_type=refresh_token").await, 400, "invalid_request");
    next(&tollgate, &tokens["refresh_token"]).await;
}
