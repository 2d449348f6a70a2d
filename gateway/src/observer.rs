//! What an observer is told of each answered request.

use std::sync::Arc;

use serde_json::{Map, Value};

/// Is told of every exchange after it was answered.
pub trait Observer: Send + Sync {
    /// Called once for each answered request; it delays the answer for as long as it runs.
    fn answered(&self, exchange: &Exchange);
}

/// One request and what became of it.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    /// The request's method.
    pub method: String,
    /// The request's path as sent, without the query.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
    /// The id that the answer carries in `x-amzn-RequestId` or `apigw-requestid`.
    pub request_id: String,
    /// The API that was asked; `None` when no base path matched.
    pub api: Option<String>,
    /// The gateway response type that was rendered, such as `ACCESS_DENIED`; REST APIs only.
    pub gateway_response: Option<&'static str>,
    /// What the authorizer said.
    pub authorizer: AuthorizerOutcome,
    /// The authorizer's context, as mapping templates see it.
    pub context: Arc<Map<String, Value>>,
    /// Each mapped header of the integration request, in the document's order.
    pub mapped: Vec<MappedHeader>,
    /// The status of an HTTP backend's answer; `None` when there was none.
    pub backend_status: Option<u16>,
    /// Why the integration failed, in words.
    pub failure: Option<String>,
}

/// What an authorizer said to one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AuthorizerOutcome {
    /// The method has none, or the request did not get that far.
    #[default]
    None,
    /// An identity source is missing or empty, or a token does not match its expression; nothing was invoked.
    MissingIdentity,
    /// The request may go on.
    Allowed {
        /// Whether the policy came from the cache.
        cached: bool,
    },
    /// The policy, or the simple answer, denies the request.
    Denied {
        /// Whether the policy came from the cache.
        cached: bool,
    },
    /// The function failed, said `Unauthorized`, or answered what API Gateway cannot use.
    Error {
        /// The function's own message, or what is wrong with its answer.
        message: String,
    },
}

/// One header of the integration request that a mapping speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedHeader {
    /// The name as the document spells it.
    pub name: String,
    /// What the mapping did.
    pub outcome: MappingOutcome,
}

/// What a parameter mapping did with a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappingOutcome {
    /// The mapped value was sent.
    Sent,
    /// The source was absent or empty, so the client's own copy, if any, was left as it was.
    Skipped,
    /// The header was removed, or is one that API Gateway never sends on.
    Removed,
}
