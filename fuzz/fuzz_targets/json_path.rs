//! Any text as an expression, asked of a document that the same input brings: first line the expression, the rest JSON.
//!
//! Run: `cargo +stable fuzz run --sanitizer none json_path`
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::model::expression::{Document, Expression, Found, MAX_VALUE_BYTES};

fuzz_target!(|input: &str| {
    let (text, body) = input.split_once('\n').unwrap_or((input, PROFILE));
    let Ok(expression) = Expression::parse(text) else { return };
    assert_eq!(Expression::parse(expression.as_str()).as_ref(), Ok(&expression));
    if let Found::Value(value) = expression.evaluate(&Document::parse(Some("application/json"), body.as_bytes())) {
        assert!(value.len() <= MAX_VALUE_BYTES);
    }
});

const PROFILE: &str = r#"{"uid":"a","accounts":[{"name":"b","uid":1},{"name":"c","uid":null}],"active":true}"#;
