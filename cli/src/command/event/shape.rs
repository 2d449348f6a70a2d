//! The shapes of events, and what all samples have in common.

use clap::ValueEnum;
use serde_json::Value;

use super::{http, request::Request, rest, websocket};

/// What calls a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::command) enum Shape {
    /// A REST API, with the whole request.
    Rest,
    /// A REST API, with the token alone.
    Token,
    /// An HTTP API, payload format 1.0.
    Http1,
    /// An HTTP API, payload format 2.0.
    Http2,
    /// The `$connect` route of a WebSocket API.
    Websocket,
}

impl Shape {
    /// What an authorizer gets.
    pub(in crate::command) fn authorizer_event(self, request: &Request) -> Value {
        match self {
            Self::Rest => rest::authorizer_event(request),
            Self::Token => rest::token_event(request),
            Self::Http1 => http::authorizer_event_1_0(request),
            Self::Http2 => http::authorizer_event_2_0(request),
            Self::Websocket => websocket::authorizer_event(request),
        }
    }

    /// What a function behind an API gets; `None` where the shape is an authorizer's.
    pub(super) fn proxy_event(self, request: &Request) -> Option<Value> {
        match self {
            Self::Rest => Some(rest::proxy_event(request)),
            Self::Http1 => Some(http::proxy_event_1_0(request)),
            Self::Http2 => Some(http::proxy_event_2_0(request)),
            Self::Token | Self::Websocket => None,
        }
    }
}

/// The account of every sample.
pub(super) const ACCOUNT: &str = "123456789012";
/// The API of every sample.
pub(super) const API: &str = "a1b2c3d4e5";
/// The client's address, one that is kept for documentation.
pub(super) const SOURCE_IP: &str = "203.0.113.10";
/// The client's program.
pub(super) const USER_AGENT: &str = "curl/8.14.1";
/// Ids that API Gateway gives.
pub(super) const REQUEST_ID: &str = "6f1b9c52-7d3e-4a80-9c1f-2b5d8e7a4c60";
/// See [`REQUEST_ID`].
pub(super) const EXTENDED_REQUEST_ID: &str = "Zx8mPHfDjoEEMwA=";
/// When the request came, for people.
pub(super) const TIME: &str = "21/Nov/2026:09:30:00 +0000";
/// When the request came, in milliseconds since 1970.
pub(super) const TIME_EPOCH: u64 = 1_795_253_400_000;
