//! The steps of an authorization request: what is asked, where the answer goes, and what the resource owner has agreed
//! to.

use form_urlencoded::parse;
use shared::{
    endpoint::Examination,
    grant::authorization::{Asked, Owner, Refused, Step as Next},
    model::{ServiceDefinition, Session},
    protocol::{OAuthError, Request, Scope, Timestamp},
};

use super::{super::report::Step, service::title as named};

/// What the next page or answer follows from.
pub(super) fn steps(examination: &Examination, request: &Request, now: Timestamp) -> Vec<Step> {
    let Examination { asked, has_cookie, owner } = examination;
    match asked {
        Ok(asked) => {
            let owner_step = owner_step(asked, (*has_cookie, owner.as_ref()), now);
            vec![asked_step(asked), owner_step.fact_if("says", said(asked, request))]
        }
        Err(refused) => vec![refused_step(refused)],
    }
}

fn asked_step(asked: &Asked) -> Step {
    let scope = asked.scope();
    let back = asked
        .destination
        .uri
        .as_ref()
        .map_or("a page shows the code: the client has no redirect URI", |uri| uri.as_str());
    let pushed = asked.pushed.as_ref().map(|seen| format!("yes, until {}", seen.value.expires_at.rfc3339()));
    Step::new("authorization request")
        .fact("pushed", pushed.unwrap_or_else(|| "no".into()))
        .fact("answer goes to", back)
        .fact("gives", asked.request.response_type.as_str())
        .fact("for service", asked.services().map(named).collect::<Vec<_>>().join(", "))
        .fact("scope", if scope.is_empty() { "none".into() } else { scope.to_string() })
        .fact("code challenge", if asked.request.code_challenge.is_some() { "yes, S256" } else { "none" })
}

fn refused_step(Refused { error, destination }: &Refused) -> Step {
    let uri = destination.as_ref().and_then(|destination| destination.uri.as_ref());
    let back = uri.map_or("nowhere: the person sees a page", |uri| uri.as_str());
    Step::new("authorization request")
        .fact("may be made", format_args!("no: {}", why(error)))
        .fact("answer goes to", back)
}

fn owner_step(asked: &Asked, (has_cookie, owner): (bool, Option<&Owner>), now: Timestamp) -> Step {
    let step = Step::new("resource owner");
    let step = match owner {
        None if has_cookie => step.fact("logged in", "no: the cookie stands for no session"),
        None => step.fact("logged in", "no: the request has no cookie of a session"),
        Some(owner) => known(step, asked, owner, now),
    };
    step.fact("next", next(asked, owner, now))
}

fn known(step: Step, asked: &Asked, owner: &Owner, now: Timestamp) -> Step {
    let session = &owner.session;
    let since = session.authenticated_at.rfc3339();
    let questions = owner.questions(asked);
    step.fact("logged in", format_args!("{} since {since}", session.username))
        .fact("session counts", standing(owner.is_live(now), session, now))
        .fact("has agreed to", told(questions.iter().map(|question| (question.service, &question.agreed))))
        .fact("has not agreed to", told(questions.iter().map(|question| (question.service, &question.new))))
}

/// What is asked of a service; of several with their names.
fn told<'a>(parts: impl Iterator<Item = (&'a ServiceDefinition, &'a Scope)>) -> String {
    let words = |scope: &Scope| if scope.is_empty() { "nothing".to_owned() } else { scope.to_string() };
    match parts.collect::<Vec<_>>().as_slice() {
        [(_, only)] => words(only),
        several => {
            let named = several.iter().map(|(service, scope)| format!("{}: {}", service.name, words(scope)));
            named.collect::<Vec<_>>().join("; ")
        }
    }
}

/// Whether a session speaks for its user, and why not.
pub(super) fn standing(is_live: bool, session: &Session, now: Timestamp) -> &'static str {
    match (is_live, now < session.expires_at) {
        (true, _) => "yes",
        (false, false) => "no: it is over",
        (false, true) => "no: the user is gone, switched off, or has another password",
    }
}

fn next(asked: &Asked, owner: Option<&Owner>, now: Timestamp) -> String {
    match asked.next(owner, now) {
        Ok(Next::LogIn) => "the login page".into(),
        Ok(Next::Consent) => "the page that asks for consent".into(),
        Ok(Next::None) => "the answer: no page is needed".into(),
        Err(error) => format!("an error to the client: {}", why(&error)),
    }
}

/// What a person says to the page that asks for consent.
fn said(asked: &Asked, request: &Request) -> Option<&'static str> {
    let body = &request.body;
    let field = |wanted: &str| parse(body).find_map(|(name, value)| (name == wanted).then(|| value.into_owned()));
    match field("decision")?.as_str() {
        "allow" if field("shown") == Some(asked.shown()) => Some("yes, to what the page would show now"),
        "allow" => Some("yes, to something else than the page would show now"),
        "deny" => Some("no"),
        _ => None,
    }
}

/// What the log says of an error, and the caller perhaps not.
fn why(error: &OAuthError) -> &str {
    error.reason.as_deref().unwrap_or(&error.description)
}

/// An address without the values of its query or fragment: a code or a token may stand there.
pub(super) fn place(location: &str) -> String {
    let Some((place, members)) = location.split_once(['?', '#']) else { return location.to_owned() };
    let names: Vec<String> = parse(members.as_bytes()).map(|(name, _)| name.into_owned()).collect();
    format!("{place} with {}", names.join(", "))
}

/// The title of a page, where a body is one.
pub(super) fn title(body: &str) -> Option<&str> {
    body.split_once("<title>")?.1.split_once("</title>").map(|(title, _)| title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_without_what_it_carries() {
        assert_eq!(place("https://a/cb?code=tgc_x&iss=y"), "https://a/cb with code, iss");
        assert_eq!(place("https://a/cb#access_token=tga_x"), "https://a/cb with access_token");
        assert_eq!(place("/oauth2/account"), "/oauth2/account");
        assert_eq!((title("<title>Sign in</title>"), title("{}")), (Some("Sign in"), None));
    }
}
