//! The start of the real binary.

use tests::{Function, Tollgate};

#[tokio::test]
async fn a_missing_setting_ends_the_start_and_is_named() {
    let tollgate = Tollgate::demo().await;
    let function = Function::start(env!("CARGO_BIN_EXE_token"), tollgate.system.dynamodb, &[]).await;
    let (status, log) = function.ended().await;
    assert!(!status.success());
    assert!(log.contains("ISSUER"), "{log}");
}

#[tokio::test]
async fn wrong_old_urls_end_the_start_and_are_named() {
    let tollgate = Tollgate::demo().await;
    let environment = [("ISSUER", "https://id.example.com"), ("PATHS", "/tokenEP=token,/revokeEP=revoke")];
    let function = Function::start(env!("CARGO_BIN_EXE_token"), tollgate.system.dynamodb, &environment).await;
    let (status, log) = function.ended().await;
    assert!(!status.success());
    assert!(log.contains("PATHS") && log.contains("/revokeEP=revoke"), "{log}");
}
