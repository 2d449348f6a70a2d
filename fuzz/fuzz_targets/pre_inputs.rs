//! Any text as pre-inputs: read, or refused with lines that exist.
//!
//! Run: `cargo +stable fuzz run --sanitizer none pre_inputs`
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::model::pre_inputs::PreInputs;

fuzz_target!(|text: &str| {
    if let Err(mistakes) = PreInputs::parse(text) {
        assert!(!mistakes.is_empty());
        for mistake in mistakes {
            assert!((1..=text.lines().count()).contains(&mistake.line), "{mistake}");
        }
    }
});
