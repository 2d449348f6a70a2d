//! What only one part of the code may do: reach DynamoDB, write, know AWS events, and do I/O at all.

use std::{fs, path::Path};

use super::sources::{root, rust_files};

/// The files of `shared/src`, tests aside, that use a word in code, as paths from there.
fn users(words: &[&str]) -> Vec<String> {
    let folder = root().join("shared/src");
    let name = |path: &Path| path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
    let is_code = |file: &String| !file.contains("tests/") && !file.ends_with("tests.rs");
    rust_files(&folder).iter().filter(|path| uses(path, words)).map(|path| name(path)).filter(is_code).collect()
}

fn uses(path: &Path, words: &[&str]) -> bool {
    let text = fs::read_to_string(path).unwrap();
    let mut code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.any(|line| words.iter().any(|word| line.contains(word)))
}

fn stay_in(doors: &[&str], words: &[&str]) {
    let users = users(words);
    assert!(!users.is_empty(), "nothing uses {words:?} any more: mend this test");
    for file in users {
        assert!(doors.iter().any(|door| file.starts_with(door)), "{file} uses one of {words:?}, kept for {doors:?}");
    }
}

#[test]
fn only_the_store_speaks_to_dynamodb() {
    stay_in(&["store/"], &["aws_sdk_dynamodb", "aws_smithy", "serde_dynamo"]);
}

#[test]
fn only_endpoints_write() {
    let writes = [".commit(", ".commit_all("];
    stay_in(&["store/", "endpoint/"], &writes);
    // Tokens whose text the documentation names before they are issued.
    for file in ["cli/src", "gateway/src", "functions"].iter().flat_map(|folder| rust_files(&root().join(folder))) {
        assert!(!uses(&file, &writes) || file.ends_with("cli/src/dev/demo/tokens.rs"), "{}", file.display());
    }
}

#[test]
fn only_lambda_knows_aws_events() {
    stay_in(&["lambda/"], &["lambda_http", "lambda_runtime", "aws_lambda_events"]);
}

#[test]
fn only_env_store_upstream_and_lambda_do_io() {
    let doors = ["env.rs", "store/", "upstream/", "lambda/"];
    stay_in(&doors, &["tokio::net", "TcpStream", "hyper::", "std::fs", "fs::read", "std::env::var", "SystemTime::now"]);
}
