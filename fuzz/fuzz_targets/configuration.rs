//! Any file is read or refused, and every mistake stands in a line of it.
//!
//! Run with: `cargo +stable fuzz run --sanitizer none configuration`

#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::model::configuration::{Values, parse};

/// Every variable is set, no file is there.
struct Anything;

impl Values for Anything {
    fn env(&self, name: &str) -> Option<String> {
        Some(name.to_owned())
    }

    fn file(&self, _: &str) -> Result<String, String> {
        Err("no such file".to_owned())
    }
}

fuzz_target!(|text: &str| {
    if let Err(report) = parse("fuzz.yaml", text, &Anything) {
        assert!(!report.mistakes.is_empty());
        let lines = text.split(['\n', '\r']).count() + 1;
        assert!(report.mistakes.iter().all(|mistake| (1..=lines).contains(&mistake.line) && mistake.column > 0));
    }
});
