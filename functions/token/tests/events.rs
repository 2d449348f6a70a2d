//! The sample events on the real binary.

const FUNCTION: &str = "token";
const BINARY: &str = env!("CARGO_BIN_EXE_token");

#[tokio::test]
async fn answers_every_sample_event_as_on_file() {
    tests::replay(FUNCTION, BINARY).await.is_as_on_file();
}

#[tokio::test]
async fn m21_no_secret_token_or_key_stands_in_the_log_or_a_table() {
    let replayed = tests::replay(FUNCTION, BINARY).await;
    replayed.is_logged_once_per_event();
    replayed.keeps_secrets();
}
