//! The sample events on the real binary.

const FUNCTION: &str = "introspection-authorizer";
const BINARY: &str = env!("CARGO_BIN_EXE_introspection-authorizer");

#[tokio::test]
async fn answers_every_sample_event_as_on_file() {
    tests::replay(FUNCTION, BINARY).await;
}

#[tokio::test]
async fn m21_no_secret_token_or_key_stands_in_the_log_or_a_table() {
    let tests::Replayed { log, tables, issued } = tests::replay(FUNCTION, BINARY).await;
    let secrets: Vec<&str> = tests::secrets::DEMO.into_iter().chain(issued.iter().map(String::as_str)).collect();
    assert!(log.contains("tollgate::decision"), "{log}");
    tests::secrets::are_not_in(&secrets, &log);
    tests::secrets::are_not_in(&secrets, &tables);
}
