//! The step "service": which one is called, and how it is guarded.

use shared::{
    authorizer::NamedBy,
    model::{Authorizer, ServiceDefinition, SharedToken},
};

use super::super::report::Step;

/// Which service is called; `shared` is the one that it takes tokens from.
pub(super) fn step(called: &ServiceDefinition, named_by: NamedBy, shared: Option<&ServiceDefinition>) -> Step {
    let named_by = match named_by {
        NamedBy::StageVariable => "the stage variable spkey",
        NamedBy::Alias => "the alias of the API's id",
        NamedBy::Setting => "the function's SPKEY",
    };
    let kept = match called.authorizer_ttl {
        0 => "not at all (authorizer_ttl 0)".to_owned(),
        ttl => format!("up to {ttl} seconds by API Gateway (authorizer_ttl)"),
    };
    Step::new("service")
        .fact("called", format_args!("{}, named by {named_by}", title(called)))
        .fact("state", on_off(called.enabled))
        .fact("authorizer", authorizer(called))
        .fact_if("tokens of", tokens_of(called, shared))
        .fact("verdicts kept", kept)
}

/// Name and spkey.
pub(super) fn title(service: &ServiceDefinition) -> String {
    format!("{} ({})", service.name, service.spkey)
}

/// A switch in words.
pub(super) fn on_off(is_on: bool) -> &'static str {
    if is_on { "on" } else { "switched off" }
}

fn authorizer(service: &ServiceDefinition) -> &'static str {
    match service.authorizer {
        Authorizer::SharedToken(_) => "shared-token: tokens that Tollgate issued",
        Authorizer::Introspection(_) => "introspection: tokens that another server issued",
        Authorizer::None => "none: the generated API asks no authorizer",
    }
}

fn tokens_of(called: &ServiceDefinition, shared: Option<&ServiceDefinition>) -> Option<String> {
    let Authorizer::SharedToken(policy) = &called.authorizer else { return None };
    Some(match (&policy.tokens, shared) {
        (SharedToken::OwnOnly, _) => format!("{} itself", called.name),
        (SharedToken::IssuedBy { spkey, .. }, None) => format!("{spkey}, by shared_token_spkey: no such service"),
        (SharedToken::IssuedBy { accept_own_tokens, .. }, Some(shared)) => {
            let own = if *accept_own_tokens { "its own count too" } else { "its own do not count" };
            format!("{}, {}, by shared_token_spkey; {own}", title(shared), on_off(shared.enabled))
        }
    })
}
