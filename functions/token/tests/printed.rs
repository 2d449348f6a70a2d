//! Events that `tollgate event` prints, on the real binary.

use tests::Tollgate;

const FUNCTION: &str = "token";

#[tokio::test]
async fn gives_a_token_for_what_is_printed_in_every_shape() {
    let tollgate = Tollgate::demo().await;
    let mut function = tests::start(&tollgate, FUNCTION, env!("CARGO_BIN_EXE_token"), false).await;
    for shape in ["rest", "http1", "http2"] {
        for more in [&[][..], &["--service", "orders"]] {
            let arguments = [&[FUNCTION, "--shape", shape], more].concat();
            let answer = function.answer(&tests::printed(&tollgate, &arguments).await).await;
            assert_eq!(answer["statusCode"], 200, "{shape} {more:?}: {answer}");
        }
    }
}
