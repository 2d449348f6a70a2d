//! The steps "client" and "API key": who calls, and whether it may.

use shared::{
    authorizer::{Call, SharedTokenFacts},
    model::{ApiKey, ApiKeyLocation, Authorizer, Client, ServiceDefinition},
    protocol::Spkey,
};

use super::{super::report::Step, question, service::on_off, token::listed};

/// The client of the grant, where there is a grant.
pub(super) fn step(facts: &SharedTokenFacts) -> Option<Step> {
    let grant = facts.grant.as_ref()?;
    let step = Step::new("client").fact("client_id", &grant.client_id);
    let Some(client) = &facts.client else { return Some(step.fact("state", "gone: not in the store any more")) };
    let client = &client.value;
    let own = facts.shared.as_deref().map(|shared| allowed(client, shared));
    let called = match &facts.called.authorizer {
        Authorizer::SharedToken(policy) if facts.shared.is_some() && !policy.require_client_on_service => {
            format!(
                "{}; not asked for (require_client_on_service)",
                yes_no(client.services.contains(&facts.called.spkey))
            )
        }
        _ => yes_no(client.services.contains(&facts.called.spkey)).to_owned(),
    };
    Some(
        step.fact("state", on_off(client.enabled))
            .fact("application", format_args!("{}: {}", client.application, on_off(client.application_enabled)))
            .facts(own)
            .fact(format!("allowed on {}", facts.called.name), called),
    )
}

fn allowed(client: &Client, service: &ServiceDefinition) -> (String, String) {
    (format!("allowed on {}", service.name), yes_no(client.services.contains(&service.spkey)).to_owned())
}

/// The API key, where the service asks for one.
pub(super) fn api_key_step(call: &Call, called: &ServiceDefinition, key: Option<&ApiKey>) -> Option<Step> {
    let location = question::api_key(called)?;
    let (place, presented) = match location {
        ApiKeyLocation::Query(name) => (format!("query parameter {name}"), call.query(name).count()),
        ApiKeyLocation::Header(name) => (format!("header {name}"), call.header(name.as_str()).count()),
    };
    let presented = match presented {
        0 => "missing",
        1 => "sent",
        _ => "sent more than once",
    };
    let step = Step::new("API key").fact(place, presented);
    Some(match key {
        None => step.fact("found", "no"),
        Some(key) => step
            .fact("found", format_args!("{:?} of the application {}", key.name, key.application))
            .fact("state", on_off(key.enabled))
            .fact("application", on_off(key.application_enabled))
            .fact("opens services", opened(&key.services, &called.spkey)),
    })
}

fn opened(services: &[Spkey], called: &Spkey) -> String {
    let own = if services.contains(called) { "this one among them" } else { "not this one" };
    format!("{}: {own}", listed(services))
}

fn yes_no(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}
