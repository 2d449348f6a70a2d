//! CloudWatch's embedded metric format, as its specification has it.

use serde_json::{Map, Value};

/// Expects a document whose metrics and dimensions CloudWatch would take from it.
#[track_caller]
pub(crate) fn is_document(line: &Value) {
    let root = line.as_object().unwrap_or_else(|| panic!("no object: {line}"));
    let metadata = &root["_aws"];
    assert!(metadata["Timestamp"].is_u64(), "milliseconds since 1970: {metadata}");
    let directives = metadata["CloudWatchMetrics"].as_array().unwrap_or_else(|| panic!("no list: {metadata}"));
    assert!(!directives.is_empty(), "{metadata}");
    for directive in directives {
        is_text(&directive["Namespace"], 255);
        for set in list(&directive["Dimensions"]) {
            let set = list(set);
            assert!((1..=30).contains(&set.len()), "{directive}");
            for name in set {
                is_text(member(root, is_text(name, 250)), 1_024);
            }
        }
        let metrics = list(&directive["Metrics"]);
        assert!((1..=100).contains(&metrics.len()), "{directive}");
        for metric in metrics {
            let name = is_text(&metric["Name"], 1_024);
            assert!(UNITS.contains(&is_text(&metric["Unit"], 250)), "{metric}");
            assert!(member(root, name).is_number(), "{name} is no number: {line}");
        }
    }
}

#[track_caller]
fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

#[track_caller]
fn is_text(value: &Value, longest: usize) -> &str {
    let text = value.as_str().unwrap_or_else(|| panic!("no text: {value}"));
    assert!((1..=longest).contains(&text.len()), "{text}");
    text
}

/// What a metric or a dimension names has to be a member of the line itself.
#[track_caller]
fn member<'a>(root: &'a Map<String, Value>, name: &str) -> &'a Value {
    root.get(name).unwrap_or_else(|| panic!("{name} is no member of {root:?}"))
}

/// Those of CloudWatch's units that we use.
const UNITS: [&str; 2] = ["Count", "Milliseconds"];
