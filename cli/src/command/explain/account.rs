//! The steps of a request to the account page or of a logout: whose session it is, and what is listed.

use shared::{
    endpoint::{AccountExamination, LetIn},
    protocol::Timestamp,
};

use super::{super::report::Step, authorization::standing};

/// The session, and what its owner has let clients do.
pub(super) fn steps(examination: &AccountExamination, now: Timestamp) -> Vec<Step> {
    let AccountExamination { has_cookie, session, is_live, listed } = examination;
    let step = Step::new("resource owner");
    let Some(session) = session else {
        let why =
            if *has_cookie { "the cookie stands for no session" } else { "the request has no cookie of a session" };
        return vec![step.fact("logged in", format_args!("no: {why}"))];
    };
    let step = step
        .fact("logged in", format_args!("{} since {}", session.username, session.authenticated_at.rfc3339()))
        .fact("session ends", session.expires_at.rfc3339())
        .fact("session counts", standing(*is_live, session, now));
    if !is_live {
        return vec![step];
    }
    let none = listed.is_empty().then_some("nothing: no client has access");
    vec![step, Step::new("account page").fact_if("lists", none).facts(listed.iter().map(told))]
}

fn told(LetIn { client_id, name, services, scopes, since }: &LetIn) -> (String, String) {
    let scopes = if scopes.is_empty() { "no scope".to_owned() } else { scopes.join(" ") };
    (client_id.to_string(), format!("{name}: {}; {scopes}; since {}", services.join(", "), since.rfc3339()))
}
