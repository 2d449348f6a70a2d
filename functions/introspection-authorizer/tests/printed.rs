//! Events that `tollgate event` prints, on the real binary.

use tests::Tollgate;

const FUNCTION: &str = "introspection-authorizer";

#[tokio::test]
async fn allows_what_is_printed_in_every_shape_that_shows_the_api_key() {
    let tollgate = Tollgate::demo().await;
    let mut function = tests::start(&tollgate, FUNCTION, env!("CARGO_BIN_EXE_introspection-authorizer"), false).await;
    for shape in ["rest", "http1", "http2", "websocket"] {
        let event = tests::printed(&tollgate, &[FUNCTION, "--service", "travel", "--shape", shape]).await;
        assert_eq!(function.answer(&event).await["principalId"], "Shop", "{shape}");
    }
}
