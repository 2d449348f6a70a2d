//! Token information, as Axway API Gateway gives it.

use serde_json::json;

use crate::{
    granted::family,
    shop::{shop, token},
};

const PATHS: [&str; 2] = ["/oauth2/tokeninfo", "/api/oauth/tokeninfo"];

#[tokio::test]
async fn holding_a_token_is_enough_to_read_what_it_is() {
    let tollgate = shop().await;
    let family = family(&tollgate, "shop").await;
    let expected = json!({
        "audience": "Shop", "user_id": "alice", "scope": "read", "expires_in": 3_500, "department": "Engineering",
    });
    tollgate.clock.advance(100);
    for path in PATHS {
        let form = format!("access_token={}", family.access[0]);
        assert_eq!(tollgate.call("POST", path).form(&form).send().await.is(200).json(), expected, "{path}");
        assert_eq!(tollgate.call("GET", path).bearer(&family.access[0]).send().await.is(200).json(), expected);
    }
}

#[tokio::test]
async fn the_token_comes_in_the_form_or_in_the_header_and_not_in_both() {
    let tollgate = shop().await;
    let token = token(&tollgate).await;
    let post = |form: &str| tollgate.call("POST", PATHS[0]).form(form);
    for form in ["", "format=json", "access_token=&format=json"] {
        post(form).bearer(&token).send().await.is(200).says("audience", "Shop");
    }
    post(&format!("access_token={token}")).bearer(&token).send().await.is(400).says("error", "invalid_request");
    post("format=json").send().await.is(400).says("error", "invalid_request");
    tollgate.call("POST", PATHS[0]).bearer(&token).send().await.is(200).says("audience", "Shop");
}

#[tokio::test]
async fn whatever_is_no_live_access_token_is_400_and_nothing_more() {
    let tollgate = shop().await;
    let (family, expired) = (family(&tollgate, "shop").await, token(&tollgate).await);
    tollgate.clock.advance(3_600);
    for text in [&family.refresh, &expired, "unknown"] {
        let answer = tollgate.call("POST", PATHS[1]).form(&format!("access_token={text}")).send().await.is(400);
        assert_eq!(answer.body, r#"{"error":"invalid_token"}"#, "{text}");
    }
}

#[tokio::test]
async fn v12_no_token_is_taken_from_a_url() {
    let tollgate = shop().await;
    let token = token(&tollgate).await;
    let url = format!("{}?access_token={token}", PATHS[0]);
    tollgate.call("GET", &url).send().await.is(400).says("error", "invalid_request");
    tollgate.call("GET", &url).bearer(&token).send().await.is(400);
    tollgate.call("POST", &url).form("").send().await.is(400);
    tollgate.call("GET", PATHS[0]).send().await.is(400).says("error", "invalid_request");
    tollgate.call("DELETE", PATHS[0]).bearer(&token).send().await.is(405).has("allow", "GET, POST");
}
