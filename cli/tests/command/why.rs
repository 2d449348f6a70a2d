//! `tollgate why`.

use std::fs;

use crate::running::{complaint, folder, tollgate_told};

const LINE: &str = r#"{"timestamp":"2026-11-21T09:30:00Z","level":"INFO","function":"gate-shared-token-authorizer","decision":"refused","reason":"token_expired","message":"the token expired at 5","request_id":"6f1b9c52-7d3e","path":"/42","client_id":"shop","refused":1}"#;
const ID: &str = "6f1b9c52-7d3e";

#[tokio::test]
async fn lines_are_taken_from_standard_input_too() {
    let lines = format!("START RequestId: {ID}\n{LINE}\n");
    let output = tollgate_told(&["why", ID, "--log", "-"], &[], &lines).await;
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("the token expired at 5") && printed.contains("what to do"), "{output:?}");
}

#[tokio::test]
async fn what_is_not_found_is_said_with_the_place() {
    let file = folder("why-nothing").join("empty.log");
    fs::write(&file, LINE).unwrap();
    let said = complaint(&["why", "another-id", "--log", file.to_str().unwrap()], &[]).await;
    assert!(said.contains("another-id") && said.contains("empty.log"), "{said}");
    let said = complaint(&["why", ID, "--log", "nowhere.log"], &[]).await;
    assert!(said.contains("nowhere.log"), "{said}");
}
