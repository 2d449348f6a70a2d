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
