//! An error answer carries the id by which support finds its line of the log.

use std::net::SocketAddr;

use tests::Tollgate;

use crate::{
    endpoint::{endpoint_by, request},
    shop::GRANT,
};

const MEDIATOR: &str = "/rest/pub.mediator.oauth2.getOAuth2AccessToken";

#[tokio::test]
async fn every_error_answer_names_its_request_whatever_its_format() {
    let tollgate = Tollgate::demo().await;
    let wrong = format!("{GRANT}&client_id=shop&client_secret=wrong");
    let calls = [
        (401, tollgate.call("POST", "/oauth2/token").form(&wrong)),
        (401, tollgate.call("POST", MEDIATOR).form(&wrong)),
        (401, tollgate.call("POST", MEDIATOR).header("Accept", "text/xml").form(&wrong)),
        (405, tollgate.call("GET", "/oauth2/token")),
        (415, tollgate.call("POST", "/oauth2/token").json("{}")),
    ];
    for (status, call) in calls {
        let answer = call.send().await.is(status);
        assert!(answer.header("X-Request-Id").is_some_and(|id| id.len() >= 8), "{answer:#?}");
    }
    let given = tollgate.token((cli::dev::demo::CLIENT_ID, cli::dev::demo::CLIENT_SECRET), GRANT).await.is(200);
    assert_eq!(given.header("X-Request-Id"), None);
}

#[tokio::test]
async fn an_answer_names_its_request_when_the_store_is_away_and_at_an_unknown_path() {
    let endpoint = endpoint_by(SocketAddr::from(([127, 0, 0, 1], 1)), 0);
    for (path, status) in [("/oauth2/token", 503), ("/nowhere", 404)] {
        let served = endpoint.serve(&request(path, ("shop", "secret"))).await;
        assert_eq!(served.response.status.as_u16(), status);
        assert_eq!(served.response.headers["x-request-id"], "1");
    }
}
