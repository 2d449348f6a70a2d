//! RFC 6749 section 4.1.3, RFC 7636: codes are redeemed once, by the client they were given to.

use tests::{Consent, REDIRECT_URI, VERIFIER, redemption};

use crate::{
    refresh_family::{APP, OTHER, SHOP, as_app, redeemed, refreshed, status, text, with},
    shop::refuses,
};

#[tokio::test]
async fn a_code_gives_tokens_that_act_for_the_resource_owner() {
    let tollgate = with("").await;
    let code = Consent::default().code(&tollgate).await;
    let answer = tollgate.token(SHOP, &redemption(&code)).await.is(200);
    let answer = answer.has("cache-control", "no-store").has("pragma", "no-cache");
    let answer = answer.says("token_type", "Bearer").says("expires_in", 3600).says("scope", "orders.read orders.write");
    let tokens = answer.json();
    let call = tollgate.call("GET", "/orders/1").bearer(text(&tokens["access_token"])).send().await.is(200);
    assert_eq!(call.reached("x-tollgate-oauth-user-context").as_deref(), Some("alice"));
    refreshed(&tollgate, &tokens["refresh_token"]).await.is(200);
}

#[tokio::test]
async fn a13_a_code_survives_the_wrong_client_redirect_uri_and_verifier() {
    let tollgate = with("").await;
    let code = Consent::default().code(&tollgate).await;
    let right = redemption(&code);
    let other_uri = right.replace("%2Fcb", "%2FCB");
    let no_uri = format!("grant_type=authorization_code&code={code}&code_verifier={VERIFIER}");
    let other_verifier = right.replace(VERIFIER, &"a".repeat(43));
    refuses(tollgate.token(OTHER, &right).await, 400, "invalid_grant");
    refuses(as_app(&tollgate, &right).await, 400, "invalid_grant");
    for wrong in [other_uri, no_uri, other_verifier] {
        refuses(tollgate.token(SHOP, &wrong).await, 400, "invalid_grant");
    }
    tollgate.token(SHOP, &right).await.is(200);
}

#[tokio::test]
async fn a13_a_redirect_uri_that_was_not_named_may_be_left_out_or_be_the_only_one() {
    let tollgate = with("").await;
    let unnamed = Consent { names_redirect_uri: false, ..Consent::default() };
    let form = |code: &str| format!("grant_type=authorization_code&code={code}&code_verifier={VERIFIER}");
    tollgate.token(SHOP, &form(&unnamed.code(&tollgate).await)).await.is(200);
    tollgate.token(SHOP, &redemption(&unnamed.code(&tollgate).await)).await.is(200);
    let wrong = format!("{}&redirect_uri=https://evil.example", form(&unnamed.code(&tollgate).await));
    refuses(tollgate.token(SHOP, &wrong).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a12_a_verifier_without_a_challenge_and_a_challenge_without_a_verifier_are_refused() {
    let tollgate = with("").await;
    let plain = Consent { has_challenge: false, ..Consent::default() };
    refuses(tollgate.token(SHOP, &redemption(&plain.code(&tollgate).await)).await, 400, "invalid_grant");
    let code = Consent::default().code(&tollgate).await;
    let without = format!("grant_type=authorization_code&code={code}&redirect_uri={REDIRECT_URI}");
    refuses(tollgate.token(SHOP, &without).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a11_a_verifier_is_43_to_128_unreserved_characters() {
    let tollgate = with("").await;
    let right = redemption(&Consent::default().code(&tollgate).await);
    for verifier in ["a".repeat(42), "a".repeat(129), format!("{}%2B", "a".repeat(43))] {
        let answer = tollgate.token(SHOP, &right.replace(VERIFIER, &verifier)).await;
        refuses(answer, 400, "invalid_request");
    }
    tollgate.token(SHOP, &right).await.is(200);
}

#[tokio::test]
async fn a9_a_public_client_redeems_by_its_verifier() {
    let tollgate = with("").await;
    let of_app = Consent { client_id: APP, ..Consent::default() };
    as_app(&tollgate, &redemption(&of_app.code(&tollgate).await)).await.is(200);
    let plain = Consent { has_challenge: false, ..of_app };
    let form = redemption(&plain.code(&tollgate).await).replace(&format!("&code_verifier={VERIFIER}"), "");
    refuses(as_app(&tollgate, &form).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a14_a16_a_valid_replay_is_refused_and_ends_what_the_code_gave() {
    let tollgate = with("").await;
    let form = redemption(&Consent::default().code(&tollgate).await);
    let tokens = tollgate.token(SHOP, &form).await.is(200).json();
    tollgate.clock.advance(600);
    assert_eq!(status(&tollgate, &tokens["access_token"]).await, 200);
    refuses(tollgate.token(SHOP, &form).await, 400, "invalid_grant");
    assert_eq!(status(&tollgate, &tokens["access_token"]).await, 401);
    refuses(refreshed(&tollgate, &tokens["refresh_token"]).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a16_an_invalid_replay_ends_nothing() {
    let tollgate = with("").await;
    let form = redemption(&Consent::default().code(&tollgate).await);
    let tokens = tollgate.token(SHOP, &form).await.is(200).json();
    refuses(tollgate.token(SHOP, &form.replace(VERIFIER, &"a".repeat(43))).await, 400, "invalid_grant");
    refuses(tollgate.token(SHOP, &form.replace("%2Fcb", "%2Fother")).await, 400, "invalid_grant");
    refuses(tollgate.token(OTHER, &form).await, 400, "invalid_grant");
    assert_eq!(status(&tollgate, &tokens["access_token"]).await, 200);
    refreshed(&tollgate, &tokens["refresh_token"]).await.is(200);
}

#[tokio::test]
async fn a17_a_code_is_over_by_its_time_although_its_item_is_there() {
    let tollgate = with("").await;
    let form = redemption(&Consent::default().code(&tollgate).await);
    tollgate.clock.advance(60);
    refuses(tollgate.token(SHOP, &form).await, 400, "invalid_grant");
}

#[tokio::test]
async fn what_is_no_code_is_refused_like_an_unknown_one() {
    let tollgate = with("").await;
    let code = Consent::default().code(&tollgate).await;
    let guess = format!("{}{}", &code[..code.len() - 4], "AAAA");
    let mut told = Vec::new();
    for code in ["x", "tgc_", &guess, &code.replace("tgc_", "tgr_")] {
        let answer = refuses(tollgate.token(SHOP, &redemption(code)).await, 400, "invalid_grant");
        told.push(answer.json()["error_description"].clone());
    }
    assert!(told.iter().all(|text| *text == told[0]), "{told:?}");
    refuses(tollgate.token(SHOP, "grant_type=authorization_code").await, 400, "invalid_request");
    tollgate.token(SHOP, &redemption(&code)).await.is(200);
}

#[tokio::test]
async fn m11_the_resource_of_a_redemption_is_that_of_the_grant() {
    let tollgate = with("").await;
    let form = redemption(&Consent::default().code(&tollgate).await);
    let other = format!("{form}&resource=urn:tollgate:service:inv");
    refuses(tollgate.token(SHOP, &other).await, 400, "invalid_target");
    tollgate.token(SHOP, &format!("{form}&resource=urn:tollgate:service:942yzkggypg5dq6c4ucfv3ed")).await.is(200);
}

#[tokio::test]
async fn tokens_of_every_format_lead_to_their_grant() {
    for format in ["opaque", "hex32", "alnum24", "alnum54"] {
        let tollgate = with(&format!("    access_token: {{ format: {format} }}\n")).await;
        let tokens = redeemed(&tollgate).await;
        assert_eq!(status(&tollgate, &tokens["access_token"]).await, 200, "{format}");
        let next = refreshed(&tollgate, &tokens["refresh_token"]).await.is(200).json();
        assert_eq!(status(&tollgate, &next["access_token"]).await, 200, "{format}");
        let again = refreshed(&tollgate, &tokens["refresh_token"]).await.is(200).json();
        assert_eq!(again, next, "{format}");
    }
}

#[tokio::test]
async fn one_token_at_a_time_ends_the_owners_earlier_grant_for_the_service() {
    let tollgate = with("    allow_multiple_tokens: false\n").await;
    let of_bob = Consent { owner: "bob", ..Consent::default() };
    let bob = tollgate.token(SHOP, &redemption(&of_bob.code(&tollgate).await)).await.is(200).json();
    let elsewhere = Consent { spkey: "inv", scope: "invoices", ..Consent::default() };
    let elsewhere = tollgate.token(SHOP, &redemption(&elsewhere.code(&tollgate).await)).await.is(200).json();
    let first = redeemed(&tollgate).await;
    tollgate.clock.advance(1);
    let second = redeemed(&tollgate).await;
    assert_eq!(status(&tollgate, &first["access_token"]).await, 401);
    refuses(refreshed(&tollgate, &first["refresh_token"]).await, 400, "invalid_grant");
    assert_eq!(status(&tollgate, &second["access_token"]).await, 200);
    assert_eq!(status(&tollgate, &bob["access_token"]).await, 200);
    let call = tollgate.call("GET", "/invoices/1").bearer(text(&elsewhere["access_token"]));
    assert_eq!(call.send().await.status, 200);
}
