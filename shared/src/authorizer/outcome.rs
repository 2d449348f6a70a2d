//! A verdict with what the log and the command may say about it. No value of a token, key or header is in here.

use std::time::Duration;

use super::{Decision, Reason};

/// A verdict, why, and its trace.
#[derive(Debug)]
pub struct Outcome {
    /// The verdict.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
    /// How it came about.
    pub trace: Trace,
}

/// How a verdict came about: the decision line of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// The service called.
    pub spkey: Option<String>,
    /// The service that the token is for.
    pub token_spkey: Option<String>,
    /// The client.
    pub client_id: Option<String>,
    /// The application.
    pub application: Option<String>,
    /// The resource owner.
    pub sub: Option<String>,
    /// The region whose endpoint of `token_validation_uri` was asked: its code, or `default`.
    pub region: Option<String>,
    /// The group of `inject_headers` that was applied: a region's code, or `default`.
    pub header_group: Option<String>,
    /// The host that was asked.
    pub provider: Option<String>,
    /// The provider's status.
    pub provider_status: Option<u16>,
    /// How long the provider took.
    pub provider_time: Option<Duration>,
    /// What became of each header.
    pub headers: Vec<HeaderOutcome>,
}

/// What became of one injected header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderOutcome {
    /// The header.
    pub header: String,
    /// `injected`, `no match`, `null`, `not JSON`, `not XML`, `too large`, `control character` or `unset`.
    pub outcome: &'static str,
    /// Bytes of the value, when one was injected.
    pub bytes: Option<usize>,
}

impl Outcome {
    /// A verdict for a reason.
    pub(super) fn new(decision: Decision, trace: Trace, reason: Reason) -> Self {
        Self { decision, reason, trace }
    }
}
