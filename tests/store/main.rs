//! The store on real DynamoDB semantics: conditions, attempts that survive lost answers, freshness, throttles.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod api_keys;
mod apply;
mod attempts;
mod conditions;
mod data_keys;
mod export;
mod freshness;
mod grants;
mod interrupted_apply;
mod interrupted_shut_out;
mod owners;
mod plan;
mod replacements;
mod store;
mod tally;
mod throttle;
