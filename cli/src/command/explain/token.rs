//! The step "token": what the store knows of it. Neither the token nor its digest is shown.

use shared::{
    authorizer::{Authorization, Call, SharedTokenFacts},
    model::{AccessToken, Grant, TokenFault, TokenKey},
    protocol::{Digest, Scope, Secret, Spkey, Timestamp},
};

use super::super::report::Step;

/// Kind, origin and standing of the token.
pub(super) fn step(call: &Call, facts: &SharedTokenFacts, now: Timestamp) -> Step {
    let step = Step::new("token");
    let Some(token) = bearer(call) else { return step.fact("kind", "none to look at") };
    let step = step.fact("kind", kind(&token));
    match &facts.grant {
        Some(grant) => about(step, grant, &token.digest(), now),
        None => step.fact("grant", "none in the store: never issued here, or over for more than a day"),
    }
}

/// The token of a grant that a call presents.
pub(super) fn presented<'g>(call: &Call, grant: &'g Grant) -> Option<&'g AccessToken> {
    grant.token(&bearer(call)?.digest())
}

fn bearer(call: &Call) -> Option<Secret> {
    let Authorization::One(header, _) = call.authorization() else { return None };
    header.bearer().map(|token| Secret::new(token.expose().to_owned()))
}

fn kind(token: &Secret) -> String {
    let text = token.expose();
    let length = text.len();
    match TokenKey::of(token) {
        TokenKey::Grant(_) => "opaque access token (tga_…): it leads to its grant".into(),
        TokenKey::Digest(_) if text.starts_with("tga_") => {
            format!("begins like an access token (tga_…), but is none: {length} characters, not 68")
        }
        TokenKey::Digest(_) => match OTHER_KINDS.iter().find(|(prefix, _)| text.starts_with(prefix)) {
            Some((prefix, what)) => format!("{what} ({prefix}…), which opens no API"),
            None => format!("{length} characters without a prefix, looked up by digest"),
        },
    }
}

fn about(step: Step, grant: &Grant, presented: &Digest, now: Timestamp) -> Step {
    let token = grant.token(presented);
    let scope = token.map(|token| grant.scope_of(token));
    let state = match grant.live_token(presented, now) {
        Ok(token) => format!("valid, ends in {} seconds", token.expires_at.since(now)),
        Err(TokenFault::Expired { at }) => format!("expired {} seconds ago", now.since(at)),
        Err(TokenFault::Revoked { at }) => format!("revoked at {}, with all tokens of its grant", at.rfc3339()),
        Err(_) => "not one of the grant's tokens: replaced by a newer one, or guessed".into(),
    };
    of_grant(step, grant)
        .fact_if("scope", scope.map(worded))
        .fact_if("ends", token.map(|token| token.expires_at.rfc3339()))
        .fact("state", state)
}

/// Where a token comes from.
pub(super) fn of_grant(step: Step, grant: &Grant) -> Step {
    step.fact("grant", format_args!("{}…, {} tokens", shortened(grant.id.as_str()), grant.access_tokens.len()))
        .fact("issued", format_args!("{} by {}", grant.issued_at.rfc3339(), grant.grant_type))
        .fact("client", format_args!("{} of the application {}", grant.client_id, grant.application))
        .fact("on behalf of", &grant.subject)
        .fact("for services", listed(&grant.services))
}

/// A scope in one line.
pub(super) fn worded(scope: &Scope) -> String {
    if scope.is_empty() { "none".into() } else { scope.to_string() }
}

/// Enough of an id to find it, and of no use to guess by.
fn shortened(id: &str) -> String {
    id.chars().take(6).collect()
}

/// Spkeys in one line.
pub(super) fn listed(services: &[Spkey]) -> String {
    if services.is_empty() {
        return "none".into();
    }
    services.iter().map(Spkey::as_str).collect::<Vec<_>>().join(", ")
}

/// Prefixes of what is no access token.
const OTHER_KINDS: [(&str, &str); 4] = [
    ("tgr_", "a refresh token"),
    ("tgc_", "an authorization code"),
    ("tgd_", "a device code"),
    ("tgs_", "a client secret"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_access_token_is_told_by_its_prefix() {
        let kind = |text: &str| kind(&Secret::new(text.to_owned()));
        assert_eq!(kind("tgs_abc"), "a client secret (tgs_…), which opens no API");
        assert!(kind("tga_abc").contains("7 characters, not 68"));
        assert!(kind("abc").contains("3 characters without a prefix"));
    }
}
