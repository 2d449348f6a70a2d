//! Events that `tollgate event` prints, on the real binary.

use tests::Tollgate;

const FUNCTION: &str = "authorize";

#[tokio::test]
async fn what_is_printed_asks_for_a_login_in_every_shape() {
    let tollgate = Tollgate::demo().await;
    let mut function = tests::start(&tollgate, FUNCTION, env!("CARGO_BIN_EXE_authorize"), false).await;
    for shape in ["rest", "http1", "http2"] {
        for more in [&[][..], &["--client-id", "shop-terminal"], &["--service", "orders"]] {
            let arguments = [&[FUNCTION, "--shape", shape], more].concat();
            let answer = function.answer(&tests::printed(&tollgate, &arguments).await).await;
            assert_eq!(answer["statusCode"], 303, "{shape} {more:?}: {answer}");
            let many = &answer["multiValueHeaders"]["location"][0];
            let location = answer["headers"]["location"].as_str().or(many.as_str()).expect("where to go");
            assert!(location.starts_with("/oauth2/login?"), "{shape} {more:?}: {location}");
        }
    }
}

#[tokio::test]
async fn the_login_page_is_printed_too() {
    let tollgate = Tollgate::demo().await;
    let mut function = tests::start(&tollgate, FUNCTION, env!("CARGO_BIN_EXE_authorize"), false).await;
    let event = tests::printed(&tollgate, &[FUNCTION, "--path", "/oauth2/login"]).await;
    let answer = function.answer(&event).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert!(answer["body"].as_str().is_some_and(|page| page.contains("name=\"password\"")));
}
