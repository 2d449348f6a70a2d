//! The whole way of a measurement, with debug builds.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::{env, fs, path::Path, process::Command};

use serde_json::{Value, json};

#[test]
fn the_empty_handler_is_measured_from_its_start_to_its_warm_invokes() {
    let (empty, printed) = measured("empty", &["--rounds", "2"]);
    assert!(printed.contains("\nempty "), "{printed}");
    for time in ["start", "first", "start_and_first", "start_cpu", "p50", "p90", "p99", "cpu", "peak_memory", "zip"] {
        assert!(empty[0][time].as_f64().is_some_and(|time| time > 0.0), "{time}: {empty}");
    }
    assert!(empty[0]["p50"].as_f64() <= empty[0]["p99"].as_f64(), "{empty}");
    assert_eq!(requests(&empty[0]), [0.0, 0.0, 0.0], "{empty}");
}

#[test]
fn the_floor_of_a_token_asks_as_often_as_the_token() {
    let (functions, printed) = measured("bare-put,bare-get-get-put,token", &["--rounds", "1", "--no-zip"]);
    assert_eq!(requests(&functions[0]), [1.0, 1.0, 1.0], "{functions}");
    assert_eq!(requests(&functions[1]), [1.0, 3.0, 1.0], "{functions}");
    assert_eq!(requests(&functions[2]), [1.0, 3.0, 1.0], "{functions}");
    let beside: Vec<_> = functions[2]["ratios"].as_array().unwrap().iter().map(|ratios| &ratios["to"]).collect();
    assert_eq!(beside, [&json!("bare-get-get-put"), &json!("bare-put")], "{printed}");
}

#[test]
fn a_hand_picked_secret_costs_argon2id_in_the_first_invoke_alone() {
    let (functions, _) = measured("token,token-hand-picked-secret", &["--rounds", "1", "--no-zip"]);
    let picked = &functions[1];
    // Client, counter, its window, the counter given back, services, token.
    assert_eq!(requests(picked), [1.0, 6.0, 1.0], "{picked}");
    let [first, warm] = ["first_cpu", "cpu"].map(|time| picked[time].as_f64().unwrap());
    assert!(first > 5.0 * warm, "{picked}");
    let [without, with] = [&functions[0], picked].map(|token| token["peak_memory"].as_f64().unwrap());
    assert!((15.0..25.0).contains(&(with - without)), "{functions}");
}

#[test]
fn the_floors_of_the_authorization_server_ask_as_often_as_its_functions() {
    for (floor, function, warm) in [
        ("bare-get", "introspect", 1.0),
        ("bare-get-get", "introspect-guarded", 2.0),
        ("bare-get-put", "revoke", 2.0),
        ("bare-get", "login-page", 1.0),
    ] {
        let (functions, printed) = measured(&format!("{floor},{function}"), &["--rounds", "1", "--no-zip"]);
        let asked: Vec<_> = functions.as_array().unwrap().iter().map(|function| requests(function)[2]).collect();
        assert_eq!(asked, [warm, warm], "{function}: {functions}");
        assert_eq!(functions[1]["ratios"][0]["to"], floor, "{printed}");
    }
}

#[test]
fn a_code_and_a_refresh_token_take_three_requests_at_most() {
    let (functions, _) = measured("redeem,rotate", &["--rounds", "1", "--no-zip"]);
    for function in functions.as_array().unwrap() {
        assert!((2.0..=3.0).contains(&requests(function)[2]), "{function}");
    }
}

#[test]
fn a_shared_token_asks_as_often_as_one_of_the_service_itself() {
    let (functions, _) =
        measured("shared-token-authorizer,shared-token-authorizer-own-token", &["--rounds", "1", "--no-zip"]);
    assert_eq!(requests(&functions[0]), [1.0, 2.0, 1.0], "{functions}");
    assert_eq!(requests(&functions[1]), [1.0, 2.0, 1.0], "{functions}");
}

#[test]
fn a_function_that_does_not_start_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["--only", "token", "--binaries", env!("CARGO_TARGET_TMPDIR")])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("token"), "{output:?}");
}

/// The functions of the report, and the tables.
fn measured(only: &str, options: &[&str]) -> (Value, String) {
    let bench = Path::new(env!("CARGO_BIN_EXE_bench"));
    let folder = bench.parent().unwrap();
    build_beside(folder);
    let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{only}.json"));
    let output = Command::new(bench)
        .args(["--only", only, "--invokes", "20", "--cold", "1", "--binaries"])
        .arg(folder)
        .args(options)
        .arg("--json")
        .arg(&report)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let report: Value = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
    (report["functions"].clone(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// DynamoDB's requests in the init phase, in the first invoke, and per warm invoke.
fn requests(function: &Value) -> [f64; 3] {
    ["init_phase", "first_invoke", "warm_invoke"].map(|phase| function[phase]["dynamodb"].as_f64().unwrap())
}

/// Builds what is measured with the features that the workspace's tests have, so that little is compiled twice, and without
/// the variables that cargo has set for this test, or ring's build script would run again.
fn build_beside(folder: &Path) {
    let mut build = Command::new(env!("CARGO"));
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            build.env_remove(name);
        }
    }
    build.args(["build", "--quiet", "--workspace", "--target-dir"]).arg(folder.parent().unwrap());
    for binary in
        ["empty-handler", "bare-get", "bare-put", "token", "token-status", "authorize", "shared-token-authorizer"]
    {
        build.args(["--bin", binary]);
    }
    if folder.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
}
