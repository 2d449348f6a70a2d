//! May this call go on? Facts are read, then a plain function decides; nothing here writes or knows API Gateway's
//! policies.

mod call;
mod context;
mod introspection;
mod location;
mod missing;
mod outcome;
mod reason;
mod refusal;
mod scopes;
mod shared_token;
mod spoofing;

pub use call::{Authorization, Call, MethodArn, Shape};
pub use context::Context;
pub use introspection::{IntrospectionAuthorizer, IntrospectionFacts, ProviderExchange, Question};
pub use location::NamedBy;
pub use outcome::{HeaderOutcome, Outcome, Trace};
pub use reason::{AnswerFault, ProviderFault, Reason};
pub use refusal::Refusal;
pub use scopes::Opening;
#[cfg(test)]
pub(crate) use scopes::opening;
pub use shared_token::{SharedTokenAuthorizer, SharedTokenFacts};

use crate::{
    model::{MAX_FACTS_ALONE, MAX_FACTS_BESIDE_RULES},
    protocol::Secret,
};

/// The verdict about a call.
#[derive(Debug)]
pub enum Decision {
    /// It may go on, within the opening.
    Allow(Allow),
    /// It may not; the caller learns why.
    Deny(Refusal),
    /// Nobody proved anything: 401 with a challenge that names no error.
    Unauthenticated,
    /// The question cannot be answered: 5xx, never allow.
    Failed,
}

/// A call that may go on.
#[derive(Debug)]
pub struct Allow {
    /// On whose behalf.
    pub principal: String,
    /// What the backend may learn.
    pub context: Context,
    /// How far the verdict reaches.
    pub opening: Opening,
    /// Whose usage is counted, where the service has usage plans.
    pub usage_key: Option<Secret>,
}

impl Allow {
    /// Whether it opens the call at hand, and not just others of the API.
    pub fn opens_this_call(&self) -> bool {
        !matches!(self.opening, Opening::Api { permits_this_call: false, .. })
    }

    /// Whether API Gateway's 8 KB can carry it beside its policy.
    fn fits(&self) -> bool {
        let facts = (&self.principal, &self.context, self.usage_key.as_ref().map(Secret::expose));
        let bytes = serde_json::to_vec(&facts).expect("texts serialize").len();
        let has_rules = matches!(self.opening, Opening::Api { has_rules: true, .. });
        bytes <= if has_rules { MAX_FACTS_BESIDE_RULES } else { MAX_FACTS_ALONE }
    }
}
