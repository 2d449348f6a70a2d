//! The demo: two services that share a token, one whose tokens another provider issues, and what they talk to.
//!
//! Its secrets and tokens are printed in README and events. It listens on loopback unless told, and opens nothing but itself.

mod server;
mod tokens;

use std::io;

use shared::model::configuration::{self, Configuration, Values};

pub use server::serve;
pub use tokens::{CODE, EXPIRED_TOKEN, READ_ONLY_TOKEN, REDEEMED_CODE, REFRESH_TOKEN, SESSION, TOKEN, issue_tokens};

/// Client of the demo.
pub const CLIENT_ID: &str = "shop";
/// Its secret.
pub const CLIENT_SECRET: &str = "tgs_demo-secret-of-the-client-shop";
/// Where the codes of that client are sent.
pub const REDIRECT_URI: &str = "http://127.0.0.1/callback";
/// User of the demo.
pub const USERNAME: &str = "alice";
/// Her password.
pub const PASSWORD: &str = "wonderland";
/// Client of the demo that is public and shows its codes.
pub const TERMINAL_CLIENT_ID: &str = "shop-terminal";
/// A verifier for its authorization requests, and the challenge that it meets (RFC 7636 appendix B).
pub const CODE_VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// See [`CODE_VERIFIER`].
pub const CODE_CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// API key of the demo.
pub const API_KEY: &str = "demo-key-of-the-shop-web-app";
/// The demo's service whose tokens another server issues.
pub const TRAVEL_SPKEY: &str = "tpx1";
/// A token that the demo's identity provider likes.
pub const TRAVEL_TOKEN: &str = "travel-valid";
/// The address of the demo's backends where nothing runs.
pub const DEFAULT_ADDRESS: &str = "127.0.0.1:9000";

/// The demo's configuration, its backends and its provider at an address.
pub fn configuration(address: &str) -> Configuration {
    let text = FILE.replace(DEFAULT_ADDRESS, address);
    configuration::parse("demo.yaml", &text, &Nothing).expect("the demo's file has no mistakes")
}

/// The demo's file.
pub const FILE: &str = include_str!("demo.yaml");

/// The demo asks for nothing.
struct Nothing;

impl Values for Nothing {
    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _path: &str) -> Result<String, String> {
        Err(io::Error::from(io::ErrorKind::NotFound).to_string())
    }
}
