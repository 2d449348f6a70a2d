//! Old URLs of the token endpoint: each is `/oauth2/token` by another name.

use tests::{Answer, Call, Tollgate};

use crate::shop::{FILE, GRANT, SHOP, refuses};

const ALIASES: [&str; 2] = ["/tokenEP", "/oauth/token"];

async fn tollgate() -> Tollgate {
    Tollgate::with(&format!("{FILE}paths: {{ /tokenEP: token, /oauth/token: token }}\n")).await
}

#[tokio::test]
async fn a_token_of_an_old_url_opens_the_service() {
    let tollgate = tollgate().await;
    for path in ALIASES {
        let answer = tollgate.call("POST", path).basic(SHOP.0, SHOP.1).form(GRANT).send().await.is(200);
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        tollgate.call("GET", "/orders/1").bearer(&token).send().await.is(200);
    }
}

#[tokio::test]
async fn an_old_url_answers_as_the_rfc_path_does() {
    let tollgate = tollgate().await;
    let requests: [fn(Call) -> Call; 4] = [
        |call| call.basic(SHOP.0, "wrong").form(GRANT),
        |call| call.basic(SHOP.0, SHOP.1).json("{}"),
        |call| call.basic(SHOP.0, SHOP.1).form("grant_type=nothing"),
        |call| call.basic(SHOP.0, SHOP.1).form(&format!("{GRANT}&scope=nobody")),
    ];
    for request in requests {
        let expected = request(tollgate.call("POST", "/oauth2/token")).send().await;
        for path in ALIASES {
            assert_eq!(seen(&request(tollgate.call("POST", path)).send().await), seen(&expected), "{path}");
        }
    }
    refuses(tollgate.call("GET", ALIASES[0]).send().await, 405, "invalid_request").has("allow", "POST");
}

/// What a client goes by.
fn seen(answer: &Answer) -> (u16, &str, Option<&str>) {
    (answer.status, &answer.body, answer.header("x-amzn-remapped-www-authenticate"))
}

#[tokio::test]
async fn a_path_that_the_file_does_not_name_is_no_endpoint() {
    let tollgate = tollgate().await;
    for path in ["/tokenep", "/tokenEP/", "/tokenEP/x", "/oauth"] {
        tollgate.call("POST", path).basic(SHOP.0, SHOP.1).form(GRANT).send().await.is(404);
    }
}
