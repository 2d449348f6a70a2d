//! Third-party tokens (Boomi/Mashery OAuth 2.0 Token Authentication Connector): API key, remote validation by region,
//! headers from the answer. The steps and their order are the connector's.

mod active;
mod answer;
mod api_key;
mod headers;
mod providers;
mod question;

use std::{sync::Arc, time::Duration};

pub use question::Question;

use providers::KeptProviders;
use question::ShownToken;

use super::{
    Authorization, Call, Decision, Outcome, ProviderFault, Reason, Refusal, Trace,
    location::{self, NamedBy},
    missing::Missing,
    refusal::ConnectorError,
    spoofing::{MISSPELLED, SPOOFED, evades_blocking, is_spoofed},
};
use crate::{
    model::{
        ApiKey, Authorizer, HeaderGroup, IntrospectionPolicy, IntrospectionRoute, OutageStatus, Route, Sealed,
        ServiceDefinition, Unsealable,
    },
    protocol::{BasicCredentials, Secret, Spkey, Timestamp},
    store::{DataKeys, Reader, service_key},
    upstream::{Answer, Upstream, UpstreamError},
};

/// What a decision stood on, as far as it went.
#[derive(Default)]
pub struct IntrospectionFacts {
    /// The service that was called, and what named it.
    pub called: Option<(Arc<ServiceDefinition>, NamedBy)>,
    /// The API key that the call presents.
    pub key: Option<Arc<ApiKey>>,
    /// What the provider was asked and answered.
    pub exchange: Option<ProviderExchange>,
}

/// One question for a provider and what came of it.
pub struct ProviderExchange {
    /// The question.
    pub question: Question,
    /// The answer, or why there is none.
    pub answer: Result<Answer, UpstreamError>,
    /// When it came.
    pub at: Timestamp,
}

/// The authorizer, its own settings and its connections, once per process.
pub struct IntrospectionAuthorizer {
    /// `SPKEY`: the service, where neither stage variable nor alias names one.
    spkey: Option<Spkey>,
    /// Open the credentials for providers.
    data_keys: DataKeys,
    /// The connections to providers.
    upstream: Upstream,
    providers: KeptProviders,
}

impl IntrospectionAuthorizer {
    /// The authorizer without connections. `spkey`: the service, where neither stage variable nor alias names one;
    /// `data_keys` open the credentials for providers.
    pub fn new(spkey: Option<Spkey>, data_keys: DataKeys) -> Self {
        Self { spkey, data_keys, upstream: Upstream::new(), providers: KeptProviders::default() }
    }

    /// Reads the facts, asks the provider and decides. A warm call costs one call to the provider.
    ///
    /// `elapsed` tells the time since some moment, to time the provider.
    pub async fn authorize(
        &self,
        call: &Call,
        reader: &Reader,
        elapsed: impl Fn() -> Duration + Send + Sync,
    ) -> Outcome {
        self.examine(call, reader, elapsed).await.0
    }

    /// Authorizes a call and also returns the facts that the decision stands on.
    pub async fn examine(
        &self,
        call: &Call,
        reader: &Reader,
        elapsed: impl Fn() -> Duration + Send + Sync,
    ) -> (Outcome, IntrospectionFacts) {
        let mut facts = IntrospectionFacts::default();
        let outcome = self.judge(call, reader, elapsed, &mut facts).await;
        (outcome, facts)
    }

    async fn judge(
        &self,
        call: &Call,
        reader: &Reader,
        elapsed: impl Fn() -> Duration + Send + Sync,
        facts: &mut IntrospectionFacts,
    ) -> Outcome {
        let (called, named_by) = match location::called(call, self.spkey.as_ref(), reader).await {
            Ok(found) => found,
            Err(missing) => return failed(Trace::default(), missing),
        };
        facts.called = Some((Arc::clone(&called), named_by));
        let Authorizer::Introspection(policy) = &called.authorizer else {
            return failed(
                trace(&called),
                Missing::configuration("the service is not guarded by the introspection authorizer"),
            );
        };
        let key = match api_key::load(call, policy, reader).await {
            Ok(key) => key,
            Err(error) => return failed(trace(&called), Missing::from(error)),
        };
        facts.key.clone_from(&key);
        let asked = Asked { call, called: &called, policy, key: key.as_deref() };
        let question = match self.question(&asked).await {
            Ok(question) => question,
            Err(outcome) => return *outcome,
        };
        let started = elapsed();
        let answer = self.upstream.call(question.outgoing(policy)).await;
        let trace = asked.trace_of(&question, elapsed().saturating_sub(started));
        let exchange = ProviderExchange { question, answer, at: reader.now() };
        let outcome = asked.conclude(&exchange, trace);
        facts.exchange = Some(exchange);
        outcome
    }

    /// The question, or the verdict about a call that needs none. Only of a call that nothing else is wrong with is a
    /// secret opened.
    async fn question(&self, asked: &Asked<'_>) -> Result<Question, Box<Outcome>> {
        let draft = asked.draft(self.providers.of(asked.called, asked.policy))?;
        let authorization = match &draft.token {
            ShownToken::Passed(header) => header.clone(),
            ShownToken::Posted { client_id, client_secret, .. } => {
                let secret = self.open(client_secret, asked.called).await;
                let secret = secret.map_err(|missing| Box::new(failed(asked.trace(), missing)))?;
                BasicCredentials::header(client_id, &secret)
            }
        };
        Ok(draft.question(authorization, asked.call.xray_trace_id.as_deref()))
    }

    /// A secret of the service; KMS is asked once per data key.
    async fn open(&self, sealed: &Sealed, called: &ServiceDefinition) -> Result<Secret, Missing> {
        let place = service_key(&called.spkey);
        let key = self.data_keys.of(sealed, &place).await?;
        key.open(sealed, &place).map_err(|error: Unsealable| Missing::configuration(error.to_string()))
    }
}

/// A call with the facts about it.
struct Asked<'a> {
    call: &'a Call,
    called: &'a Arc<ServiceDefinition>,
    policy: &'a IntrospectionPolicy,
    key: Option<&'a ApiKey>,
}

impl Asked<'_> {
    fn trace(&self) -> Trace {
        Trace { application: self.key.map(|key| key.application.to_string()), ..trace(self.called) }
    }

    /// What is known once the provider has been asked, which took so long.
    fn trace_of(&self, question: &Question, provider_time: Duration) -> Trace {
        let region = question.region.as_deref();
        let group = self.policy.group(region).map_or(HeaderGroup::DEFAULT, |group| &group.region);
        Trace {
            region: Some(region.unwrap_or(HeaderGroup::DEFAULT).to_owned()),
            header_group: Some(group.to_owned()),
            provider: Some(question.provider().to_owned()),
            provider_time: Some(provider_time),
            ..self.trace()
        }
    }

    fn refuse(&self, error: ConnectorError, reason: Reason) -> Outcome {
        Outcome::new(Decision::Deny(Refusal::connector(error, self.called)), self.trace(), reason)
    }

    /// Which of two regions counts would be a guess, and a cache could keep the answer for the other.
    fn repeats_region(&self) -> bool {
        let Route::Configured(IntrospectionRoute { region: Some(region), .. }) = &self.policy.route else {
            return false;
        };
        self.call.header(region.header.as_str()).count() > 1
    }

    /// What is wrong with the call before anybody is asked.
    fn malformed(&self) -> Option<Outcome> {
        let mapped = self.policy.unset_header_value.is_some();
        let spoofed = self.policy.headers().any(|header| is_spoofed(self.call, header, mapped));
        let text = if matches!(self.call.authorization(), Authorization::Repeated) {
            "Authorization is given more than once"
        } else if evades_blocking(self.call, self.called) {
            MISSPELLED
        } else if self.repeats_region() {
            "the region header is given more than once"
        } else if spoofed {
            SPOOFED
        } else {
            return None;
        };
        let refusal = Refusal::invalid_request(self.called, text);
        Some(Outcome::new(Decision::Deny(refusal), self.trace(), Reason::InvalidRequest(text)))
    }

    /// A provider that does not answer: never allow, and never an answer that a cache would keep.
    fn outage(&self, error: ConnectorError, trace: Trace, fault: ProviderFault) -> Outcome {
        let reason = Reason::ProviderFailure(fault);
        if self.called.authorizer_ttl > 0 || self.policy.outage_status == OutageStatus::Unavailable {
            return Outcome::new(Decision::Failed, trace, reason);
        }
        Outcome::new(Decision::Deny(Refusal::connector(error, self.called)), trace, reason)
    }
}

fn trace(called: &ServiceDefinition) -> Trace {
    Trace { spkey: Some(called.spkey.to_string()), ..Trace::default() }
}

fn failed(trace: Trace, reason: impl Into<Reason>) -> Outcome {
    Outcome::new(Decision::Failed, trace, reason.into())
}
