//! RFC 6749 section 4.3: the client hands over the password of a resource owner. RFC 9700 section 2.4 forbids it, so
//! service and client have to name it both.

use std::sync::Arc;

use super::{
    Enlisting, Entering, Entry, GrantFlow, Issuance, OwnerFacts, Verdict, allow_client, allow_service, enter,
    issue::{Target, refuse_too_much},
    listing::{Sibling, replaced, siblings},
    owner_proof::{WrongPassword, prove_owner},
    scope_of,
    target::{Breadth, resolve},
    terms::{Terms, Tokens},
};
use crate::{
    client_auth::{Caller, Freshness, ProvenSecrets},
    env::Env,
    model::{Grant, ServiceDefinition, ThrottleKey},
    protocol::{ErrorCode, Form, GrantType, OAuthError, Scope, Secret, Subject},
    store::{Change, Reader},
};

/// A request for tokens that act for whoever has this password.
#[derive(Debug)]
pub struct Password {
    username: String,
    password: Secret,
    scope: Scope,
    resources: Vec<String>,
    breadth: Breadth,
    proven: Arc<ProvenSecrets>,
}

/// What such a request stands on.
#[derive(Debug)]
pub struct PasswordFacts {
    services: Vec<Arc<ServiceDefinition>>,
    owner: Result<Owner, WrongPassword>,
}

/// Whose password it is.
#[derive(Debug)]
struct Owner {
    username: Subject,
    facts: OwnerFacts,
    /// What the owner has let the client do before, where a service allows one token at a time.
    siblings: Vec<Sibling>,
}

impl GrantFlow for Password {
    type Facts = PasswordFacts;

    const CLIENT: Freshness = Freshness::Anew;

    fn parse(form: &mut Form) -> Result<Self, OAuthError> {
        let missing = |name: &str| ErrorCode::InvalidRequest.because(format!("{name} is missing"));
        Ok(Self {
            username: form.get("username").ok_or_else(|| missing("username"))?.to_owned(),
            password: form.take("password").ok_or_else(|| missing("password"))?,
            scope: scope_of(form)?,
            resources: form.get_all("resource").map(str::to_owned).collect(),
            breadth: Breadth::One,
            proven: Arc::default(),
        })
    }

    fn for_several_services(self) -> Self {
        Self { breadth: Breadth::Several(GrantType::Password), ..self }
    }

    fn remembering(self, proven: &Arc<ProvenSecrets>) -> Self {
        Self { proven: Arc::clone(proven), ..self }
    }

    async fn guesses(&self, caller: &Caller, source: &str, reader: &Reader) -> Result<Vec<ThrottleKey>, OAuthError> {
        allow_client(caller, GrantType::Password)?;
        self.target(caller, &reader.services(&caller.client().services).await?)?;
        Ok(match caller {
            Caller::Authenticated(_) => vec![ThrottleKey::of_password_by_client(&self.username, source)],
            Caller::Public(_) => ThrottleKey::of_password(&self.username, source).into(),
        })
    }

    async fn load(&self, caller: &Caller, reader: &Reader) -> Result<Self::Facts, OAuthError> {
        let client = caller.client();
        let services = reader.services(&client.services).await?;
        let facts = match Subject::parse(self.username.as_str()) {
            Ok(username) => Some(OwnerFacts::load(reader, client, &username).await?),
            Err(_) => None,
        };
        let user = facts.as_ref().and_then(|facts| facts.user.as_ref()).map(|stored| &stored.value);
        let owner = match prove_owner(user, &self.password, (&self.proven, &reader.env())) {
            Ok(user) => {
                let username = user.username.clone();
                // Read of some owners alone, so after the proof: else the reads would tell whose they are.
                let facts = facts.expect("a user that was proven was read").to_enter(reader).await?;
                let siblings = match &facts.authorization {
                    Some(authorization) => siblings(reader, authorization, &services).await?,
                    None => Vec::new(),
                };
                Ok(Owner { username, facts, siblings })
            }
            Err(wrong) => Err(wrong),
        };
        Ok(PasswordFacts { services, owner })
    }

    fn decide(&self, caller: &Caller, facts: &Self::Facts, env: &Env<'_>) -> Result<Verdict, OAuthError> {
        allow_client(caller, GrantType::Password)?;
        let target = self.target(caller, &facts.services)?;
        let owner = facts.owner.as_ref().map_err(|wrong| wrong.told_as(ErrorCode::InvalidGrant))?;
        let terms = Terms { id: env.random(), client: caller.client(), target };
        let mut grant = terms.granted_by(&owner.username, GrantType::Password, env);
        let in_place_of = terms.target.is_alone().then(|| replaced(&owner.siblings, &terms.target, None));
        let entering = Entering { until: terms.live_until(env), consents: [].into(), in_place_of };
        let enlisting = match enter(&mut grant, entering, (&owner.facts, env)) {
            Entry::Index(change) => return Ok(Verdict::First(*change)),
            Entry::List(enlisting) => enlisting,
        };
        Ok(Verdict::Issue(issued(&terms, grant, enlisting, env)))
    }
}

impl Password {
    /// What the tokens would be for, whoever the owner is.
    fn target(&self, caller: &Caller, services: &[Arc<ServiceDefinition>]) -> Result<Target, OAuthError> {
        let target = resolve(caller.client(), services, (&self.resources, &self.scope), self.breadth)
            .map_err(|unresolved| unresolved.told_to(caller))?;
        target.services().try_for_each(|service| allow_service(service, GrantType::Password))?;
        refuse_too_much(&target)?;
        Ok(target)
    }
}

/// The first tokens of a grant, once it is listed.
fn issued(terms: &Terms<'_>, mut grant: Grant, enlisting: Enlisting, env: &Env<'_>) -> Issuance {
    let refresh = terms.begin_refreshes(&mut grant, env);
    let tokens = Tokens { refresh, ..terms.add_access(&mut grant, None, env) };
    let changes = enlisting.around([Change::Issue { grant: grant.clone(), attempt: env.attempt() }]);
    terms.issuance(&grant, tokens, changes, env)
}
