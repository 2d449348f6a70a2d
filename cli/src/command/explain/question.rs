//! The call that is to be explained: an event from a file, or one made of options.

use std::{
    fs,
    io::{self, Read},
    path::Path,
    str::FromStr,
};

use serde_json::Value;
use shared::{
    model::{ApiKeyLocation, Authorizer, ServiceDefinition},
    protocol::Spkey,
};

use super::{
    super::{
        Failure,
        event::{Hidden, Request, Shape},
    },
    credentials::Credentials,
    examination::Surroundings,
};

/// One header or query parameter of the command line; its value does not print.
#[derive(Clone, Debug)]
pub(super) struct Pair<const SEPARATOR: char> {
    name: String,
    value: Hidden,
}

impl<const SEPARATOR: char> FromStr for Pair<SEPARATOR> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) =
            text.split_once(SEPARATOR).ok_or_else(|| format!("expected a name, '{SEPARATOR}' and a value"))?;
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() {
            return Err(format!("expected a name before '{SEPARATOR}'"));
        }
        Ok(Self {
            name: name.to_owned(),
            value: value.parse().unwrap_or_else(|never: std::convert::Infallible| match never {}),
        })
    }
}

/// The call as the options tell it.
#[derive(Debug)]
pub(super) struct Told<'a> {
    pub(super) shape: Shape,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) headers: &'a [Pair<':'>],
    pub(super) query: &'a [Pair<'='>],
}

/// An event, by the kind of function that it is for.
pub(super) enum Event {
    /// A call that an authorizer is asked about.
    Call(Value),
    /// A request of a client or a browser.
    Request(Value),
}

impl Event {
    fn of(event: Value) -> Result<Self, &'static str> {
        let members = event.as_object().ok_or("expected a JSON object")?;
        let has = |name: &str| members.get(name).is_some_and(|member| !member.is_null());
        match (has("methodArn") || has("routeArn"), has("requestContext")) {
            (true, _) => Ok(Self::Call(event)),
            (false, true) => Ok(Self::Request(event)),
            (false, false) => Err(NO_EVENT),
        }
    }
}

/// The event in a file; `-` = standard input.
pub(super) fn from_file(file: &Path) -> Result<Event, Failure> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(file)
    };
    let name = file.display();
    let text = text.map_err(|error| Failure::new(format!("{name}: {error}")))?;
    let event = serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("{name}: expected an event as JSON: {error}")))?;
    Event::of(event).map_err(|expected| Failure::new(format!("{name}: {expected}")))
}

impl Told<'_> {
    /// The event that API Gateway would send for a call of the service.
    pub(super) fn event(&self, service: &ServiceDefinition, credentials: &Credentials) -> Value {
        let (path, query) = self.path.split_once('?').unwrap_or((self.path, ""));
        let mut request = Request::new(self.method, path)
            .at("api.example.com", service.base_path.prefix())
            .of_service(&service.spkey);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            request = request.query(&name, &value);
        }
        request = self.query.iter().fold(request, |request, pair| request.query(&pair.name, pair.value.expose()));
        request = self.headers.iter().fold(request, |request, pair| request.header(&pair.name, pair.value.expose()));
        if let Some(token) = &credentials.token {
            request = request.bearer(token.expose());
        }
        request = match (api_key(service), &credentials.api_key) {
            (Some(ApiKeyLocation::Query(name)), Some(key)) => request.query(name, key.expose()),
            (Some(ApiKeyLocation::Header(name)), Some(key)) => request.header(name.as_str(), key.expose()),
            _ => request,
        };
        self.shape.authorizer_event(&request)
    }
}

/// Where a service wants an API key.
pub(super) fn api_key(service: &ServiceDefinition) -> Option<&ApiKeyLocation> {
    match &service.authorizer {
        Authorizer::Introspection(policy) => policy.api_key.as_ref(),
        Authorizer::SharedToken(_) | Authorizer::None => None,
    }
}

/// The service of a name or an spkey.
pub(super) async fn service(named: &str, with: &Surroundings) -> Result<ServiceDefinition, Failure> {
    let failed = |error| with.target.failure(error);
    if let Ok(spkey) = Spkey::parse(named)
        && let Some(definition) = with.reader.service(&spkey).await.map_err(failed)?
    {
        return Ok(definition.as_ref().clone());
    }
    let snapshot = with.reader.snapshot().await.map_err(failed)?;
    let mut services: Vec<_> = snapshot.services.into_values().map(|stored| stored.value).collect();
    if let Some(at) = services.iter().position(|service| service.name.as_str() == named) {
        return Ok(services.swap_remove(at));
    }
    let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
    Err(Failure::new(format!("no service {named:?}; there are: {}", names.join(", "))))
}

const NO_EVENT: &str = "expected an event of an authorizer (methodArn or routeArn) or of token, token-status or \
    authorize (requestContext)";
