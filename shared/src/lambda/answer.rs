//! Verdicts as API Gateway wants them: one verdict, worded for each kind of event.

use std::fmt;

use lambda_runtime::Diagnostic;
use serde::{Serialize, Serializer};

use super::policy::Policy;
use crate::{
    authorizer::{Call, Context, Decision},
    protocol::Secret,
};

/// What an authorizer function answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// REST, WebSocket and HTTP APIs.
    #[serde(rename_all = "camelCase")]
    Policy {
        /// On whose behalf.
        principal_id: String,
        /// What is open and what is shut.
        policy_document: Policy,
        /// Flat texts.
        context: Context,
        /// Whose usage is counted.
        #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed")]
        usage_identifier_key: Option<Secret>,
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
///
/// # Errors
/// The error that API Gateway is to see in place of an answer.
pub fn render(decision: Decision, call: &Call, simple: bool) -> Result<Answer, AuthorizerError> {
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
            policy_document: Policy::deny(&call.target),
            context: Context::default().with_refusal(&refusal),
            usage_identifier_key: None,
        }),
        Decision::Allow(allow) if simple => {
            let is_authorized = allow.opens_this_call();
            Ok(Answer::Simple { is_authorized, context: allow.context })
        }
        Decision::Allow(allow) => Ok(Answer::Policy {
            principal_id: allow.principal,
            policy_document: Policy::allow(&call.target, &allow.opening),
            context: allow.context,
            usage_identifier_key: allow.usage_key,
        }),
    }
}

/// API Gateway is told the API key, whose usage it counts.
#[expect(clippy::ref_option, reason = "serde's signature")]
fn exposed<S: Serializer>(key: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    key.as_ref().map(Secret::expose).serialize(serializer)
}

const ANONYMOUS: &str = "anonymous";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        authorizer::{Allow, Opening, Outcome, Reason, Trace},
        lambda::event::{self, Event},
        model::{
            HeaderName, MAX_ANSWER_BYTES, MAX_DENY_BYTES, MAX_FACTS_ALONE, MAX_FACTS_BESIDE_RULES,
            MAX_REFUSED_CALL_BYTES, UNSAFE_PATHS,
        },
        protocol::{Request, Response},
    };

    const SECRET: &str = "hunter2";
    const ARN: &str = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/items";

    /// Fails when a value prints the secret that it holds.
    #[track_caller]
    fn silent(value: &impl fmt::Debug) {
        let shown = format!("{value:?} {value:#?}");
        assert!(shown.len() > 20 && !shown.contains(SECRET), "{shown}");
    }

    #[test]
    fn m21_events_calls_and_verdicts_do_not_print_credentials() {
        let bearer = format!("Bearer {SECRET}");
        let event = || -> Event {
            let token = json!({"type": "TOKEN", "methodArn": ARN, "authorizationToken": bearer});
            serde_json::from_value(token).unwrap()
        };
        let request = || -> Event {
            serde_json::from_value(json!({
                "type": "REQUEST", "methodArn": ARN, "headers": {"Authorization": bearer},
                "multiValueHeaders": {"Authorization": [bearer]}, "queryStringParameters": {"api_key": SECRET},
                "multiValueQueryStringParameters": {"api_key": [SECRET]}, "rawQueryString": format!("api_key={SECRET}"),
                "stageVariables": {"key": SECRET},
            }))
            .unwrap()
        };
        silent(&event());
        silent(&request());
        let call = event::parse(request()).unwrap();
        silent(&call);
        silent(&call.authorization());
        let header = HeaderName::parse("X-Tollgate-Oauth-Access-Token").unwrap();
        let context = Context::default().with("spkey", "x").with_header(&header, SECRET);
        let usage_key = Some(Secret::new(SECRET.into()));
        let allow = Allow { principal: "shop".into(), context, opening: Opening::ThisCall, usage_key };
        let outcome = Outcome { decision: Decision::Allow(allow), reason: Reason::ValidToken, trace: Trace::default() };
        silent(&outcome);
        let answer = render(outcome.decision, &call, false).unwrap();
        silent(&answer);
        assert_eq!(serde_json::to_value(&answer).unwrap()["usageIdentifierKey"], SECRET);
    }

    #[test]
    fn m21_requests_and_answers_of_endpoints_do_not_print_credentials() {
        let body = format!("client_secret={SECRET}");
        let request = http::HeaderMap::from_iter([(http::header::AUTHORIZATION, SECRET.parse().unwrap())]);
        silent(&Request {
            method: http::Method::POST,
            path: "/oauth2/token".into(),
            query: Some(body.clone()),
            headers: request.clone(),
            body: body.clone().into_bytes(),
            source: "192.0.2.1".into(),
            request_id: "r".into(),
        });
        silent(&Response { headers: request, ..Response::new("text/plain", body.into_bytes()) });
    }

    /// The longest ARN that limits reckon with: a stage of 34 characters.
    const LONG_ARN: &str = "arn:aws-us-gov:execute-api:ap-southeast-2:123456789012:a1b2c3d4e5/a-stage-of-thirty-four-characters-/GET/items";

    /// Principal, usage key and context of so many bytes as JSON, which is how they are measured.
    fn facts(bytes: usize, opening: Opening) -> Allow {
        let id = || "i".repeat(256);
        let empty = serde_json::to_vec(&(id(), Context::default().with("k", ""), Some(id()))).unwrap().len();
        let context = Context::default().with("k", "v".repeat(bytes - empty));
        Allow { principal: id(), context, opening, usage_key: Some(Secret::new(id())) }
    }

    fn bytes(allow: Allow, arn: &str) -> usize {
        let call = event::parse(serde_json::from_value(json!({"type": "REQUEST", "methodArn": arn})).unwrap()).unwrap();
        serde_json::to_vec(&render(Decision::Allow(allow), &call, false).unwrap()).unwrap().len()
    }

    #[test]
    fn an_answer_at_all_maxima_stays_under_8_kb() {
        let base = LONG_ARN.len() - "/GET/items".len();
        let api = LONG_ARN.find('/').unwrap();
        assert_eq!((api, base), (65, 100));
        let refused: usize = UNSAFE_PATHS.iter().map(|path| api + 1 + path.len() + 3).sum();
        let resource = "GET/".to_owned() + &"p".repeat(60);
        let rules = (MAX_DENY_BYTES - refused - MAX_REFUSED_CALL_BYTES - 3) / (base + 1 + resource.len() + 3);
        let opening = Opening::Api { shut: vec![resource; rules], has_rules: true, permits_this_call: false };
        let refused_call = format!("{LONG_ARN}{}", "\"".repeat(1_600 - LONG_ARN.len()));
        let beside_rules = bytes(facts(MAX_FACTS_BESIDE_RULES, opening), &refused_call);
        assert!((7_500..=MAX_ANSWER_BYTES).contains(&beside_rules), "{beside_rules}");
        let long_path = format!("{LONG_ARN}{}", "p".repeat(512 - LONG_ARN.len()));
        let alone = bytes(facts(MAX_FACTS_ALONE, Opening::ThisCall), &long_path);
        assert!((7_500..=MAX_ANSWER_BYTES).contains(&alone), "{alone}");
    }
}
