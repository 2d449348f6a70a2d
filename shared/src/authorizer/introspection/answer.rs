//! What a provider's answer means (rule Z11): a plain step from the answer to the verdict.

use http::StatusCode;
use serde_json::Value;

use super::{
    Asked, ConnectorError, Decision, Outcome, ProviderExchange, ProviderFault, Reason, Refusal, Trace, active::Said,
    api_key, question::Question,
};
use crate::{
    authorizer::{Allow, Context, Opening, context::TOO_MUCH, spoofing::with_blocked_authorization},
    model::{TokenFault, ValidationMethod, expression::Document},
    protocol::{Secret, Timestamp},
    upstream::Answer,
};

impl Asked<'_> {
    /// The verdict.
    pub(super) fn conclude(&self, exchange: &ProviderExchange, trace: Trace) -> Outcome {
        let answer = match &exchange.answer {
            Ok(answer) => answer,
            Err(error) if error.answered() => {
                return self.outage(
                    ConnectorError::TokenValidationFails,
                    trace,
                    ProviderFault::NoAnswer(error.clone()),
                );
            }
            Err(error) => {
                return self.outage(ConnectorError::TargetEndpointError, trace, ProviderFault::NoAnswer(error.clone()));
            }
        };
        let trace = Trace { provider_status: Some(answer.status.as_u16()), ..trace };
        if answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS {
            let fault = ProviderFault::Unable { status: answer.status.as_u16() };
            return self.outage(ConnectorError::TokenValidationFails, trace, fault);
        }
        let document = Document::parse(answer.content_type.as_deref(), &answer.body);
        match self.invalid(answer, &document, exchange.at) {
            Some(reason) => {
                let refusal = Refusal::connector(ConnectorError::TokenValidationFails, self.called);
                Outcome::new(Decision::Deny(refusal), trace, reason)
            }
            None => self.admit(&exchange.question, &document, trace),
        }
    }

    /// Why the answer does not make the token valid; `None` = it does.
    fn invalid(&self, answer: &Answer, document: &Document, now: Timestamp) -> Option<Reason> {
        if answer.status != StatusCode::OK {
            return Some(Reason::TokenRefused { status: answer.status.as_u16() });
        }
        match &self.policy.method {
            ValidationMethod::Bearer { judge_active: false } => None,
            ValidationMethod::Bearer { judge_active: true } => match Said::of(document, &answer.body) {
                Said::True | Said::Nothing => None,
                said => Some(refused_for(said)),
            },
            ValidationMethod::Introspection { .. } => match (Said::of(document, &answer.body), document) {
                (Said::True, Document::Json(body)) => {
                    end(body).filter(|at| *at <= now).map(|at| TokenFault::Expired { at }.into())
                }
                (said, _) => Some(refused_for(said)),
            },
        }
    }

    fn admit(&self, question: &Question, document: &Document, mut trace: Trace) -> Outcome {
        let context = self.context(document);
        let context = match self.with_headers(context, question, document, &mut trace) {
            Ok(context) => context,
            Err(description) => {
                let refusal = Refusal::invalid_request(self.called, description);
                return Outcome::new(Decision::Deny(refusal), trace, Reason::InvalidRequest(description));
            }
        };
        let application = self.key.map(|key| key.application.to_string());
        let principal = application.unwrap_or_else(|| self.called.name.to_string());
        let key = api_key::presented(self.call, self.policy).map(|key| Secret::new(key.to_owned()));
        let usage_key = key.filter(|_| self.called.usage_plan);
        let allow = Allow { principal, context, opening: Opening::EVERY_CALL, usage_key };
        if !allow.fits() {
            let refusal = Refusal::invalid_request(self.called, TOO_MUCH);
            return Outcome::new(Decision::Deny(refusal), trace, Reason::InvalidRequest(TOO_MUCH));
        }
        Outcome::new(Decision::Allow(allow), trace, Reason::ValidToken)
    }

    /// What is known of the token: with RFC 7662 also whose it is.
    fn context(&self, document: &Document) -> Context {
        let context = with_blocked_authorization(Context::default(), self.call, self.called)
            .with("spkey", self.called.spkey.as_str())
            .with_some("application", self.key.map(|key| key.application.as_str()));
        let (ValidationMethod::Introspection { .. }, Document::Json(body)) = (&self.policy.method, document) else {
            return context;
        };
        let text = |name: &str| body.get(name)?.as_str().filter(|text| is_short_plain(text)).map(str::to_owned);
        context
            .with_some("client_id", text("client_id"))
            .with_some("sub", text("sub"))
            .with_some("scope", text("scope"))
            .with_some("token_exp", end(body).map(|at| at.as_secs().to_string()))
    }
}

/// When the token ends, where RFC 7662 says so.
fn end(body: &Value) -> Option<Timestamp> {
    body.get("exp").and_then(Value::as_u64).map(Timestamp::from_secs)
}

fn refused_for(said: Said) -> Reason {
    match said {
        Said::Unreadable(fault) => Reason::UnreadableAnswer(fault),
        Said::True | Said::Nothing | Said::Other => Reason::TokenInactive,
    }
}

/// What may stand in a context without being encoded.
fn is_short_plain(text: &str) -> bool {
    text.len() <= 256 && text.chars().all(|c| matches!(c, ' '..='~'))
}
