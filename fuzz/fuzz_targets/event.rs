//! Any bytes as an event of API Gateway: a proxy event, and an authorizer's.
//!
//! Run: `cargo +stable fuzz run --sanitizer none event`
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::{
    authorizer::Call,
    lambda::{Event, ProxyEvent},
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(event) = serde_json::from_slice::<ProxyEvent>(bytes) {
        let request = event.request(1);
        let _ = (request.media_type(), request.cookie("tollgate_session"));
    }
    if let Ok(Ok(call)) = serde_json::from_slice::<Event>(bytes).map(Call::try_from) {
        let _ = (call.authorization(), call.target.path().len());
    }
});
