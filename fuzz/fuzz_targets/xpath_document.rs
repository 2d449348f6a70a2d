//! Any bytes as an XML document, asked by an expression that the same input brings: first line the expression.
//!
//! Run: `cargo +stable fuzz run --sanitizer none xpath_document`
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::model::expression::{Document, Expression};

fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (text, body) = input.split_at(end);
    let document = Document::parse(Some("application/xml"), body.get(1..).unwrap_or_default());
    let texts = [std::str::from_utf8(text).unwrap_or_default(), "//*[. = 'a']", "string(/*)"];
    for expression in texts.into_iter().flat_map(Expression::parse) {
        let _ = expression.evaluate(&document);
    }
});
