//! RFC 6749 section 4.4: the client acts for itself.

use std::sync::Arc;

use super::{
    GrantFlow, Verdict, allow_client, allow_service,
    issue::issue,
    scope_of,
    target::{Breadth, resolve},
};
use crate::{
    client_auth::Caller,
    env::Env,
    model::ServiceDefinition,
    protocol::{ErrorCode, Form, GrantType, OAuthError, Scope},
    store::Reader,
};

/// A request for a token of the client's own.
#[derive(Debug)]
pub struct ClientCredentials {
    scope: Scope,
    resources: Vec<String>,
    breadth: Breadth,
}

impl GrantFlow for ClientCredentials {
    /// The client's services.
    type Facts = Vec<Arc<ServiceDefinition>>;

    fn parse(form: &mut Form) -> Result<Self, OAuthError> {
        let resources = form.get_all("resource").map(str::to_owned).collect();
        Ok(Self { scope: scope_of(form)?, resources, breadth: Breadth::One })
    }

    fn for_several_services(self) -> Self {
        Self { breadth: Breadth::Several(GrantType::ClientCredentials), ..self }
    }

    async fn load(&self, caller: &Caller, reader: &Reader) -> Result<Self::Facts, OAuthError> {
        Ok(reader.services(&caller.client().services).await?)
    }

    fn decide(&self, caller: &Caller, facts: &Self::Facts, env: &Env<'_>) -> Result<Verdict, OAuthError> {
        if matches!(caller, Caller::Public(_)) {
            return Err(ErrorCode::InvalidClient.because("this grant needs a client that authenticates"));
        }
        allow_client(caller, GrantType::ClientCredentials)?;
        let target = resolve(caller.client(), facts, (&self.resources, &self.scope), self.breadth)?;
        target.services().try_for_each(|service| allow_service(service, GrantType::ClientCredentials))?;
        issue(caller, GrantType::ClientCredentials, &target, env).map(Verdict::Issue)
    }
}
