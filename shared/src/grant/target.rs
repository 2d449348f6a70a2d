//! Which service a token is for, and with which scope (RFC 8707, RFC 6749 section 3.3).

use std::sync::Arc;

use super::{issue::Target, not_given};
use crate::{
    client_auth::Caller,
    model::{Client, ScopeMatch, ServiceDefinition},
    protocol::{ErrorCode, GrantType, OAuthError, Scope, ScopeToken, ServiceName},
};

/// How many services one token may be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breadth {
    /// One: what the RFCs are about.
    One,
    /// All that its scopes belong to, of those that give tokens by this grant type, as older products have it.
    Several(GrantType),
}

/// Why a request is for nothing that a token could be for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unresolved {
    /// The service is unknown, foreign or in doubt.
    Target {
        /// In words.
        what: &'static str,
        /// The services that would fit.
        fitting: String,
    },
    /// Scopes cannot be given.
    Scope {
        /// What would let them pass.
        why: &'static str,
        /// Those that cannot.
        refused: Scope,
    },
    /// The client has no service that is switched on.
    NoService,
    /// What is asked for is a service's that gives no tokens by this grant type.
    NotGiven {
        /// The service.
        service: ServiceName,
        /// What it does without.
        grant_type: GrantType,
    },
}

impl Unresolved {
    /// The error for whoever asks for tokens: a client that has proven itself learns what would fit.
    pub(super) fn told_to(self, caller: &Caller) -> OAuthError {
        match caller {
            Caller::Authenticated(_) => self.into(),
            Caller::Public(_) => self.told_to_anybody(),
        }
    }

    /// The error for somebody who has not proven to be the client: what would fit is the log's alone, and so are words that
    /// whoever made the link has chosen.
    pub(super) fn told_to_anybody(self) -> OAuthError {
        match self {
            Self::Target { what, fitting } => {
                ErrorCode::InvalidTarget.because(what).logged_as(format!("{what}; {fitting}"))
            }
            Self::Scope { ref refused, .. } => {
                let text = if is_openid(refused) {
                    NO_OPENID
                } else {
                    "a requested scope is unknown or beyond what this client may ask for"
                };
                OAuthError { description: text.into(), ..self.into() }
            }
            Self::NoService | Self::NotGiven { .. } => self.into(),
        }
    }
}

/// The error for the client itself, which learns what would fit.
impl From<Unresolved> for OAuthError {
    fn from(unresolved: Unresolved) -> Self {
        match unresolved {
            Unresolved::Target { what, fitting } => ErrorCode::InvalidTarget.because(format!("{what}; {fitting}")),
            Unresolved::Scope { why, refused } => {
                let named = named(&refused);
                let hint = if is_openid(&refused) { format!("; {NO_OPENID}") } else { String::new() };
                let text = format!("the scope {named} is unknown or beyond what this client may ask for{hint}");
                ErrorCode::InvalidScope.because(text).logged_as(format!("the scope {named}: {why}{hint}"))
            }
            Unresolved::NoService => ErrorCode::NoService.because("this client has no service that is switched on"),
            Unresolved::NotGiven { service, grant_type } => not_given(&service, grant_type),
        }
    }
}

/// What a request is for: the service that `resource` names, else the one its scopes belong to, else the client's only
/// one. Where a token may be for several: all that its scopes belong to; without scopes, all of the client.
///
/// # Errors
/// [`Unresolved`].
pub(super) fn resolve(
    client: &Client,
    services: &[Arc<ServiceDefinition>],
    (resources, requested): (&[String], &Scope),
    breadth: Breadth,
) -> Result<Target, Unresolved> {
    let enabled: Vec<_> = services.iter().filter(|service| service.enabled).collect();
    if enabled.is_empty() {
        return Err(Unresolved::NoService);
    }
    let first = match (resources, breadth) {
        ([], Breadth::Several(grant_type)) => return several(client, &enabled, requested, grant_type),
        ([], Breadth::One) => by_scope(&enabled, requested)?,
        _ => by_resource(&enabled, resources)?,
    };
    let scope = grantable(client, first, requested)?;
    Ok(Target { first: Arc::clone(first), others: Vec::new(), scope })
}

/// Every service that a scope of the request belongs to, or without scopes every one of the client with its defaults, of
/// those that give tokens by this grant type.
fn several(
    client: &Client,
    services: &[&Arc<ServiceDefinition>],
    requested: &Scope,
    grant_type: GrantType,
) -> Result<Target, Unresolved> {
    let gives = |service: &&Arc<ServiceDefinition>| service.oauth.grant_types.contains(&grant_type);
    let (giving, silent): (Vec<_>, Vec<_>) = services.iter().copied().partition(gives);
    let declares_any = |service: &Arc<ServiceDefinition>, scope: &Scope| {
        scope.is_empty() || scope.iter().any(|word| may_ask(client, service, word))
    };
    let named: Vec<_> = giving.into_iter().filter(|service| declares_any(service, requested)).collect();
    let (known, refused): (Vec<_>, Vec<_>) =
        requested.iter().cloned().partition(|word| named.iter().any(|service| may_ask(client, service, word)));
    let refused: Scope = refused.into_iter().collect();
    let drops = named.iter().all(|service| service.oauth.scope_match == ScopeMatch::Any);
    match named.split_first() {
        Some((first, others)) if drops || refused.is_empty() => {
            let defaults = || named.iter().flat_map(|service| defaults(client, service)).collect();
            let scope = if requested.is_empty() { defaults() } else { known.into_iter().collect() };
            let others = others.iter().map(|other| Arc::clone(other)).collect();
            Ok(Target { first: Arc::clone(first), others, scope })
        }
        found => Err(match silent.iter().find(|service| declares_any(service, &refused)) {
            Some(service) => Unresolved::NotGiven { service: service.name.clone(), grant_type },
            None => Unresolved::Scope { why: if found.is_none() { NO_SCOPE } else { SCOPE_MATCH_ALL }, refused },
        }),
    }
}

/// The scopes that a service gives a client unasked.
fn defaults(client: &Client, service: &ServiceDefinition) -> impl Iterator<Item = ScopeToken> {
    let defaults = service.oauth.scopes.iter().filter(|scope| scope.default).map(|scope| &scope.name);
    defaults.filter(|scope| may_ask(client, service, scope)).cloned()
}

/// A code or a refresh token gives tokens for what was granted (RFC 8707 section 2.2), which a request may name.
///
/// # Errors
/// [`Unresolved::Target`] where it names something else, or less than the grant's services: its tokens are for all of them.
pub(super) fn confirm(granted: &Target, resources: &[String]) -> Result<(), Unresolved> {
    let services: Vec<_> = granted.services().collect();
    let is_granted = |resource: &String| services.iter().any(|service| service.is_resource(resource));
    let is_named = |service: &&Arc<ServiceDefinition>| resources.iter().any(|resource| service.is_resource(resource));
    if resources.is_empty() || (resources.iter().all(is_granted) && services.iter().all(is_named)) {
        return Ok(());
    }
    let why = if resources.iter().all(is_granted) {
        "the tokens are for several services: name all of them as resource, or none"
    } else {
        "the resource is not what was granted"
    };
    Err(target_error(why, &services))
}

/// Whether the client may ask for a scope of this service.
pub(super) fn may_ask(client: &Client, service: &ServiceDefinition, scope: &ScopeToken) -> bool {
    let listed = client.scope.as_ref().is_none_or(|allowed| allowed.contains(scope.as_str()));
    service.declares(scope.as_str()) && listed
}

fn by_resource<'a>(
    services: &[&'a Arc<ServiceDefinition>],
    resources: &[String],
) -> Result<&'a Arc<ServiceDefinition>, Unresolved> {
    let named = |resource: &String| services.iter().find(|service| service.is_resource(resource)).copied();
    let found: Option<Vec<_>> = resources.iter().map(named).collect();
    match found.as_deref() {
        Some([first, rest @ ..]) if rest.iter().all(|other| other.spkey == first.spkey) => Ok(first),
        Some(_) => Err(target_error("a token is for one resource, the request names several", services)),
        None => Err(target_error("the resource is none of this client's services", services)),
    }
}

fn by_scope<'a>(
    services: &[&'a Arc<ServiceDefinition>],
    requested: &Scope,
) -> Result<&'a Arc<ServiceDefinition>, Unresolved> {
    let known: Vec<&ScopeToken> =
        requested.iter().filter(|scope| services.iter().any(|service| service.declares(scope.as_str()))).collect();
    if known.is_empty() && !requested.is_empty() && services.len() > 1 {
        return Err(Unresolved::Scope { why: NO_SCOPE, refused: requested.clone() });
    }
    let fits = |service: &&&'a Arc<ServiceDefinition>| known.iter().all(|scope| service.declares(scope.as_str()));
    let fitting: Vec<_> = services.iter().filter(fits).copied().collect();
    match fitting.as_slice() {
        [only] => Ok(only),
        [] => Err(target_error("the scopes belong to several services, a token is for one", services)),
        several => Err(target_error("name the service the token is for with resource", several)),
    }
}

/// The scopes to give: those asked for, or the service's defaults that the client may have.
fn grantable(client: &Client, service: &ServiceDefinition, requested: &Scope) -> Result<Scope, Unresolved> {
    if requested.is_empty() {
        return Ok(defaults(client, service).collect());
    }
    let given: Scope = requested.iter().filter(|scope| may_ask(client, service, scope)).cloned().collect();
    let complete = given.iter().count() == requested.iter().count();
    match service.oauth.scope_match {
        ScopeMatch::Any if !given.is_empty() => Ok(given),
        ScopeMatch::All if complete => Ok(given),
        matched => {
            let drops = matched == ScopeMatch::All && !given.is_empty();
            let refused = requested.iter().filter(|scope| !may_ask(client, service, scope)).cloned().collect();
            Err(Unresolved::Scope { why: if drops { SCOPE_MATCH_ALL } else { NO_SCOPE }, refused })
        }
    }
}

/// Scopes as messages name them: a few, and none in full that is long.
fn named(scopes: &Scope) -> String {
    let shown = scopes.iter().take(SHOWN_SCOPES).map(|scope| scope.as_str().chars().take(SHOWN_CHARACTERS));
    let shown: Vec<String> = shown.map(Iterator::collect).collect();
    let more = scopes.iter().count() - shown.len();
    if more == 0 { shown.join(" ") } else { format!("{} and {more} more", shown.join(" ")) }
}

fn is_openid(scopes: &Scope) -> bool {
    scopes.contains("openid")
}

const NO_OPENID: &str = "OpenID Connect is not served: leave openid out of the scope";
const SHOWN_SCOPES: usize = 5;
const SHOWN_CHARACTERS: usize = 64;

const NO_SCOPE: &str =
    "no scope of the request is both declared by a service of this client and allowed by the client's scope";
const SCOPE_MATCH_ALL: &str = "a scope of the request is not declared by the service or not allowed by the client's scope; \
                               the service has scope_match: all, any would drop it";

fn target_error(what: &'static str, services: &[&Arc<ServiceDefinition>]) -> Unresolved {
    let names: Vec<String> =
        services.iter().map(|service| format!("{} ({})", service.audience(), service.name)).collect();
    let fitting = if names.is_empty() { "nothing fits".to_owned() } else { format!("these fit: {}", names.join(", ")) };
    Unresolved::Target { what, fitting }
}

#[cfg(test)]
mod tests;
