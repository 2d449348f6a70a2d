//! Events that `tollgate event` prints, on the real binary.

use tests::Tollgate;

const FUNCTION: &str = "shared-token-authorizer";

#[tokio::test]
async fn allows_what_is_printed_in_every_shape() {
    let tollgate = Tollgate::demo().await;
    let mut function = tests::start(&tollgate, FUNCTION, env!("CARGO_BIN_EXE_shared-token-authorizer"), false).await;
    for shape in ["rest", "token", "http1", "http2", "websocket"] {
        let event = tests::printed(&tollgate, &[FUNCTION, "--service", "orders", "--shape", shape]).await;
        let answer = function.answer(&event).await;
        assert_eq!(answer["context"]["scope"], "orders.read orders.write", "{shape}");
    }
}

#[tokio::test]
async fn a_token_that_is_printed_for_a_service_is_one_that_it_shares() {
    let tollgate = Tollgate::demo().await;
    let mut function = tests::start(&tollgate, FUNCTION, env!("CARGO_BIN_EXE_shared-token-authorizer"), false).await;
    let event = tests::printed(&tollgate, &[FUNCTION, "--service", "invoices"]).await;
    let answer = function.answer(&event).await;
    assert_eq!(answer["context"]["spkey"], "t4wq8nrb2x6mzc9vkhp3ydsf");
    assert_eq!(answer["context"]["token_spkey"], "942yzkggypg5dq6c4ucfv3ed");
}
