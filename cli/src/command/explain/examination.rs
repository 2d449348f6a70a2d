//! The real decision about an event, with the facts that it stands on.

use std::time::Instant;

use serde_json::Value;
use shared::{
    authorizer::{Call, IntrospectionAuthorizer, IntrospectionFacts, Outcome, SharedTokenAuthorizer, SharedTokenFacts},
    env::World,
    lambda::Event,
    model::{ApiKeyLocation, Authorizer, ServiceDefinition},
    protocol::{Secret, Spkey, Timestamp},
    store::{DataKeys, Reader},
};

use super::{
    super::{Failure, report::Step},
    call, client, headers, provider, question, scopes, service, token,
    veil::Veil,
};
use crate::aws::Target;

/// What the authorizers work with.
pub(super) struct Surroundings {
    pub(super) reader: Reader,
    pub(super) target: Target,
    pub(super) world: World,
    /// The function's own service.
    pub(super) spkey: Option<Spkey>,
    pub(super) data_keys: DataKeys,
}

/// A decision, and what it stands on.
pub(super) struct Examination {
    pub(super) call: Call,
    pub(super) outcome: Outcome,
    facts: Facts,
}

/// What is known, by the authorizer that decided.
enum Facts {
    /// Not even the service.
    None,
    SharedToken(Box<SharedTokenFacts>),
    Introspection(Box<IntrospectionFacts>),
}

impl Examination {
    /// Lets the authorizer of the service that an event is for decide. Which service that is, either authorizer finds.
    pub(super) async fn of(event: Value, with: Surroundings) -> Result<Self, Failure> {
        let event: Event = serde_json::from_value(event)
            .map_err(|error| Failure::new(format!("expected an authorizer's event: {error}")))?;
        let call = Call::try_from(event)?;
        let authorizer = SharedTokenAuthorizer { spkey: with.spkey.clone() };
        let (outcome, facts) = authorizer.examine(&call, &with.reader, &with.world.env()).await;
        match facts {
            Some(facts) if matches!(facts.called.authorizer, Authorizer::Introspection(_)) => {
                Ok(Self::by_introspection(call, with).await)
            }
            Some(facts) => Ok(Self { call, outcome, facts: Facts::SharedToken(Box::new(facts)) }),
            None => Ok(Self { call, outcome, facts: Facts::None }),
        }
    }

    async fn by_introspection(call: Call, with: Surroundings) -> Self {
        let authorizer = IntrospectionAuthorizer::new(with.spkey, with.data_keys);
        let started = Instant::now();
        let (outcome, facts) = authorizer.examine(&call, &with.reader, || started.elapsed()).await;
        Self { call, outcome, facts: Facts::Introspection(Box::new(facts)) }
    }

    /// The service that was called.
    pub(super) fn service(&self) -> Option<&ServiceDefinition> {
        match &self.facts {
            Facts::None => None,
            Facts::SharedToken(facts) => Some(&facts.called),
            Facts::Introspection(facts) => facts.called.as_ref().map(|(called, _)| &**called),
        }
    }

    /// Every credential that the call presents, wherever it stands.
    pub(super) fn credentials(&self) -> Vec<Secret> {
        let call = &self.call;
        let mut texts: Vec<String> = call.header("authorization").map(str::to_owned).collect();
        texts.extend(texts.clone().iter().filter_map(|value| Some(value.trim().split_once(' ')?.1.trim().to_owned())));
        texts.extend(call.query("access_token").map(str::to_owned));
        match self.service().and_then(question::api_key) {
            Some(ApiKeyLocation::Query(name)) => texts.extend(call.query(name).map(str::to_owned)),
            Some(ApiKeyLocation::Header(name)) => texts.extend(call.header(name.as_str()).map(str::to_owned)),
            None => {}
        }
        texts.into_iter().filter(|text| !text.is_empty()).map(Secret::new).collect()
    }

    /// What was found, up to the verdict.
    pub(super) fn steps(&self, veil: &Veil, now: Timestamp) -> Vec<Step> {
        let Self { call, outcome, .. } = self;
        let mut steps = vec![call::step(call, veil)];
        match &self.facts {
            Facts::None => {}
            Facts::SharedToken(facts) => {
                steps.push(service::step(&facts.called, facts.named_by, facts.shared.as_deref()));
                steps.push(token::step(call, facts, now));
                steps.extend(client::step(facts));
                steps.extend(scopes::step(call, facts, veil));
                steps.extend(headers::step(&facts.called, &outcome.decision, veil));
            }
            Facts::Introspection(facts) => {
                let Some((called, named_by)) = &facts.called else { return steps };
                steps.push(service::step(called, *named_by, None));
                steps.extend(client::api_key_step(call, called, facts.key.as_deref()));
                steps.extend(provider::step(call, called, facts, (&outcome.trace, veil)));
                steps.extend(headers::injected_step(called, outcome, veil));
            }
        }
        steps
    }
}
