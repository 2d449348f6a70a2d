//! `docs/conformance.md` says which rule is kept by which test. It stays true because it is compared with the tests.

use std::{collections::BTreeSet, fs};

use super::sources::{root, rust_files};

/// The rule ids that a name begins with: `t10_t12_every_success` is a test of T10 and T12.
fn rules(name: &str) -> Vec<String> {
    let is_rule = |word: &&str| {
        let number = word.strip_prefix(GROUPS).unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    name.split('_').take_while(is_rule).map(str::to_uppercase).collect()
}

/// The names of the tests in a source.
fn tests(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, rest)) = line.split_once("fn ") {
            if is_test {
                found.push(rest.split(['(', '<']).next().unwrap_or_default());
            }
            is_test = false;
        }
    }
    found.extend(deeds(source));
    found
}

/// The tests that `tests::tried!` makes: two in each of its lines.
fn deeds(source: &str) -> impl Iterator<Item = &str> {
    let deeds = source.split("tests::tried! {\n").nth(1).and_then(|rest| rest.split('}').next());
    let pairs = deeds.unwrap_or_default().lines().filter_map(|line| line.split_once(": "));
    pairs.flat_map(|(_, names)| names.trim_end_matches(';').split(", "))
}

/// One line of a table: the rule, its state, and the tests it names.
struct Row<'a> {
    rule: &'a str,
    state: &'a str,
    tests: Vec<&'a str>,
}

fn rows(document: &str) -> Vec<Row<'_>> {
    let row = |line| {
        let cells: Vec<&str> = str::split(line, '|').map(str::trim).collect();
        let [_, rule, _, state, tests, _] = cells[..] else { return None };
        let tests = tests.split('`').skip(1).step_by(2).collect();
        (!rules(&rule.to_lowercase()).is_empty()).then_some(Row { rule, state, tests })
    };
    document.lines().filter_map(row).collect()
}

fn document(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).unwrap()
}

/// The names of all tests.
fn every_test() -> BTreeSet<String> {
    let files = ["shared/src", "gateway", "cli", "functions", "tests"].map(|folder| rust_files(&root().join(folder)));
    let sources = files.iter().flatten().map(|file| fs::read_to_string(file).unwrap());
    sources.flat_map(|source| tests(&source).into_iter().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The document with the tests that are there in each row; the state of a row is for people to say.
fn with_tests(document: &str, there: &BTreeSet<(String, String)>) -> String {
    let line = |line: &str| {
        let Some(row) = rows(line).pop() else { return line.to_owned() };
        let (head, _) = line.trim_end_matches(" |").rsplit_once(" | ").unwrap_or((line, ""));
        let tests = there.iter().filter(|(rule, _)| rule == row.rule).map(|(_, test)| format!("`{test}`"));
        format!("{head} | {} |", tests.collect::<Vec<_>>().join("<br>"))
    };
    document.lines().map(|text| line(text) + "\n").collect()
}

/// `UPDATE_CONFORMANCE=1` writes the tests that are there into the document.
#[test]
#[expect(clippy::disallowed_methods, reason = "a switch of this test alone")]
fn the_document_lists_every_test_of_a_rule_and_no_other() {
    let document = document("conformance.md");
    let listed: BTreeSet<(String, String)> = rows(&document)
        .iter()
        .flat_map(|row| row.tests.iter().map(|test| (row.rule.to_owned(), (*test).to_owned())))
        .collect();
    let there = every_test();
    let there: BTreeSet<(String, String)> =
        there.iter().flat_map(|test| rules(test).into_iter().map(|rule| (rule, test.clone()))).collect();
    if std::env::var_os("UPDATE_CONFORMANCE").is_some() {
        fs::write(root().join("docs/conformance.md"), with_tests(&document, &there)).unwrap();
        return;
    }
    let missing: Vec<_> = there.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&there).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "add to docs/conformance.md: {missing:#?}; remove: {gone:#?}; UPDATE_CONFORMANCE=1 does"
    );
}

#[test]
fn a_rule_is_done_with_tests_and_not_yet_without() {
    let document = document("conformance.md");
    let rows = rows(&document);
    let mut seen = BTreeSet::new();
    for Row { rule, state, tests } in &rows {
        assert!(seen.insert(rule), "{rule} stands twice");
        match *state {
            "done" => assert!(!tests.is_empty(), "{rule} is done, and no test says so"),
            "not yet" | "not offered yet" => assert!(tests.is_empty(), "{rule} has tests: what is missing?"),
            state => assert!(state.starts_with("in part: "), "{rule}: `{state}` is no state"),
        }
    }
    assert_eq!(seen.len(), RULES, "rules left out, or rows that could not be read");
}

#[test]
fn every_invariant_names_a_test() {
    let document = document("architecture.md");
    let there = every_test();
    let table = document.split("## Invariants").nth(1).unwrap();
    let invariants: Vec<&str> = table.lines().filter(|line| line.starts_with("| ") && line.contains('`')).collect();
    assert!(invariants.len() > 10, "where are the invariants?");
    for invariant in invariants {
        let tests = invariant.split('|').nth(2).unwrap();
        for test in tests.split('`').skip(1).step_by(2) {
            assert!(there.contains(test), "{test}: no such test");
        }
        assert!(tests.contains('`'), "{invariant}: no test");
    }
}

#[test]
fn a_name_tells_its_rules() {
    assert_eq!(rules("t10_t12_every_success"), ["T10", "T12"]);
    assert!(rules("the_law").is_empty() && rules("v_1").is_empty() && rules("b64_text").is_empty());
}

#[test]
fn only_tests_count() {
    let source = "fn t1_setup() {}\n#[tokio::test]\nasync fn t1_refuses_get() {\n#[test]\nfn other() {}";
    assert_eq!(tests(source), ["t1_refuses_get", "other"]);
    assert_eq!(
        tests("tests::tried! {\n    Deed: a1_once, a2_broken;\n}\nfn a3_other: () {}"),
        ["a1_once", "a2_broken"]
    );
}

/// Token endpoint, authorization endpoint, refresh, other grants, revocation and introspection, metadata, resources.
const GROUPS: [char; 7] = ['t', 'a', 'r', 'g', 'v', 'm', 'z'];
const RULES: usize = 122;
