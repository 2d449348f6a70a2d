//! Events that `tollgate event` prints, on the real binary.

use serde_json::Value;
use tests::{Function, Tollgate};

const FUNCTION: &str = "token-status";

/// What the binary answers to what the command prints.
async fn answer(tollgate: &Tollgate, function: &mut Function, more: &[&str]) -> Value {
    let event = tests::printed(tollgate, &[&[FUNCTION], more].concat()).await;
    let answer = function.answer(&event).await;
    assert_eq!(answer["statusCode"], 200, "{more:?}: {answer}");
    answer
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().expect("a body")).expect("the body is JSON")
}

#[tokio::test]
async fn a_token_that_is_printed_is_active_and_told_in_every_shape() {
    let tollgate = Tollgate::demo().await;
    let mut function = tests::start(&tollgate, FUNCTION, env!("CARGO_BIN_EXE_token-status"), false).await;
    for shape in ["rest", "http1", "http2"] {
        let told = body(&answer(&tollgate, &mut function, &["--shape", shape]).await);
        assert_eq!((&told["active"], &told["client_id"]), (&true.into(), &"shop".into()), "{shape}: {told}");
        let more = ["--shape", shape, "--path", "/oauth2/tokeninfo", "--service", "invoices"];
        let told = answer(&tollgate, &mut function, &more).await;
        assert!(told["body"].as_str().is_some_and(|body| body.contains("orders.read")), "{shape}: {told}");
    }
}

#[tokio::test]
async fn what_is_printed_for_another_path_revokes_and_reads_metadata() {
    let tollgate = Tollgate::demo().await;
    let mut function = tests::start(&tollgate, FUNCTION, env!("CARGO_BIN_EXE_token-status"), false).await;
    let of_token = |path| ["--path", path, "--token", TOKEN];
    assert_eq!(body(&answer(&tollgate, &mut function, &of_token("/oauth2/introspect")).await)["active"], true);
    answer(&tollgate, &mut function, &of_token("/oauth2/revoke")).await;
    assert_eq!(body(&answer(&tollgate, &mut function, &of_token("/oauth2/introspect")).await)["active"], false);
    let metadata = ["--method", "GET", "--path", "/.well-known/oauth-authorization-server"];
    assert!(body(&answer(&tollgate, &mut function, &metadata).await)["issuer"].is_string());
}

/// The demo's, which ends in 2100.
const TOKEN: &str = "tga_demo-token-of-the-client-shop-with-both-scopes-until-2100-000000";
