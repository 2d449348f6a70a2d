//! Sizes that keep files readable.

use std::fs;

use super::sources::{root, rust_files};

#[test]
fn no_file_is_longer_than_400_lines_without_its_tests() {
    for folder in ["shared/src", "gateway/src", "cli/src", "functions", "pages/src", "bench"] {
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&file).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            let lines = code.lines().count();
            assert!(lines <= 400 || file.ends_with("tests.rs"), "{} has {lines} lines", file.display());
        }
    }
}

#[test]
fn a_functions_main_wires_and_decides_nothing() {
    for folder in fs::read_dir(root().join("functions")).unwrap() {
        let main = folder.unwrap().path().join("src/main.rs");
        let text = fs::read_to_string(&main).unwrap();
        assert!(text.lines().count() < 30 && !text.contains("if "), "{}", main.display());
    }
}
