//! A token request: who asks, for what, and what the endpoint decides. The endpoint itself decides, over a store that
//! it cannot write, so no token is issued and no guess is counted.

use std::sync::{Arc, Mutex, PoisonError};

use form_urlencoded::parse;
use lambda_http::{Body, Request, request::from_str};
use serde_json::{Map, Value};
use shared::{
    endpoint::TokenEndpoint,
    lambda::{Journal, Line, Log, TokenFunction},
    model::{AuthMethod, Client, HttpUri, ServiceDefinition, TokenPaths},
    protocol::{ClientId, Moment, Timestamp},
    store::{Reader, Writer},
};

use super::{
    super::{Failure, report::Step, why},
    examination::Surroundings,
    service::{on_off, title},
    veil::Veil,
};

/// What the token function has besides the store.
pub(super) struct Endpoint {
    /// The issuer.
    pub(super) issuer: HttpUri,
    /// Its other paths.
    pub(super) paths: TokenPaths,
    /// Which address of `X-Forwarded-For` counts.
    pub(super) trusted_proxy_hops: usize,
}

/// Whether an event is a request, and not a call that an authorizer is asked about.
pub(super) fn is_one(event: &Value) -> bool {
    let has = |name: &str| event.get(name).is_some();
    has("requestContext") && !has("methodArn") && !has("routeArn")
}

/// Each step of the decision. `reader` is for the facts, that of `with` for the endpoint.
pub(super) async fn steps(
    event: &Value,
    with: Surroundings,
    endpoint: Endpoint,
    reader: &Reader,
) -> Result<(Vec<Step>, Veil), Failure> {
    let request = from_str(&event.to_string())
        .map_err(|error| Failure::new(format!("expected an event of the token function: {error}")))?;
    let veil = Veil::of_request(&request);
    let mut steps = vec![asked(&request, &veil)];
    let now = with.world.clock.now();
    let (decision, answer) = decided(request, with, endpoint).await?;
    let client = decision.get("client_id").and_then(Value::as_str).and_then(|id| ClientId::parse(id).ok());
    match client {
        None => steps.push(Step::new("client").fact("known", "no: none that is stored was asked for")),
        Some(id) => {
            if let Some(client) = reader.client_anew(&id).await? {
                steps.push(client_step(&client.value, now));
                steps.push(services_step(&client.value, &reader.services(&client.value.services).await?));
            }
        }
    }
    steps.push(verdict(&decision, &answer));
    Ok((steps, veil))
}

/// What the request says of itself, without its credentials.
fn asked(request: &Request, veil: &Veil) -> Step {
    let body = match request.body() {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    };
    let parameters: Vec<(String, String)> = match serde_json::from_slice::<Map<String, Value>>(body) {
        Ok(members) => members.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        Err(_) => parse(body).into_owned().collect(),
    };
    let names: Vec<String> = parameters.iter().map(|(name, _)| veil.over(name)).collect();
    let header = match request.headers().get("authorization").map(http::HeaderValue::as_bytes) {
        None => "none",
        Some(value) if value.to_ascii_lowercase().starts_with(b"basic ") => "Basic",
        Some(_) => "another scheme than Basic",
    };
    let shown = parameters.iter().filter(|(name, _)| SHOWN.contains(&name.as_str()));
    Step::new("request")
        .fact("request", format_args!("{} {}", request.method(), veil.over(request.uri().path())))
        .fact("Authorization", header)
        .fact("parameters", names.join(", "))
        .facts(shown.map(|(name, value)| (name.clone(), veil.over_value(value))))
}

/// The decision line, and the answer.
async fn decided(
    request: Request,
    with: Surroundings,
    Endpoint { issuer, paths, trusted_proxy_hops }: Endpoint,
) -> Result<(Map<String, Value>, lambda_http::Response<Body>), Failure> {
    let told = Arc::new(Told::default());
    let log = Log::new("token", with.world.clone(), Arc::clone(&told) as Arc<dyn Journal>);
    let endpoint = TokenEndpoint::new(Writer::rehearsing(with.reader), with.world, issuer).also_at(paths);
    let function = TokenFunction { endpoint, trusted_proxy_hops, log };
    let answer = function.serve(request).await.map_err(|error| Failure::new(error.to_string()))?;
    let line = std::mem::take(&mut *told.0.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((serde_json::from_slice(&line)?, answer))
}

/// Keeps the last decision line.
#[derive(Default)]
struct Told(Mutex<Vec<u8>>);

impl Journal for Told {
    fn decided(&self, function: &str, now: Moment, line: &Line<'_>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = line.json(function, now);
    }
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
        .fact("may ask for", scope)
}

fn services_step(client: &Client, services: &[Arc<ServiceDefinition>]) -> Step {
    let facts = services.iter().map(|service| {
        let scopes = service.oauth.scopes.iter();
        let scopes: Vec<String> = scopes.map(|scope| marked(scope.name.as_str(), scope.default)).collect();
        let grants: Vec<&str> = service.oauth.grant_types.iter().map(|grant| grant.as_str()).collect();
        let what =
            format!("{}; gives tokens by {}; declares {}", on_off(service.enabled), listed(&grants), listed(&scopes));
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

/// The decision line in words. The token of a success is nobody's: it is not stored, and not shown.
fn verdict(decision: &Map<String, Value>, answer: &lambda_http::Response<Body>) -> Step {
    let status = answer.status();
    let is_issued = decision.get("decision").is_some_and(|word| word == "issued");
    let body = match answer.body() {
        Body::Text(text) if !is_issued => Some(text.clone()),
        _ => None,
    };
    let note = is_issued.then_some("nothing: this is a rehearsal, the same request gets a token");
    why::decision(decision).fact("caller sees", status.as_u16()).fact_if("body", body).fact_if("issued", note)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Parameters whose values are no secrets.
const SHOWN: [&str; 4] = ["grant_type", "scope", "resource", "client_id"];
