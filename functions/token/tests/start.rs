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

#[test]
fn the_binary_has_no_pages_in_it() {
    let binary = std::fs::read(env!("CARGO_BIN_EXE_token")).unwrap();
    let binary = String::from_utf8_lossy(&binary);
    assert!(binary.contains("/oauth2/token") && !binary.contains("<!doctype html>"));
}
