//! The rules that the compiler does not know.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod conformance;
mod doors;
mod events;
mod layers;
mod links;
mod manifests;
mod observability;
mod size;
mod sources;
