//! The authorization endpoint and its pages over HTTP: RFC 6749 sections 3.1, 4.1 and 4.2, RFC 9126, RFC 9207, RFC 9700.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod abandoned;
mod account;
mod advertised;
mod browser;
mod consent;
mod failures;
mod faults;
mod hostile;
mod login;
mod pages;
mod password;
mod rfc6749_3_1_requests;
mod rfc6749_4_1_code;
mod rfc6749_4_2_implicit;
mod rfc9126_pushed;
mod safer_defaults;
mod several_services;
mod shop;
