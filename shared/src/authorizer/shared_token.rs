//! Tollgate's own tokens, shared between services (Boomi/Mashery OAuth2 Shared Token Connector).
//!
//! With `shared_token_spkey` the token is looked up under the service X that it names, and X's settings decide whether
//! it is valid; then the service Y that was called is back, and its settings decide scopes and headers.

use std::sync::Arc;

use super::{
    Allow, Authorization, Call, Context, Decision, Opening, Outcome, Refusal, Trace,
    context::{MAX_HEADER_BYTES, TOO_LARGE},
    location::{Unlocated, locate},
    scopes::opening,
    spoofing::{MISSPELLED, SPOOFED, evades_blocking, is_spoofed},
};
use crate::{
    env::Env,
    model::{
        AccessToken, Authorizer, Client, ForwardedHeader, Grant, ServiceDefinition, SharedToken, SharedTokenPolicy,
        Standing, TokenKey,
        expression::{HeaderEncoding, header_value},
    },
    protocol::{Secret, Spkey},
    store::{Reader, StoreError, Stored},
};

/// The authorizer and its own setting, once per process.
#[derive(Debug, Default)]
pub struct SharedTokenAuthorizer {
    /// `SPKEY`: the service, where neither stage variable nor alias names one.
    pub spkey: Option<Spkey>,
}

/// What a decision stands on.
#[derive(Debug)]
struct Facts {
    /// The service that was called.
    called: Arc<ServiceDefinition>,
    /// The service that `shared_token_spkey` names.
    shared: Option<Arc<ServiceDefinition>>,
    /// The grant that the token belongs to.
    grant: Option<Grant>,
    /// The client of that grant.
    client: Option<Arc<Stored<Client>>>,
}

/// What a decision needs and does not have: 5xx, never allow.
enum Missing {
    Store(StoreError),
    Configuration(String),
}

impl From<StoreError> for Missing {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. } => Self::Store(error),
            StoreError::Malformed { .. } => Self::Configuration(error.to_string()),
        }
    }
}

impl From<Unlocated> for Missing {
    fn from(reason: Unlocated) -> Self {
        match reason {
            Unlocated::Store(error) => error.into(),
            Unlocated::Unset(text) => Self::Configuration(text),
        }
    }
}

impl SharedTokenAuthorizer {
    /// Reads the facts and decides. A warm call costs one DynamoDB request: the grant.
    pub async fn authorize(&self, call: &Call, reader: &Reader, env: &Env<'_>) -> Outcome {
        match self.load(call, reader).await {
            Ok(facts) => decide(call, &facts, env),
            Err(Missing::Store(error)) => failed(Trace::default(), format!("store_failure: {error}")),
            Err(Missing::Configuration(text)) => failed(Trace::default(), format!("config_failure: {text}")),
        }
    }

    /// What `SPKEY` needs, read before the first event so that the connection is open and the definitions fresh.
    pub async fn preload(&self, reader: &Reader) {
        let Some(spkey) = &self.spkey else { return };
        if let Ok(Some(called)) = reader.service(spkey).await
            && let Some(shared) = shared_spkey(&called)
        {
            drop(reader.service(shared).await);
        }
    }

    /// Two chains side by side: which service, and what it shares; which grant, and its client.
    async fn load(&self, call: &Call, reader: &Reader) -> Result<Facts, Missing> {
        let (services, grant) = tokio::join!(self.services_of(call, reader), grant_of(call, reader));
        let ((called, shared), (grant, client)) = (services?, grant?);
        Ok(Facts { called, shared, grant, client })
    }

    async fn services_of(&self, call: &Call, reader: &Reader) -> Result<Services, Missing> {
        let spkey = locate(call, self.spkey.as_ref(), reader).await?;
        let called = reader.service(&spkey).await?;
        let called = called.ok_or_else(|| Missing::Configuration(format!("there is no service {spkey}")))?;
        let shared = match shared_spkey(&called) {
            Some(spkey) => reader.service(spkey).await?,
            None => None,
        };
        Ok((called, shared))
    }
}

/// The service called, and the one that it shares tokens from.
type Services = (Arc<ServiceDefinition>, Option<Arc<ServiceDefinition>>);

/// A grant and its client, as far as there are any.
type GrantAndClient = (Option<Grant>, Option<Arc<Stored<Client>>>);

async fn grant_of(call: &Call, reader: &Reader) -> Result<GrantAndClient, StoreError> {
    let Some(token) = bearer(call) else { return Ok((None, None)) };
    let Some(grant) = reader.grant(&TokenKey::of(&token)).await? else { return Ok((None, None)) };
    let client = reader.client(&grant.client_id).await?;
    Ok((Some(grant), client))
}

fn bearer(call: &Call) -> Option<Secret> {
    let Authorization::One(header, _) = call.authorization() else { return None };
    header.bearer().map(|token| Secret::new(token.expose().to_owned()))
}

fn shared_spkey(service: &ServiceDefinition) -> Option<&Spkey> {
    let Authorizer::SharedToken(policy) = &service.authorizer else { return None };
    match &policy.tokens {
        SharedToken::OwnOnly => None,
        SharedToken::IssuedBy { spkey, .. } => Some(spkey),
    }
}

/// A token that is valid, and the service that it is valid under.
struct Valid<'a> {
    grant: &'a Grant,
    token: &'a AccessToken,
    issued_for: &'a Spkey,
}

fn decide(call: &Call, facts: &Facts, env: &Env<'_>) -> Outcome {
    let called = &facts.called;
    let mut trace = Trace { spkey: Some(called.spkey.to_string()), ..Trace::default() };
    let Authorizer::SharedToken(policy) = &called.authorizer else {
        return failed(trace, "config_failure: the service is not guarded by the shared-token authorizer".into());
    };
    if let Some(refusal) = malformed(call, called, policy) {
        let reason = refusal.description;
        return Outcome::new(Decision::Deny(refusal), trace, reason);
    }
    let issuers = match issuers(facts, policy) {
        Ok(issuers) => issuers,
        Err(text) => return failed(trace, text),
    };
    name_grant(&mut trace, facts);
    let valid = match valid(call, facts, &issuers, env) {
        Ok(valid) => valid,
        Err(reason) => return Outcome::new(Decision::Unauthenticated, trace, reason),
    };
    trace.token_spkey = Some(valid.issued_for.to_string());
    if policy.require_client_on_service && !allows(facts, &called.spkey) {
        return Outcome::new(Decision::Unauthenticated, trace, "the client is not allowed on the service called");
    }
    admit(call, called, policy, &valid, trace)
}

/// What could be read in two ways is refused before anybody asks for whom.
fn malformed(call: &Call, called: &ServiceDefinition, policy: &SharedTokenPolicy) -> Option<Refusal> {
    let refuse = |text| Some(Refusal::invalid_request(called, text));
    if matches!(call.authorization(), Authorization::Repeated) {
        return refuse("Authorization is given more than once");
    }
    if evades_blocking(call, called) {
        return refuse(MISSPELLED);
    }
    if policy.forwarded_headers.iter().any(|forwarded| is_spoofed(call, &policy.header(*forwarded), true)) {
        return refuse(SPOOFED);
    }
    None
}

/// The services whose tokens count: X alone, Y's own too where it says so, or Y alone.
fn issuers<'a>(facts: &'a Facts, policy: &SharedTokenPolicy) -> Result<Vec<&'a ServiceDefinition>, String> {
    let SharedToken::IssuedBy { spkey, accept_own_tokens } = &policy.tokens else { return Ok(vec![&facts.called]) };
    let Some(shared) = &facts.shared else {
        return Err(format!("config_failure: shared_token_spkey names {spkey}, and there is no such service"));
    };
    if matches!(shared.authorizer, Authorizer::Introspection(_)) {
        return Err(format!("config_failure: shared_token_spkey names {spkey}, whose tokens another server issues"));
    }
    let own = accept_own_tokens.then_some(&*facts.called);
    Ok(std::iter::once(&**shared).chain(own).collect())
}

fn valid<'a>(
    call: &Call,
    facts: &'a Facts,
    issuers: &[&'a ServiceDefinition],
    env: &Env<'_>,
) -> Result<Valid<'a>, String> {
    if call.query("access_token").next().is_some() {
        return Err("a token in the URL is refused".into());
    }
    let presented = bearer(call).ok_or("no bearer token")?;
    let grant = facts.grant.as_ref().ok_or("unknown token")?;
    let token = match grant.standing(&presented.digest(), env.now) {
        Standing::Active(token) => token,
        Standing::Expired(moment) => return Err(format!("the token expired at {moment}")),
        Standing::Revoked(moment) => return Err(format!("the token was revoked at {moment}")),
        Standing::Unknown => return Err("unknown token".into()),
    };
    let issuer = issuers.iter().find(|service| grant.services.contains(&service.spkey));
    let issuer = issuer.ok_or_else(|| format!("the token is for {}", listed(&grant.services)))?;
    if let Some(service) = [issuer, &&*facts.called].into_iter().find(|service| !service.enabled) {
        return Err(format!("the service {} is switched off", service.spkey));
    }
    let client = facts.client.as_ref().ok_or("the client of the token is gone")?;
    if !client.value.is_enabled() {
        return Err("the client or its application is switched off".into());
    }
    if !allows(facts, &issuer.spkey) {
        return Err(format!("the client is no longer allowed on {}", issuer.spkey));
    }
    Ok(Valid { grant, token, issued_for: &issuer.spkey })
}

fn allows(facts: &Facts, spkey: &Spkey) -> bool {
    facts.client.as_ref().is_some_and(|client| client.value.services.contains(spkey))
}

fn admit(
    call: &Call,
    called: &ServiceDefinition,
    policy: &SharedTokenPolicy,
    valid: &Valid<'_>,
    trace: Trace,
) -> Outcome {
    let (opening, refusal) = match opening(called, &valid.token.scope, &call.target) {
        Ok(opening) => opening,
        Err(refusal) => {
            let reason = refusal.description;
            return Outcome::new(Decision::Deny(refusal), trace, reason);
        }
    };
    let reason = match (&opening, &refusal) {
        (Opening::Api { permits_this_call: false, .. }, Some(refusal)) => refusal.description,
        _ => "valid token",
    };
    let Some(mut context) = with_forwarded_headers(context(called, valid), call, policy, valid) else {
        let refusal = Refusal::invalid_request(called, TOO_LARGE);
        return Outcome::new(Decision::Deny(refusal), trace, TOO_LARGE);
    };
    if let Some(refusal) = &refusal {
        context = context.with_refusal(refusal);
    }
    let usage_key = called.usage_plan.then(|| valid.grant.client_id.to_string());
    let principal = valid.grant.subject.to_string();
    Outcome::new(Decision::Allow(Allow { principal, context, opening, usage_key }), trace, reason)
}

fn context(called: &ServiceDefinition, valid: &Valid<'_>) -> Context {
    Context::default()
        .with("spkey", called.spkey.as_str())
        .with("token_spkey", valid.issued_for.as_str())
        .with("client_id", valid.grant.client_id.as_str())
        .with("application", valid.grant.application.as_str())
        .with("sub", valid.grant.subject.as_str())
        .with("scope", valid.token.scope.to_string())
        .with("token_exp", valid.token.expires_at.to_string())
}

/// `None` when the values are too long for headers.
fn with_forwarded_headers(
    mut context: Context,
    call: &Call,
    policy: &SharedTokenPolicy,
    valid: &Valid<'_>,
) -> Option<Context> {
    let mut total = 0;
    for forwarded in &policy.forwarded_headers {
        let value = forwarded_value(*forwarded, call, valid);
        total += value.len();
        context = context.with_header(&policy.header(*forwarded), value);
    }
    (total <= MAX_HEADER_BYTES).then_some(context)
}

/// The value of a forwarded header, a name outside ASCII percent-encoded. It is never empty, since API Gateway's mapping of an empty value may let the
/// client's own copy pass.
fn forwarded_value(forwarded: ForwardedHeader, call: &Call, valid: &Valid<'_>) -> String {
    let value = match forwarded {
        ForwardedHeader::AccessToken => bearer(call).map(|token| token.expose().to_owned()).unwrap_or_default(),
        ForwardedHeader::ClientId => valid.grant.client_id.to_string(),
        ForwardedHeader::Scope => valid.token.scope.to_string(),
        ForwardedHeader::UserContext => valid.grant.subject.to_string(),
    };
    let safe = header_value(&value, HeaderEncoding::Percent).unwrap_or_default();
    if safe.is_empty() { "-".into() } else { safe }
}

fn name_grant(trace: &mut Trace, facts: &Facts) {
    if let Some(grant) = &facts.grant {
        trace.client_id = Some(grant.client_id.to_string());
        trace.application = Some(grant.application.to_string());
        trace.sub = Some(grant.subject.to_string());
    }
}

fn listed(services: &[Spkey]) -> String {
    let names: Vec<&str> = services.iter().map(Spkey::as_str).collect();
    names.join(", ")
}

fn failed(trace: Trace, reason: String) -> Outcome {
    Outcome::new(Decision::Failed, trace, reason)
}
