//! A request of a client or a browser: who asks, for what, and what the endpoint decides.

use std::sync::Arc;

use form_urlencoded::parse;
use serde_json::{Map, Value};
use shared::{
    endpoint::{AuthorizeEndpoint, StatusEndpoint},
    lambda::ProxyEvent,
    model::{AuthMethod, Client, Pkce, ServiceDefinition},
    protocol::{ClientId, Request, Timestamp},
    store::{Reader, Stored},
};

use super::{
    super::{Failure, report::Step, why},
    account, authorization,
    examination::Surroundings,
    rehearsal::{Endpoint, Examined, Rehearsal},
    service::{on_off, title},
    status,
    veil::Veil,
};

/// Each step of the decision. `reader` is for the facts, that of `with` for the endpoint.
pub(super) async fn steps(
    event: &Value,
    with: Surroundings,
    endpoint: Endpoint,
    reader: &Reader,
) -> Result<(Vec<Step>, Veil), Failure> {
    let request = parsed(event)?.request(endpoint.trusted_proxy_hops);
    let veil = Veil::of_request(&request);
    let mut steps = vec![asked(&request, &veil)];
    let now = with.world.clock.now();
    let rehearsal = if AuthorizeEndpoint::serves(&request.path) {
        Rehearsal::of_authorize(&request, with, endpoint).await?
    } else if StatusEndpoint::serves(&request.path) {
        Rehearsal::of_status(&request, with, endpoint).await?
    } else {
        Rehearsal::of_token(&request, with, endpoint).await?
    };
    match &rehearsal.examined {
        Examined::Account(examination) => steps.extend(account::steps(examination, now)),
        Examined::Token(_) if PROOF_ENOUGH.contains(&request.path.as_str()) => {
            steps.push(Step::new("client").fact("asked for", "no: whoever has the token may ask what it is"));
        }
        Examined::Token(_) => steps.extend(asker_steps(&rehearsal, reader, now).await?),
        Examined::Nothing if request.path.starts_with(DOCUMENTS) => {}
        Examined::Nothing | Examined::Authorization(_) => steps.extend(client_steps(&rehearsal, reader, now).await?),
    }
    match &rehearsal.examined {
        Examined::Authorization(examination) => steps.extend(authorization::steps(examination, &request, now)),
        Examined::Token(examination) => steps.extend(status::steps(examination, now)),
        Examined::Account(_) | Examined::Nothing => {}
    }
    steps.push(verdict(&rehearsal));
    Ok((steps, veil))
}

/// The client of a decision, and its services.
async fn client_steps(rehearsal: &Rehearsal, reader: &Reader, now: Timestamp) -> Result<Vec<Step>, Failure> {
    let Some(client) = client_of(rehearsal, reader).await? else { return Ok(vec![nobody()]) };
    let services = reader.services(&client.value.services).await?;
    Ok(vec![client_step(&client.value, now), services_step(&client.value, &services)])
}

/// The client that asks about a token: whether it is proven, and whose tokens it may see.
async fn asker_steps(rehearsal: &Rehearsal, reader: &Reader, now: Timestamp) -> Result<Vec<Step>, Failure> {
    let Some(client) = client_of(rehearsal, reader).await? else { return Ok(vec![nobody()]) };
    let member = |name: &str| rehearsal.line.get(name).and_then(Value::as_str);
    let proven = match (member("decision"), member("message")) {
        (Some("refused" | "failed"), message) => format!("no: {}", message.unwrap_or_default()),
        _ => "yes".to_owned(),
    };
    let step = client_step(&client.value, now).fact("proven", proven);
    Ok(vec![step.fact("introspects", introspected(&client.value, reader).await?)])
}

async fn introspected(client: &Client, reader: &Reader) -> Result<String, Failure> {
    if client.auth_method == AuthMethod::None {
        return Ok("nothing: a public client".into());
    }
    let guarded = reader.services(&client.introspects).await?;
    let guarded: Vec<String> = guarded.iter().map(|service| title(service)).collect();
    Ok(format!("its own tokens, and those of: {}", listed(&guarded)))
}

/// The client that the decision came to, as it is stored.
async fn client_of(rehearsal: &Rehearsal, reader: &Reader) -> Result<Option<Arc<Stored<Client>>>, Failure> {
    let id = rehearsal.line.get("client_id").and_then(Value::as_str).and_then(|id| ClientId::parse(id).ok());
    let Some(id) = id else { return Ok(None) };
    Ok(reader.client_anew(&id).await?)
}

fn nobody() -> Step {
    Step::new("client").fact("known", "no: the decision came to none that is stored")
}

fn parsed(event: &Value) -> Result<ProxyEvent, Failure> {
    serde_json::from_str(&event.to_string())
        .map_err(|error| Failure::new(format!("expected an event of token, token-status or authorize: {error}")))
}

/// What the request says of itself, without its credentials.
fn asked(request: &Request, veil: &Veil) -> Step {
    let body = &request.body;
    let mut parameters: Vec<(String, String)> =
        parse(request.query.as_deref().unwrap_or_default().as_bytes()).into_owned().collect();
    match serde_json::from_slice::<Map<String, Value>>(body) {
        Ok(members) => parameters.extend(members.iter().map(|(name, value)| (name.clone(), text(value)))),
        Err(_) => parameters.extend(parse(body).into_owned()),
    }
    let names: Vec<String> = parameters.iter().map(|(name, _)| veil.over(name)).collect();
    let header = match request.headers.get("authorization").map(http::HeaderValue::as_bytes) {
        None => "none",
        Some(value) if value.to_ascii_lowercase().starts_with(b"basic ") => "Basic",
        Some(_) => "another scheme than Basic",
    };
    let shown = parameters.iter().filter(|(name, _)| SHOWN.contains(&name.as_str()));
    Step::new("request")
        .fact("request", format_args!("{} {}", request.method, veil.over(&request.path)))
        .fact("Authorization", header)
        .fact("parameters", listed(&names))
        .facts(shown.map(|(name, value)| (name.clone(), veil.over_value(value))))
}

fn client_step(client: &Client, now: Timestamp) -> Step {
    let grants: Vec<&str> = client.grant_types.iter().map(|grant| grant.as_str()).collect();
    let live = client.secrets.iter().filter(|secret| secret.is_live(now)).count();
    let secrets = match client.auth_method {
        AuthMethod::None => "none: a public client".to_owned(),
        AuthMethod::PrivateKeyJwt => format!("private_key_jwt: {} keys", client.keys.len()),
        AuthMethod::ClientSecret => format!("{} kept, {live} not over", client.secrets.len()),
    };
    let scope = client.scope.as_ref().map_or("whatever its services declare".to_owned(), ToString::to_string);
    Step::new("client")
        .fact("client_id", &client.client_id)
        .fact("state", on_off(client.enabled))
        .fact("application", format_args!("{}: {}", client.application, on_off(client.application_enabled)))
        .fact("secrets", secrets)
        .fact("grant types", grants.join(", "))
        .fact("redirect URIs", listed(&client.redirect_uris))
        .fact("may ask for", scope)
}

fn services_step(client: &Client, services: &[Arc<ServiceDefinition>]) -> Step {
    let facts = services.iter().map(|service| {
        let scopes = service.oauth.scopes.iter();
        let scopes: Vec<String> = scopes.map(|scope| marked(scope.name.as_str(), scope.default)).collect();
        let grants: Vec<&str> = service.oauth.grant_types.iter().map(|grant| grant.as_str()).collect();
        let pkce = match service.oauth.pkce {
            Pkce::Required => "required",
            Pkce::PublicOnly => "public_only",
        };
        let skipped = if service.oauth.skip_consent { "; skip_consent" } else { "" };
        let what = format!(
            "{}; gives tokens by {}; declares {}; pkce: {pkce}{skipped}",
            on_off(service.enabled),
            listed(&grants),
            listed(&scopes)
        );
        (title(service), what)
    });
    let gone = client.services.len() - services.len();
    let gone = (gone > 0).then(|| format!("{gone} that the client lists and that are not there"));
    Step::new("services").facts(facts).fact_if("missing", gone)
}

fn marked(scope: &str, is_default: bool) -> String {
    if is_default { format!("{scope} (default)") } else { scope.to_owned() }
}

fn listed(words: &[impl AsRef<str>]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// The decision line in words. What a success gives is nobody's: it is not stored, and not shown.
fn verdict(Rehearsal { line, answer, .. }: &Rehearsal) -> Step {
    let word = line.get("decision").and_then(Value::as_str).unwrap_or_default();
    let gives = GIVES.iter().find_map(|(given, what)| (*given == word).then_some(*what));
    let location = answer.headers.get("location").and_then(|value| value.to_str().ok()).map(authorization::place);
    let body = std::str::from_utf8(&answer.body).ok().filter(|text| gives.is_none() && !text.is_empty());
    let page = body.and_then(authorization::title);
    let body = body.filter(|_| page.is_none() && location.is_none());
    let rehearsed = gives.map(|what| format!("nothing: this is a rehearsal, the same request gets {what}"));
    let ends = ENDS.iter().find_map(|(ended, what)| (*ended == word).then_some(*what));
    let kept = ends.map(|what| format!("nothing: this is a rehearsal, the same request ends {what}"));
    why::decision(line)
        .fact("caller sees", answer.status.as_u16())
        .fact_if("location", location)
        .fact_if("page", page)
        .fact_if("body", body)
        .fact_if("issued", rehearsed)
        .fact_if("ended", kept)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Where whoever has a token may ask about it.
const PROOF_ENOUGH: [&str; 2] = ["/oauth2/tokeninfo", "/api/oauth/tokeninfo"];

/// Where documents are, which are anybody's.
const DOCUMENTS: &str = "/.well-known/";

/// Parameters whose values are no secrets.
const SHOWN: [&str; 11] = [
    "client",
    "token_type_hint",
    "grant_type",
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "resource",
    "code_challenge_method",
    "prompt",
];

/// Decisions that give something, and what.
const GIVES: [(&str, &str); 4] =
    [("issued", "a token"), ("authorized", "a code"), ("pushed", "a request_uri"), ("logged_in", "a session")];

/// Decisions that end something, and what.
const ENDS: [(&str, &str); 2] = [("revoked", "what it names"), ("logged_out", "the session")];
