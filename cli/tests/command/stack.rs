//! `tollgate stack`.

use std::{fs, path::PathBuf};

use crate::running::{complaint, tollgate};

fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../samples").join(name)
}

/// `UPDATE_SAMPLES=1` writes the file anew.
#[tokio::test]
async fn the_sample_is_what_the_command_prints() {
    let file = sample("tollgate.yaml");
    let output = tollgate(&["stack", file.to_str().unwrap()], &[]).await;
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    if is_told_to_update() {
        fs::write(sample("apis.yaml"), &printed).unwrap();
    }
    assert_eq!(printed, fs::read_to_string(sample("apis.yaml")).unwrap());
}

#[expect(clippy::disallowed_methods, reason = "a switch for whoever runs the tests")]
fn is_told_to_update() -> bool {
    std::env::var_os("UPDATE_SAMPLES").is_some()
}

#[tokio::test]
async fn a_service_that_is_no_http_api_is_told_which_switch() {
    let file = sample("tollgate.yaml");
    let said = complaint(&["stack", "--http-api", file.to_str().unwrap()], &[]).await;
    assert!(said.contains("orders") && said.contains("forward_authorization: true"), "{said}");
    assert!(said.contains("travel") && said.contains("block_authorization_header: false"), "{said}");
}
