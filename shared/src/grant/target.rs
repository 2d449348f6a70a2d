//! Which service a token is for, and with which scope (RFC 8707, RFC 6749 section 3.3).

use std::sync::Arc;

use super::issue::Target;
use crate::{
    model::{Client, ScopeMatch, ServiceDefinition},
    protocol::{ErrorCode, GrantType, OAuthError, Scope, ScopeToken},
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
}

impl Unresolved {
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
            Self::NoService => self.into(),
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
        ([], Breadth::Several(grant_type)) => {
            let gives = |service: &&Arc<ServiceDefinition>| service.oauth.grant_types.contains(&grant_type);
            return several(client, &enabled.into_iter().filter(gives).collect::<Vec<_>>(), requested);
        }
        ([], Breadth::One) => by_scope(&enabled, requested)?,
        _ => by_resource(&enabled, resources)?,
    };
    let scope = grantable(client, first, requested)?;
    Ok(Target { first: Arc::clone(first), others: Vec::new(), scope })
}

/// Every service that a scope of the request belongs to, or without scopes every one of the client with its defaults.
fn several(client: &Client, services: &[&Arc<ServiceDefinition>], requested: &Scope) -> Result<Target, Unresolved> {
    let asked = |service: &ServiceDefinition| requested.iter().any(|scope| may_ask(client, service, scope));
    let named: Vec<_> = services.iter().filter(|service| requested.is_empty() || asked(service)).copied().collect();
    let is_known = |scope: &&ScopeToken| named.iter().any(|service| may_ask(client, service, scope));
    let any = named.iter().all(|service| service.oauth.scope_match == ScopeMatch::Any);
    if !any && !requested.iter().all(|scope| is_known(&scope)) {
        let why = if named.is_empty() { NO_SCOPE } else { SCOPE_MATCH_ALL };
        let refused = requested.iter().filter(|scope| !is_known(scope)).cloned().collect();
        return Err(Unresolved::Scope { why, refused });
    }
    let defaults = || named.iter().flat_map(|service| defaults(client, service));
    let scope =
        if requested.is_empty() { defaults().collect() } else { requested.iter().filter(is_known).cloned().collect() };
    match named.split_first() {
        Some((first, others)) => Ok(Target {
            first: Arc::clone(first),
            others: others.iter().map(|other| Arc::clone(other)).collect(),
            scope,
        }),
        None if requested.is_empty() => {
            Err(target_error("no service of this client gives tokens by this grant type", services))
        }
        None => Err(Unresolved::Scope { why: NO_SCOPE, refused: requested.clone() }),
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
    Err(target_error("the resource is not what was granted", &services))
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
mod tests {
    use super::*;
    use crate::model::{
        AbsoluteUri,
        samples::{client, with_scopes},
    };

    fn services() -> Vec<Arc<ServiceDefinition>> {
        let orders = with_scopes("spkey-o", "orders", &["+read", "write", "admin"]);
        let invoices = with_scopes("spkey-i", "invoices", &["read", "+pay"]);
        vec![Arc::new(orders), Arc::new(invoices)]
    }

    /// Service and scope, or the error's name and description.
    fn resolved(
        scope: &str,
        resources: &[&str],
        allowed: Option<&str>,
    ) -> Result<(String, String), (ErrorCode, String)> {
        let client = client(&["spkey-o", "spkey-i"], allowed);
        let resources: Vec<String> = resources.iter().map(ToString::to_string).collect();
        resolve(&client, &services(), (&resources, &Scope::parse(scope).unwrap()), Breadth::One)
            .map(|target| (target.first.name.to_string(), target.scope.to_string()))
            .map_err(OAuthError::from)
            .map_err(|error| (error.code, error.description.into_owned()))
    }

    fn fits(service: &str, scope: &str) -> Result<(String, String), (ErrorCode, String)> {
        Ok((service.into(), scope.into()))
    }

    #[test]
    fn m11_the_resource_names_the_service() {
        assert_eq!(resolved("", &["urn:tollgate:service:spkey-i"], None), fits("invoices", "pay"));
        assert_eq!(resolved("read", &["urn:tollgate:service:spkey-i"], None), fits("invoices", "read"));
    }

    #[test]
    fn m11_an_unknown_resource_and_two_resources_are_invalid_targets_that_list_what_fits() {
        for resources in [&["https://nowhere"][..], &["urn:tollgate:service:spkey-i", "urn:tollgate:service:spkey-o"]] {
            let (code, text) = resolved("", resources, None).unwrap_err();
            assert_eq!(code, ErrorCode::InvalidTarget);
            assert!(text.contains("urn:tollgate:service:spkey-o (orders)"), "{text}");
        }
    }

    #[test]
    fn who_has_not_proven_to_be_the_client_does_not_learn_its_services() {
        let client = client(&["spkey-o", "spkey-i"], None);
        for (resource, scope) in [(Some("https://nowhere"), ""), (None, "read")] {
            let resources: Vec<String> = resource.into_iter().map(str::to_owned).collect();
            let unresolved =
                resolve(&client, &services(), (&resources, &Scope::parse(scope).unwrap()), Breadth::One).unwrap_err();
            let error = unresolved.told_to_anybody();
            assert_eq!(error.code, ErrorCode::InvalidTarget);
            assert!(!error.description.contains("orders") && !error.description.contains("spkey"), "{error:?}");
            assert!(error.reason.unwrap().contains("urn:tollgate:service:spkey-o (orders)"));
        }
    }

    #[test]
    fn without_a_resource_the_scopes_tell_the_service() {
        assert_eq!(resolved("write", &[], None), fits("orders", "write"));
        assert_eq!(resolved("pay read", &[], None), fits("invoices", "pay read"));
        assert_eq!(resolved("invoices", &[], None), fits("invoices", "invoices"));
    }

    #[test]
    fn a_doubt_and_scopes_of_two_services_are_invalid_targets() {
        for scope in ["", "read", "write pay"] {
            assert_eq!(resolved(scope, &[], None).unwrap_err().0, ErrorCode::InvalidTarget, "{scope}");
        }
    }

    #[test]
    fn t13_a_scope_beyond_the_clients_own_is_refused() {
        assert_eq!(resolved("write", &[], Some("read write")), fits("orders", "write"));
        for scope in ["admin", "orders", "nothing", "write nothing"] {
            assert_eq!(resolved(scope, &[], Some("read write")).unwrap_err().0, ErrorCode::InvalidScope, "{scope}");
        }
    }

    #[test]
    fn t13_any_drops_what_is_unregistered_unless_nothing_is_left() {
        let mut orders = with_scopes("spkey-o", "orders", &["read"]);
        orders.oauth.scope_match = ScopeMatch::Any;
        let any = |scope: &str| {
            let scope = Scope::parse(scope).unwrap();
            resolve(&client(&["spkey-o"], None), &[Arc::new(orders.clone())], (&[], &scope), Breadth::One)
                .map(|t| t.scope.to_string())
        };
        assert_eq!(any("read nothing").unwrap(), "read");
        let refused = Scope::parse("nothing").unwrap();
        assert_eq!(any("nothing").unwrap_err(), Unresolved::Scope { why: NO_SCOPE, refused });
    }

    #[test]
    fn defaults_are_given_as_far_as_the_client_may_have_them() {
        let only = [Arc::new(with_scopes("spkey-o", "orders", &["+read", "+write", "admin"]))];
        let given = |allowed| {
            let client = client(&["spkey-o"], allowed);
            resolve(&client, &only, (&[], &Scope::default()), Breadth::One).unwrap().scope.to_string()
        };
        assert_eq!(given(None), "read write");
        assert_eq!(given(Some("write admin")), "write");
        assert_eq!(given(Some("admin")), "");
    }

    #[test]
    fn a_service_that_is_switched_off_gets_no_tokens() {
        let off = ServiceDefinition { enabled: false, ..with_scopes("spkey-o", "orders", &[]) };
        for breadth in [Breadth::One, Breadth::Several(GrantType::ClientCredentials)] {
            let client = client(&["spkey-o"], None);
            let error = resolve(&client, &[Arc::new(off.clone())], (&[], &Scope::default()), breadth).unwrap_err();
            assert_eq!(OAuthError::from(error).code, ErrorCode::NoService);
        }
    }

    #[test]
    fn what_fits_is_named_as_the_operator_names_it() {
        let resource = Some(AbsoluteUri::parse("https://api.example/orders").unwrap());
        let orders = ServiceDefinition { resource, ..with_scopes("spkey-o", "orders", &[]) };
        let elsewhere = ["https://nowhere".to_owned()];
        let error =
            resolve(&client(&["spkey-o"], None), &[Arc::new(orders)], (&elsewhere, &Scope::default()), Breadth::One);
        let text = OAuthError::from(error.unwrap_err()).description;
        assert!(text.ends_with("these fit: https://api.example/orders (orders)"), "{text}");
    }

    #[test]
    fn the_log_and_the_client_learn_which_scope_is_refused_and_whoever_made_a_link_writes_nothing() {
        let refused = |scope: &str| {
            let scope = Scope::parse(scope).unwrap();
            resolve(&client(&["spkey-o", "spkey-i"], None), &services(), (&[], &scope), Breadth::One).unwrap_err()
        };
        let (told, anybody) = (OAuthError::from(refused("write nothing")), refused("write nothing").told_to_anybody());
        assert_eq!(told.description, "the scope nothing is unknown or beyond what this client may ask for");
        assert!(!anybody.description.contains("nothing"), "{anybody:?}");
        for error in [told, anybody] {
            assert!(error.reason.unwrap().starts_with("the scope nothing: a scope of the request is not declared"));
        }
        let many: String = (0..9).map(|at| format!(" {at}{}", "x".repeat(100))).collect();
        let many = OAuthError::from(refused(many.trim())).description;
        assert!(many.contains(" and 4 more is unknown") && many.len() < 500, "{many}");
        for openid in [OAuthError::from(refused("write openid")), refused("write openid").told_to_anybody()] {
            assert!(openid.description.contains(NO_OPENID) && openid.reason.unwrap().contains(NO_OPENID));
        }
    }

    #[test]
    fn an_older_products_token_is_for_every_service_that_its_scopes_belong_to() {
        let several = |scope: &str, allowed| {
            let client = client(&["spkey-o", "spkey-i"], allowed);
            resolve(
                &client,
                &services(),
                (&[], &Scope::parse(scope).unwrap()),
                Breadth::Several(GrantType::ClientCredentials),
            )
            .map(|target| {
                let names: Vec<_> = target.services().map(|service| service.name.to_string()).collect();
                (names.join(" "), target.scope.to_string())
            })
            .map_err(|error| OAuthError::from(error).code)
        };
        let gives = |services: &str, scope: &str| Ok((services.to_owned(), scope.to_owned()));
        assert_eq!(several("write pay", None), gives("orders invoices", "write pay"));
        assert_eq!(several("read", None), gives("orders invoices", "read"));
        assert_eq!(several("write", None), gives("orders", "write"));
        assert_eq!(several("", None), gives("orders invoices", "read pay"));
        assert_eq!(several("", Some("pay")), gives("orders invoices", "pay"));
        assert_eq!(several("write nothing", None), Err(ErrorCode::InvalidScope));
        assert_eq!(several("write", Some("pay")), Err(ErrorCode::InvalidScope));
    }
}
