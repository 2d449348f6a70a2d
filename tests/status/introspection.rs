//! Introspection: RFC 7662.

use serde_json::json;
use tests::{Answer, NOW, Tollgate};

use crate::{
    granted::family,
    shop::{FILE, GUARD, INACTIVE, RIVAL, SHOP, introspect, post, revoke, shop, token},
};

#[tokio::test]
async fn v8_an_access_token_is_told_with_the_types_of_rfc_7662() {
    let tollgate = shop().await;
    let answer = introspect(&tollgate, SHOP, &token(&tollgate).await).await.is(200).has("cache-control", "no-store");
    let issuer = tollgate.system.url();
    let expected = json!({
        "active": true, "scope": "read", "client_id": "shop", "token_type": "Bearer", "exp": NOW + 3_600, "iat": NOW,
        "sub": "shop", "aud": "https://api.example.com/orders", "iss": issuer,
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn v8_a_persons_token_names_the_person_and_a_refresh_token_has_no_type() {
    let tollgate = shop().await;
    let family = family(&tollgate, "shop").await;
    let access = introspect(&tollgate, SHOP, &family.access[0]).await.json();
    assert_eq!((&access["username"], &access["sub"]), (&json!("alice"), &json!("alice")));
    assert_eq!(access["scope"], "read", "that of the token, not of the grant");
    let refresh = introspect(&tollgate, SHOP, &family.refresh).await.says("active", true).says("scope", "read write");
    refresh.says("exp", NOW + 7_200).lacks("token_type").lacks("iat");
}

#[tokio::test]
async fn v8_a_service_named_by_a_urn_is_told_by_it_and_a_token_without_id_is_found() {
    let tollgate = shop().await;
    let first = tollgate.access_token(SHOP, "scope=pay").await;
    introspect(&tollgate, SHOP, &first).await.says("active", true).says("aud", "urn:tollgate:service:pay-key");
    let second = tollgate.access_token(SHOP, "scope=pay").await;
    assert_eq!(introspect(&tollgate, SHOP, &first).await.body, INACTIVE, "the second took its place");
    introspect(&tollgate, SHOP, &second).await.says("active", true);
}

#[tokio::test]
async fn v7_unknown_malformed_expired_revoked_and_foreign_tokens_are_one_answer() {
    let tollgate = shop().await;
    let family = family(&tollgate, "shop").await;
    let (foreign, revoked, expired) =
        (token(&tollgate).await, token(&tollgate).await, tollgate.access_token(SHOP, "scope=pay").await);
    revoke(&tollgate, SHOP, &format!("token={revoked}")).await.is(200);
    let unknown = "tga_demo-token-that-nobody-was-ever-given-for-refusals-0000000000000";
    let mut answers = vec![
        introspect(&tollgate, SHOP, unknown).await,
        introspect(&tollgate, SHOP, "%C3%A9%20%22").await,
        introspect(&tollgate, SHOP, &revoked).await,
        introspect(&tollgate, RIVAL, &foreign).await,
        introspect(&tollgate, GUARD, &tollgate.access_token(SHOP, "scope=pay").await).await,
        introspect(&tollgate, GUARD, &family.refresh).await,
    ];
    tollgate.clock.advance(3_600);
    answers.push(introspect(&tollgate, SHOP, &expired).await);
    let mut answers = answers.into_iter().map(Answer::told);
    let first = answers.next().unwrap();
    assert_eq!((first.0, first.2.as_str()), (200, INACTIVE));
    for answer in answers {
        assert_eq!(answer, first);
    }
}

#[tokio::test]
async fn v7_what_is_switched_off_makes_its_tokens_inactive_at_once() {
    let tollgate = shop().await;
    let token = token(&tollgate).await;
    introspect(&tollgate, GUARD, &token).await.says("active", true);
    for (before, after) in [
        ("{ client_id: shop,", "{ client_id: shop, enabled: false,"),
        ("name: orders\n", "name: orders\n    enabled: false\n"),
        ("services: [orders, pay] }", "services: [pay] }"),
    ] {
        tollgate.apply(&FILE.replace(before, after)).await;
        assert_eq!(introspect(&tollgate, GUARD, &token).await.body, INACTIVE, "{after}");
        tollgate.apply(FILE).await;
        introspect(&tollgate, GUARD, &token).await.says("active", true);
    }
}

#[tokio::test]
async fn v6_a_resource_server_sees_access_tokens_of_the_services_that_it_guards() {
    let tollgate = shop().await;
    introspect(&tollgate, GUARD, &token(&tollgate).await).await.says("active", true).says("client_id", "shop");
    let family = family(&tollgate, "shop").await;
    introspect(&tollgate, GUARD, &family.access[0]).await.says("active", true).says("username", "alice");
    assert_eq!(introspect(&tollgate, GUARD, &family.refresh).await.body, INACTIVE);
}

#[tokio::test]
async fn v6_a_caller_that_proves_nothing_is_401() {
    let tollgate = shop().await;
    let token = token(&tollgate).await;
    let form = format!("token={token}");
    let call = || tollgate.call("POST", "/oauth2/introspect");
    let calls = [
        call().form(&form),
        call().bearer(&token).form(&form),
        call().basic("shop", "wrong").form(&form),
        call().basic("nobody", "wrong").form(&form),
        call().form(&format!("{form}&client_id=spa")),
    ];
    for call in calls {
        let answer = call.send().await.is(401).says("error", "invalid_client").lacks("active");
        assert!(answer.header("x-amzn-remapped-www-authenticate").is_some(), "{answer:?}");
    }
}

#[tokio::test]
async fn v12_introspection_takes_only_a_post_with_a_form_and_no_token_in_the_url() {
    let tollgate = shop().await;
    let token = token(&tollgate).await;
    let url = format!("/oauth2/introspect?token={token}");
    tollgate.call("GET", &url).basic(SHOP.0, SHOP.1).send().await.is(405).has("allow", "POST");
    post(&tollgate, &url, SHOP, "").send().await.is(400).says("error", "invalid_request");
    post(&tollgate, &url, SHOP, &format!("token={token}")).send().await.is(400);
    let json = tollgate.call("POST", "/oauth2/introspect").basic(SHOP.0, SHOP.1).json(r#"{"token":"x"}"#);
    json.send().await.is(415);
    post(&tollgate, "/oauth2/introspect", SHOP, "token_type_hint=access_token").send().await.is(400);
    post(&tollgate, "/oauth2/introspect", SHOP, &format!("token={token}&token={token}")).send().await.is(400);
}

#[tokio::test]
async fn v3_a_hint_changes_nothing() {
    let tollgate = shop().await;
    let family = family(&tollgate, "shop").await;
    for (token, hint) in
        [(&family.refresh, "access_token"), (&family.access[0], "refresh_token"), (&family.refresh, "saml")]
    {
        let form = format!("token={token}&token_type_hint={hint}");
        post(&tollgate, "/oauth2/introspect", SHOP, &form).send().await.says("active", true);
    }
}

#[tokio::test]
async fn t9_guesses_at_introspection_are_counted_with_those_at_the_token_endpoint() {
    let file = FILE.replace("of-the-rival, client_secret_generated: true", "of-the-rival");
    let tollgate = Tollgate::with(&file).await;
    for _ in 0..5 {
        introspect(&tollgate, ("rival", "guess"), "x").await.is(401);
        tollgate.token(("rival", "guess"), "grant_type=client_credentials").await.is(401);
    }
    introspect(&tollgate, ("rival", "guess"), "x").await.is(429);
    let elsewhere = post(&tollgate, "/oauth2/introspect", RIVAL, "token=x").sent_from([127, 0, 0, 2]);
    assert_eq!(elsewhere.send().await.is(200).body, INACTIVE);
}
