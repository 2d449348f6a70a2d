//! What becomes of tokens once they are given, over HTTP: introspection, revocation, token information, metadata.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod faults;
mod freshness;
mod granted;
mod introspection;
mod metadata;
mod owners;
mod pages;
mod revocation;
mod shop;
mod token_info;
