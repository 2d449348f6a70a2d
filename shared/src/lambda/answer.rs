//! Verdicts as API Gateway wants them: one verdict, worded for each kind of event.

use std::fmt;

use lambda_runtime::Diagnostic;
use serde::Serialize;

use super::policy::Policy;
use crate::authorizer::{Call, Context, Decision, Opening};

/// What an authorizer function answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// REST, WebSocket and HTTP APIs.
    #[serde(rename_all = "camelCase")]
    Policy {
        /// On whose behalf.
        principal_id: String,
        /// Opaque here: see the policy module.
        policy_document: PolicyDocument,
        /// Flat texts.
        context: Context,
        /// Whose usage is counted.
        #[serde(skip_serializing_if = "Option::is_none")]
        usage_identifier_key: Option<String>,
    },
    /// HTTP APIs (2.0) with simple responses.
    #[serde(rename_all = "camelCase")]
    Simple {
        /// The verdict.
        is_authorized: bool,
        /// Flat texts.
        context: Context,
    },
}

/// A policy document, to be serialized.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct PolicyDocument(Policy);

/// An authorizer function that does not answer, on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizerError {
    /// API Gateway answers 401 to exactly this message.
    Unauthorized,
    /// API Gateway answers 5xx to any other; the reason is in the log.
    Failed,
}

impl fmt::Display for AuthorizerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unauthorized => "Unauthorized",
            Self::Failed => "the call cannot be judged now, see the log",
        })
    }
}

impl std::error::Error for AuthorizerError {}

impl From<AuthorizerError> for Diagnostic {
    fn from(error: AuthorizerError) -> Self {
        let error_type = match error {
            AuthorizerError::Unauthorized => "Unauthorized",
            AuthorizerError::Failed => "Failed",
        };
        Self { error_type: error_type.into(), error_message: error.to_string() }
    }
}

/// Words a verdict for the event that asked.
pub(super) fn render(decision: Decision, call: &Call, simple: bool) -> Result<Answer, AuthorizerError> {
    let simple = simple && call.shape == crate::authorizer::Shape::Http2;
    match decision {
        Decision::Failed => Err(AuthorizerError::Failed),
        Decision::Unauthenticated => Err(AuthorizerError::Unauthorized),
        Decision::Deny(refusal) if refusal.is_unauthorized && !call.shape.has_gateway_responses() => {
            Err(AuthorizerError::Unauthorized)
        }
        Decision::Deny(refusal) if simple => {
            Ok(Answer::Simple { is_authorized: false, context: Context::default().with_refusal(&refusal) })
        }
        Decision::Deny(refusal) => Ok(Answer::Policy {
            principal_id: ANONYMOUS.into(),
            policy_document: PolicyDocument(Policy::deny(&call.target)),
            context: Context::default().with_refusal(&refusal),
            usage_identifier_key: None,
        }),
        Decision::Allow(allow) if simple => {
            let is_authorized = !matches!(allow.opening, Opening::Api { permits_this_call: false, .. });
            Ok(Answer::Simple { is_authorized, context: allow.context })
        }
        Decision::Allow(allow) => Ok(Answer::Policy {
            principal_id: allow.principal,
            policy_document: PolicyDocument(Policy::allow(&call.target, &allow.opening)),
            context: allow.context,
            usage_identifier_key: allow.usage_key,
        }),
    }
}

const ANONYMOUS: &str = "anonymous";
