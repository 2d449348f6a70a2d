//! The steps of a request about a token: what the store knows of it, and what it is worth. Neither the token nor its digest
//! is shown.

use shared::{
    endpoint::{Standing, TokenExamination},
    model::Client,
    protocol::Timestamp,
};

use super::{
    super::report::Step,
    service::{on_off, title},
    token::{listed, of_grant, worded},
};

/// The token, and the client that it was given to.
pub(super) fn steps(examination: &TokenExamination, now: Timestamp) -> Vec<Step> {
    let TokenExamination { is_refresh_token, grant, client, services, standing } = examination;
    let step = Step::new("token").fact("kind", if *is_refresh_token { "refresh token" } else { "access token" });
    let Some(grant) = grant else {
        return vec![step.fact("grant", "none in the store: never issued here, or over for more than a day")];
    };
    let state = match standing {
        Ok(Standing { expires_at, .. }) => format!("active, ends in {} seconds", expires_at.since(now)),
        Err(unshown) => format!("not active: {unshown} ({})", unshown.code().as_str()),
    };
    let standing = standing.as_ref().ok();
    let step = of_grant(step, grant)
        .fact_if("scope", standing.map(|standing| worded(&standing.scope)))
        .fact_if("opens services", standing.map(|standing| listed(&standing.services)))
        .fact_if("ends", standing.map(|standing| standing.expires_at.rfc3339()))
        .fact("state", state);
    let client = client.as_ref().map(|client| &client.value);
    let services_step = services.iter().fold(Step::new("services of the token"), |step, service| {
        step.fact(title(service), format_args!("{}; {}", on_off(service.enabled), is_allowed(client, &service.spkey)))
    });
    let gone = grant.services.len() - services.len();
    let gone = (gone > 0).then(|| format!("{gone} that the grant lists and that are not there"));
    vec![step, owner_step(client), services_step.fact_if("missing", gone)]
}

/// The client that the token was given to.
fn owner_step(client: Option<&Client>) -> Step {
    let step = Step::new("client of the token");
    match client {
        None => step.fact("state", "gone: not in the store any more"),
        Some(client) => step
            .fact("client_id", &client.client_id)
            .fact("state", on_off(client.enabled))
            .fact("application", format_args!("{}: {}", client.application, on_off(client.application_enabled))),
    }
}

fn is_allowed(client: Option<&Client>, spkey: &shared::protocol::Spkey) -> &'static str {
    let is_allowed = client.is_some_and(|client| client.services.contains(spkey));
    if is_allowed { "its client may use it" } else { "its client may not use it" }
}
