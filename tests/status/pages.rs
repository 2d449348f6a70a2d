//! Pages in a browser: which endpoints they may call, and which they may not (CORS).

use crate::shop::{SHOP, post, shop, token};

#[tokio::test]
async fn pages_of_any_origin_may_revoke_and_ask_before() {
    let tollgate = shop().await;
    for path in ["/oauth2/revoke", "/api/oauth/revoke"] {
        let preflight = tollgate.call("OPTIONS", path).header("Origin", "https://app.example").send().await.is(204);
        let preflight = preflight.has("access-control-allow-origin", "*").has("access-control-allow-methods", "POST");
        assert_eq!(preflight.header("access-control-allow-credentials"), None);
        let answer = post(&tollgate, path, SHOP, "token=x").send().await.is(200);
        answer.has("access-control-allow-origin", "*");
        let refusal = post(&tollgate, path, ("shop", "wrong"), "token=x").send().await.is(401);
        refusal.has("access-control-allow-origin", "*");
    }
}

#[tokio::test]
async fn no_page_may_introspect_or_read_what_a_token_is() {
    let tollgate = shop().await;
    let token = token(&tollgate).await;
    for path in ["/oauth2/introspect", "/oauth2/tokeninfo", "/api/oauth/tokeninfo"] {
        tollgate.call("OPTIONS", path).send().await.is(405);
        let answer = post(&tollgate, path, SHOP, &format!("token={token}&access_token={token}")).send().await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
}

#[tokio::test]
async fn pages_of_any_origin_may_ask_for_tokens() {
    let tollgate = shop().await;
    let preflight = tollgate.call("OPTIONS", "/oauth2/token").header("Origin", "https://app.example").send().await;
    let preflight = preflight.is(204).has("access-control-allow-origin", "*");
    preflight.has("access-control-allow-headers", "Authorization, Content-Type");
    let answer = tollgate.token(SHOP, "grant_type=client_credentials&scope=read").await.is(200);
    assert_eq!(answer.has("access-control-allow-origin", "*").header("access-control-allow-credentials"), None);
    tollgate.token(("shop", "wrong"), "grant_type=x").await.has("access-control-allow-origin", "*");
}
