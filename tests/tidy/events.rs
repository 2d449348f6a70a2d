//! Sample events: every function has some, and nothing else stands beside them.

use std::{collections::BTreeSet, fs};

use super::sources::root;

/// The names of what is in a folder.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).filter(|name| name != "README.md").collect()
}

#[test]
fn every_function_has_sample_events_and_answers() {
    assert_eq!(names("events"), names("functions"));
    assert_eq!(names("tests/answers"), names("functions"));
}

#[test]
fn every_function_replays_its_sample_events() {
    for function in names("functions") {
        let path = root().join("functions").join(&function).join("tests/events.rs");
        let source = fs::read_to_string(&path).unwrap();
        assert!(
            source.contains(&format!("\"{function}\"")) && source.contains("is_as_on_file()"),
            "{}",
            path.display()
        );
    }
}
