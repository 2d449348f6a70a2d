//! The decision line: what the log says of one decision, and in the same line what is counted and timed of it.

mod request;

use std::{borrow::Cow, fmt::Write, time::Duration};

use serde::Serialize;

use super::{
    event::EventError,
    metrics::{
        ALLOWED, CACHE_HITS, CACHE_MISSES, CONFIG_FAILURE, Directives, Embedded, LATENCY, Measured, PROVIDER_FAILURE,
        REFUSED, STORE_FAILURE, STORE_RETRIES, VALIDATION_LATENCY,
    },
};
use crate::{
    authorizer::{Call, Decision, HeaderOutcome, Opening, Outcome},
    protocol::{Moment, ReasonCode},
    store::Tally,
};

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A token was given.
    Issued,
    /// Whoever asked learned of a token that counts.
    Active,
    /// Whoever asked learned nothing of a token.
    Inactive,
    /// A token or a whole authorization was taken back.
    Revoked,
    /// There was nothing to take back.
    Ignored,
    /// A client was given a code.
    Authorized,
    /// A person was asked to log in or to agree.
    Asked,
    /// A person has logged in.
    LoggedIn,
    /// A person has another password now.
    PasswordChanged,
    /// A login was ended.
    LoggedOut,
    /// A client has pushed an authorization request.
    Pushed,
    /// A document was shown that needs no decision.
    Shown,
    /// The call may go on.
    Allowed,
    /// The request or the call is refused.
    Refused,
    /// Nobody could tell: the caller is answered 5xx.
    Failed,
}

/// One decision. No value of a token, key, secret or header is in here, and nothing of the query. What is absent is
/// left out of the line.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    /// What was decided.
    pub decision: Verdict,
    /// Why, as a word of the closed list; a token that is issued needs none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonCode>,
    /// Why, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Cow<'a, str>>,
    /// API Gateway's id of the request, which error answers carry as `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<&'a str>,
    /// The id of the X-Ray trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xray_trace_id: Option<&'a str>,
    /// The method of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<&'a str>,
    /// The path of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<&'a str>,
    /// The address that the request came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'a str>,
    /// The status of the endpoint's answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The error that the caller is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'a str>,
    /// How the token was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_type: Option<&'a str>,
    /// The service called, or those that a token is for, with blanks between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spkey: Option<Cow<'a, str>>,
    /// The service that the token is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_spkey: Option<&'a str>,
    /// The client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<&'a str>,
    /// When the secret ends that the client proved itself by, where it is to end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ends: Option<String>,
    /// The client of the token that another one asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_client_id: Option<&'a str>,
    /// The application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<&'a str>,
    /// The resource owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<&'a str>,
    /// The scope of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Seconds that a new token lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u64>,
    /// The host of the identity provider that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<&'a str>,
    /// The region whose endpoint was asked: its code, or `default`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<&'a str>,
    /// The group of `inject_headers` that was applied: a region's code, or `default`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_group: Option<&'a str>,
    /// The provider's status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_status: Option<u16>,
    /// What became of each injected header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<String>,
    #[serde(flatten)]
    measured: Measured,
}

/// What a decision took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    pub(super) took: Duration,
    pub(super) store: Tally,
}

impl<'a> Line<'a> {
    fn new(decision: Verdict) -> Self {
        Self {
            decision,
            reason: None,
            message: None,
            request_id: None,
            xray_trace_id: None,
            method: None,
            path: None,
            source: None,
            status: None,
            error: None,
            grant_type: None,
            spkey: None,
            token_spkey: None,
            client_id: None,
            secret_ends: None,
            token_client_id: None,
            application: None,
            sub: None,
            scope: None,
            expires_in: None,
            provider: None,
            region: None,
            header_group: None,
            provider_status: None,
            headers: None,
            measured: Measured::default(),
        }
    }

    /// The decision of an authorizer.
    pub(super) fn of_call(call: &'a Call, outcome: &'a Outcome, effort: Effort) -> Self {
        let trace = &outcome.trace;
        let (decision, error) = words(&outcome.decision);
        Self {
            decision,
            reason: Some(outcome.reason.code()),
            message: Some(outcome.reason.to_string().into()),
            request_id: text(&call.request_id),
            xray_trace_id: call.xray_trace_id.as_deref().and_then(trace_id),
            method: Some(call.target.method()),
            path: Some(call.target.path()),
            error,
            spkey: trace.spkey.as_deref().map(Cow::Borrowed),
            token_spkey: trace.token_spkey.as_deref(),
            client_id: trace.client_id.as_deref(),
            application: trace.application.as_deref(),
            sub: trace.sub.as_deref(),
            provider: trace.provider.as_deref(),
            region: trace.region.as_deref(),
            header_group: trace.header_group.as_deref(),
            provider_status: trace.provider_status,
            headers: headers(&trace.headers),
            measured: Measured::of_verdict(decision, outcome, effort),
            ..Self::new(decision)
        }
    }

    /// An event that is not an authorizer's.
    pub(super) fn of_unreadable(error: &'a EventError, xray: Option<&'a str>, effort: Effort) -> Self {
        let mut measured = Measured::default();
        measured.failure(ReasonCode::ConfigFailure);
        measured.effort(effort);
        Self {
            reason: Some(ReasonCode::ConfigFailure),
            message: Some(error.message.into()),
            request_id: text(&error.request_id),
            xray_trace_id: xray.and_then(trace_id),
            measured,
            ..Self::new(Verdict::Failed)
        }
    }

    /// The line as it is logged, with its line feed: one JSON object that is an EMF document too.
    pub fn json(&self, function: &str, now: Moment) -> Vec<u8> {
        let is_failure = self.reason.is_some_and(ReasonCode::is_failure);
        let document = Document {
            timestamp: now.rfc3339(),
            level: if is_failure { "ERROR" } else { "INFO" },
            function,
            line: self,
            embedded: Embedded { timestamp: now.as_millis(), directives: Directives(&self.measured) },
        };
        let mut bytes = Vec::with_capacity(LINE_BYTES);
        serde_json::to_writer(&mut bytes, &document).expect("texts and numbers serialize");
        bytes.push(b'\n');
        bytes
    }
}

#[derive(Serialize)]
struct Document<'a> {
    timestamp: String,
    level: &'static str,
    function: &'a str,
    #[serde(flatten)]
    line: &'a Line<'a>,
    #[serde(rename = "_aws")]
    embedded: Embedded<'a>,
}

impl Measured {
    fn of_verdict(verdict: Verdict, outcome: &Outcome, effort: Effort) -> Self {
        let mut measured = Self::default();
        match verdict {
            Verdict::Allowed => measured.once(&ALLOWED),
            Verdict::Refused => measured.once(&REFUSED),
            _ => {}
        }
        measured.failure(outcome.reason.code());
        measured.effort(effort);
        if let Some(time) = outcome.trace.provider_time {
            measured.milliseconds(&VALIDATION_LATENCY, time);
        }
        measured
    }

    fn failure(&mut self, reason: ReasonCode) {
        match reason {
            ReasonCode::StoreFailure => self.once(&STORE_FAILURE),
            ReasonCode::ConfigFailure => self.once(&CONFIG_FAILURE),
            ReasonCode::ProviderFailure => self.once(&PROVIDER_FAILURE),
            _ => {}
        }
    }

    fn effort(&mut self, Effort { took, store }: Effort) {
        self.milliseconds(&LATENCY, took);
        self.count(&CACHE_HITS, store.hits);
        self.count(&CACHE_MISSES, store.misses);
        self.count(&STORE_RETRIES, store.retries());
    }
}

/// An `Allow` whose policy shuts this very call is a refusal, named by the keys that its caller is shown.
fn words(decision: &Decision) -> (Verdict, Option<&str>) {
    match decision {
        Decision::Allow(allow) => match allow.opening {
            Opening::Api { permits_this_call: false, .. } => (Verdict::Refused, allow.context.get("tg_error")),
            _ => (Verdict::Allowed, None),
        },
        Decision::Deny(refusal) => (Verdict::Refused, Some(refusal.error)),
        Decision::Unauthenticated => (Verdict::Refused, Some("Unauthorized")),
        Decision::Failed => (Verdict::Failed, None),
    }
}

fn headers(outcomes: &[HeaderOutcome]) -> Option<String> {
    let mut text = String::new();
    for HeaderOutcome { header, outcome, bytes } in outcomes {
        let comma = if text.is_empty() { "" } else { ", " };
        write!(text, "{comma}{header} {outcome}").expect("a text takes every write");
        if let Some(bytes) = bytes {
            write!(text, " ({bytes} bytes)").expect("a text takes every write");
        }
    }
    (!text.is_empty()).then_some(text)
}

/// The id of the trace in a header such as `Root=1-…;Parent=…;Sampled=1`.
fn trace_id(header: &str) -> Option<&str> {
    header.split(';').find_map(|part| part.trim().strip_prefix("Root="))
}

fn text(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// What most lines fit in.
const LINE_BYTES: usize = 1_536;

#[cfg(test)]
mod tests;
