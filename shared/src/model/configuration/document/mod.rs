//! What is stored in the words of the file, the way back from parsing: without secrets and without defaults.

mod guard;
mod members;
mod service;

use std::{borrow::Cow, collections::BTreeMap};

use pages::{Branding, DisplayName, Logo, PageUrl};
use serde_json::{Map, Value, json};

use super::client::AUTH_METHODS;
use crate::{
    model::{ApiKey, Application, Client, ClientTexts, ServerDefinition, ServiceDefinition, User},
    protocol::{ServiceName, Spkey},
};

use members::{Members, word};

pub use service::service;

/// What is configured, in any order.
#[derive(Debug, Default)]
pub struct Configured<'a> {
    /// The server as a whole.
    pub server: Option<&'a ServerDefinition>,
    /// The services.
    pub services: Vec<&'a ServiceDefinition>,
    /// The applications.
    pub applications: Vec<&'a Application>,
    /// The OAuth clients.
    pub clients: Vec<&'a Client>,
    /// The API keys.
    pub api_keys: Vec<&'a ApiKey>,
    /// The people.
    pub users: Vec<&'a User>,
}

/// How services are called in the file.
#[derive(Debug, Default)]
pub struct Names<'a>(BTreeMap<&'a str, Cow<'a, str>>);

impl<'a> Names<'a> {
    /// The names of services by their spkeys. Names that several have stand with the spkey.
    pub fn new(services: impl IntoIterator<Item = (&'a Spkey, &'a ServiceName)>) -> Self {
        let names: BTreeMap<_, _> = services.into_iter().map(|(spkey, name)| (spkey.as_str(), name.as_str())).collect();
        let mut bearers: BTreeMap<&str, usize> = BTreeMap::new();
        names.values().for_each(|name| *bearers.entry(name).or_default() += 1);
        let shown = |(spkey, name): (&'a str, &'a str)| {
            let is_clear = bearers[name] == 1;
            (spkey, if is_clear { name.into() } else { format!("{name} (spkey {spkey})").into() })
        };
        Self(names.into_iter().map(shown).collect())
    }

    /// A service's name; of one that nobody knows, its spkey.
    pub fn of<'s>(&'s self, spkey: &'s Spkey) -> &'s str {
        self.0.get(spkey.as_str()).map_or(spkey.as_str(), |name| name)
    }

    fn list(&self, spkeys: &[Spkey]) -> Vec<String> {
        spkeys.iter().map(|spkey| self.of(spkey).to_owned()).collect()
    }
}

/// A whole file that says what is stored: everything in the order of its name. An issuer is not stored.
pub fn file(mut configured: Configured<'_>) -> Value {
    let names = Names::new(configured.services.iter().map(|service| (&service.spkey, &service.name)));
    configured.services.sort_by_key(|service| (service.name.as_str(), service.spkey.as_str()));
    configured.users.sort_by_key(|user| user.username.as_str());
    let applications = applications(&configured, &names);
    let mut file = Members::default();
    file.mapping("branding", configured.server.map(|server| branding(&server.branding)).unwrap_or_default());
    file.list("services", configured.services.into_iter().map(|definition| service(definition).into()).collect());
    file.list("applications", applications);
    file.list("users", configured.users.into_iter().map(|person| user(person).into()).collect());
    file.finish().into()
}

/// What clients can find out about the server as a whole, and the look of its pages.
pub fn server(server: &ServerDefinition) -> Map<String, Value> {
    let mut members = Members::default();
    members.list("grant_types", server.grant_types.iter().map(|grant| grant.as_str().into()).collect());
    let methods = server.auth_methods.iter().map(|method| word(&AUTH_METHODS, method).into());
    members.list("token_endpoint_auth_methods", methods.collect());
    members.list("scopes", server.scopes.iter().map(|scope| scope.as_str().into()).collect());
    members.mapping("branding", branding(&server.branding));
    members.finish()
}

fn branding(branding: &Branding) -> Members {
    let Branding { name, logo, colours, terms_url } = branding;
    let (mut members, mut chosen) = (Members::default(), Members::default());
    members.text("name", name.as_ref().map(DisplayName::as_str));
    members.text("logo", logo.as_ref().map(Logo::as_str));
    chosen.text("brand", colours.brand.map(|colour| colour.to_string()).as_deref());
    chosen.text("background", colours.background.map(|colour| colour.to_string()).as_deref());
    members.mapping("colours", chosen);
    members.text("terms_url", terms_url.as_ref().map(PageUrl::as_str));
    members
}

/// An application's own members.
pub fn application(application: &Application) -> Map<String, Value> {
    let mut members = Members::default();
    members.put("name", application.name.as_str());
    members.unless("enabled", application.enabled, true);
    members.finish()
}

/// An entry of `clients`.
pub fn client(client: &Client, names: &Names<'_>) -> Map<String, Value> {
    let mut members = Members::default();
    members.put("client_id", client.client_id.as_str());
    members.unless("enabled", client.enabled, true);
    members.unless("token_endpoint_auth_method", word(&AUTH_METHODS, &client.auth_method), AUTH_METHODS[0].0);
    if !client.keys.is_empty() {
        members.put("jwks", json!({ "keys": client.keys }));
    }
    members.put("grant_types", client.grant_types.iter().map(|grant| grant.as_str()).collect::<Vec<_>>());
    members.list("redirect_uris", client.redirect_uris.iter().map(|uri| uri.as_str().into()).collect());
    if let Some(scope) = &client.scope {
        members.put("scope", scope.to_string());
    }
    members.list("services", names.list(&client.services).into_iter().map(Value::from).collect());
    members.list("introspects", names.list(&client.introspects).into_iter().map(Value::from).collect());
    if let Some(ttl) = client.access_token_ttl {
        members.put("access_token_ttl", ttl);
    }
    texts(&mut members, &client.texts);
    members.finish()
}

fn texts(members: &mut Members, texts: &ClientTexts) {
    members.text("client_name", texts.name.as_ref().map(DisplayName::as_str));
    for (name, url) in [("client_uri", &texts.home), ("tos_uri", &texts.terms), ("policy_uri", &texts.policy)] {
        members.text(name, url.as_ref().map(PageUrl::as_str));
    }
}

/// An entry of `api_keys`.
pub fn api_key(key: &ApiKey, names: &Names<'_>) -> Map<String, Value> {
    let mut members = Members::default();
    members.put("name", key.name.as_str());
    members.unless("enabled", key.enabled, true);
    members.list("services", names.list(&key.services).into_iter().map(Value::from).collect());
    members.finish()
}

/// An entry of `users`.
pub fn user(user: &User) -> Map<String, Value> {
    let mut members = Members::default();
    members.put("username", user.username.as_str());
    members.unless("enabled", user.enabled, true);
    for (name, text) in [("name", &user.name), ("email", &user.email)] {
        if let Some(text) = text {
            members.put(name, text.as_str());
        }
    }
    members.list("roles", user.roles.iter().map(|role| role.as_str().into()).collect());
    members.finish()
}

/// Applications with what they own; a credential whose application is not stored brings it along.
fn applications(configured: &Configured<'_>, names: &Names<'_>) -> Vec<Value> {
    let mut owned: BTreeMap<&str, Owned<'_>> = BTreeMap::new();
    for application in &configured.applications {
        owned.entry(application.name.as_str()).or_default().enabled = application.enabled;
    }
    for client in &configured.clients {
        owned.entry(client.application.as_str()).or_default().clients.insert(client.client_id.as_str(), client);
    }
    for key in &configured.api_keys {
        owned.entry(key.application.as_str()).or_default().api_keys.entry(key.name.as_str()).or_insert(key);
    }
    owned.into_iter().map(|(name, owned)| owned.entry(name, names)).collect()
}

/// What belongs to one application.
struct Owned<'a> {
    enabled: bool,
    clients: BTreeMap<&'a str, &'a Client>,
    api_keys: BTreeMap<&'a str, &'a ApiKey>,
}

impl Default for Owned<'_> {
    fn default() -> Self {
        Self { enabled: true, clients: BTreeMap::new(), api_keys: BTreeMap::new() }
    }
}

impl Owned<'_> {
    fn entry(&self, name: &str, names: &Names<'_>) -> Value {
        let mut members = Members::default();
        members.put("name", name);
        members.unless("enabled", self.enabled, true);
        members.list("clients", self.clients.values().map(|value| client(value, names).into()).collect());
        members.list("api_keys", self.api_keys.values().map(|value| api_key(value, names).into()).collect());
        members.finish().into()
    }
}
