//! Any text as a client assertion: a JWT, read before its signature is looked at.
//!
//! Run: `cargo +stable fuzz run --sanitizer none assertion`
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::{
    assertion::JwtAssertion,
    protocol::{Jws, Secret},
};

fuzz_target!(|text: &str| {
    let _ = Jws::parse(text);
    if let Ok(assertion) = JwtAssertion::parse(&Secret::new(text.to_owned())) {
        let _ = assertion.subject();
    }
});
