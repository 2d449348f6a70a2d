//! Proofs that somebody else signed (RFC 7521).

mod decoy;
mod jwt;

#[cfg(test)]
pub(crate) use jwt::testing;
pub use jwt::{Fault, JwtAssertion};
