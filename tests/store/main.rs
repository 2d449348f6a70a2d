//! The store on real DynamoDB semantics: conditions, attempts that survive lost answers, freshness, throttles.

mod apply;
mod attempts;
mod conditions;
mod freshness;
mod store;
mod throttle;
