//! The table of rows in the README names every test of a row, and no other.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// What the name of a row's test begins with, after the ids of rules.
const ROWS: [&str; 12] = [
    "cache",
    "challenge",
    "context",
    "event",
    "identity",
    "import",
    "limit",
    "mapping",
    "policy",
    "response",
    "smuggled",
    "status_table",
];

fn crate_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: PathBuf) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { rust_files(path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The names of the tests in a source.
fn tests(source: &str) -> Vec<String> {
    let (mut found, mut is_test) = (Vec::new(), false);
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, rest)) = line.split_once("fn ") {
            found.extend(rest.split(['(', '<']).next().filter(|_| is_test).map(str::to_owned));
            is_test = false;
        }
    }
    found
}

/// Whether a test is a row's: by its first words, or by the id of a rule such as `z6_`.
fn is_of_a_row(name: &str) -> bool {
    let rule = name.strip_prefix('z').is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    rule || ROWS.iter().any(|row| name.strip_prefix(row).is_some_and(|rest| rest.starts_with('_')))
}

/// The tests that a line of the table names: the last cell.
fn named(line: &str) -> BTreeSet<String> {
    let cell = line.trim_end_matches([' ', '|']).rsplit('|').next().unwrap_or_default();
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_readme_names_every_test_of_a_row_and_no_other() {
    let folders = ["src", "tests"].map(|folder| rust_files(crate_root().join(folder)));
    let sources = folders.iter().flatten().map(|file| fs::read_to_string(file).unwrap());
    let there: BTreeSet<String> = sources.flat_map(|source| tests(&source)).filter(|name| is_of_a_row(name)).collect();
    let readme = fs::read_to_string(crate_root().join("README.md")).unwrap();
    let (_, table) = readme.split_once("| row | tests |\n|---|---|\n").expect("the README has the table of rows");
    let rows: Vec<BTreeSet<String>> = table.lines().take_while(|line| line.starts_with('|')).map(named).collect();
    assert!(rows.iter().all(|row| !row.is_empty()), "a row names no test");
    let listed: BTreeSet<String> = rows.into_iter().flatten().collect();
    let missing: Vec<_> = there.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&there).collect();
    assert!(missing.is_empty() && gone.is_empty(), "add to the table: {missing:#?}; remove from it: {gone:#?}");
}

#[test]
fn a_rows_test_is_known_by_its_first_words() {
    assert!(is_of_a_row("cache_of_two_stages") && is_of_a_row("z6_a_cached_policy") && is_of_a_row("status_table_x"));
    assert!(!is_of_a_row("cached_things") && !is_of_a_row("zero_keeps_nothing") && !is_of_a_row("a_limit_of"));
}

#[test]
fn tests_are_found_by_their_attribute() {
    let source = "fn a() {}\n#[test]\nfn b() {}\n#[tokio::test(start_paused = true)]\nasync fn c() {}";
    assert_eq!(tests(source), ["b", "c"]);
}
