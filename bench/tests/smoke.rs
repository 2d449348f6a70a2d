//! The whole way of a measurement, on the smallest handler.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::{fs, path::Path, process::Command};

use serde_json::Value;

#[test]
fn the_empty_handler_is_measured_from_its_start_to_its_warm_invokes() {
    let bench = Path::new(env!("CARGO_BIN_EXE_bench"));
    let folder = bench.parent().unwrap();
    build_beside(folder);
    let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join("smoke.json");
    let output = Command::new(bench)
        .args(["--only", "empty", "--rounds", "2", "--invokes", "20", "--cold", "1", "--binaries"])
        .arg(folder)
        .arg("--json")
        .arg(&report)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("\nempty "), "{output:?}");
    let report: Value = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
    let empty = &report["functions"][0];
    for time in ["start", "first", "start_and_first", "start_cpu", "p50", "p90", "p99", "cpu", "peak_memory", "zip"] {
        assert!(empty[time].as_f64().is_some_and(|time| time > 0.0), "{time}: {empty}");
    }
    assert!(empty["p50"].as_f64() <= empty["p99"].as_f64(), "{empty}");
    for phase in ["init_phase", "first_invoke", "warm_invoke"] {
        assert_eq!(empty[phase]["dynamodb"], 0.0, "{empty}");
    }
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

/// Builds the handler with the features that the workspace's tests have, so that little is compiled twice.
fn build_beside(folder: &Path) {
    let target = folder.parent().unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--workspace", "--bin", "empty-handler", "--target-dir"]).arg(target);
    if folder.ends_with("release") {
        build.arg("--release");
    }
    assert!(build.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
}
