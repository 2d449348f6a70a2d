//! The layer law of `shared`: a module uses only what stands before it, or beside it.

use std::fs;

use super::sources::{root, rust_files};

/// From the words of the specifications up to the cloud.
const LAYERS: [&[&str]; 7] = [
    &["protocol"],
    &["env"],
    &["model"],
    &["store", "upstream"],
    &["assertion", "client_auth", "grant", "authorizer"],
    &["endpoint"],
    &["lambda"],
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// The modules that a source text names by `crate::`, one by one or in braces.
fn used(text: &str) -> Vec<&str> {
    let mut modules = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => modules.extend(top_level(list)),
            None => modules.push(word(rest)),
        }
    }
    modules
}

/// The first words of a `use` list, whatever is nested in it.
fn top_level(list: &str) -> Vec<&str> {
    let (mut depth, mut starts) = (0, vec![0]);
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => starts.push(at + 1),
            _ => {}
        }
    }
    starts.into_iter().map(|at| word(list[at..].trim_start())).collect()
}

fn word(text: &str) -> &str {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default()
}

#[test]
fn a_module_uses_only_what_stands_before_it_or_beside_it() {
    let folder = root().join("shared/src");
    let mut seen = 0;
    for file in rust_files(&folder) {
        let path = file.strip_prefix(&folder).unwrap().with_extension("");
        let module = path.components().next().unwrap().as_os_str().to_str().unwrap().to_owned();
        let Some(own) = layer(&module) else { continue };
        let text = fs::read_to_string(&file).unwrap();
        for other in used(&text) {
            let Some(theirs) = layer(other) else { continue };
            assert!(theirs <= own, "{}: {module} uses {other}, which stands after it", file.display());
            seen += 1;
        }
    }
    assert!(seen > 100, "the law was applied {seen} times: are the sources still where they were?");
}

#[test]
fn the_law_sees_lists_and_single_paths() {
    assert_eq!(used("use crate::{env::Env, model::{a, b}, store};"), ["env", "model", "store"]);
    assert_eq!(used("let x = crate::store::Reader::new();"), ["store"]);
}

#[test]
fn every_module_has_a_layer() {
    let text = fs::read_to_string(root().join("shared/src/lib.rs")).unwrap();
    for line in text.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        assert!(layer(word(line)).is_some(), "{line} has no layer");
    }
}
