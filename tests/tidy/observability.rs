//! `docs/observability.md` lists the members of the decision line, the metrics and the reasons: those that there are.

use std::{collections::BTreeSet, fs};

use shared::{lambda::metrics::METRICS, protocol::ReasonCode};

use super::sources::root;

/// The words in backticks that open the rows of the table under a heading.
fn listed(heading: &str) -> BTreeSet<String> {
    let page = fs::read_to_string(root().join("docs/observability.md")).unwrap();
    let (_, section) = page.split_once(&format!("## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let first_cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    first_cells.flat_map(|cell| cell.split('`').step_by(2)).filter(|word| is_word(word)).map(str::to_owned).collect()
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[test]
fn the_page_lists_every_metric() {
    assert_eq!(listed("Metrics"), METRICS.iter().map(|metric| metric.name.to_owned()).collect());
}

#[test]
fn the_page_lists_every_reason() {
    assert_eq!(listed("Reasons"), ReasonCode::ALL.iter().map(ToString::to_string).collect());
}

#[test]
fn the_page_lists_every_member_of_a_line() {
    let source = fs::read_to_string(root().join("shared/src/lambda/line.rs")).unwrap();
    let (_, fields) = source.split_once("pub struct Line<'a> {").unwrap();
    let fields = fields.split("\n}").next().unwrap().lines();
    let fields = fields.filter_map(|line| line.trim().strip_prefix("pub ")?.split(':').next());
    let around = ["timestamp", "level", "function", "_aws"];
    assert_eq!(listed("The line"), fields.chain(around).map(str::to_owned).collect());
}
