//! One entry of `applications`: a group of clients and API keys with one switch.

use super::{
    client::{self, ClientEntry},
    decode::{Field, Object},
    reference::Values,
    report::{Findings, quoted},
    service::Draft,
    services::Services,
    unique::Register,
};
use crate::protocol::{ApplicationName, Secret, ServiceName};

/// An application of the file.
#[derive(Debug)]
pub struct ApplicationEntry {
    /// Its name, unique in the file.
    pub name: ApplicationName,
    /// Whether its credentials count.
    pub enabled: bool,
    /// Its clients.
    pub clients: Vec<ClientEntry>,
    /// Its API keys.
    pub api_keys: Vec<ApiKeyEntry>,
}

/// An API key of the file.
#[derive(Debug)]
pub struct ApiKeyEntry {
    /// Its name, unique in the application.
    pub name: String,
    /// Whether it counts.
    pub enabled: bool,
    /// The key; `None` = the one it has is kept, or a new one generated.
    pub key: Option<Secret>,
    /// Services it opens.
    pub services: Vec<ServiceName>,
}

/// What applications share: the services they name, and the names that stand once in a file.
pub(super) struct Context<'a> {
    pub(super) services: &'a Services<'a>,
    pub(super) values: &'a dyn Values,
    pub(super) client_ids: Register<'a>,
    applications: Register<'a>,
    api_keys: Register<'a>,
    findings: &'a Findings<'a>,
}

impl<'a> Context<'a> {
    pub(super) fn new(services: &'a Services<'a>, values: &'a dyn Values, findings: &'a Findings<'a>) -> Self {
        let register = |kind| Register::new(kind, findings);
        let (client_ids, applications, api_keys) =
            (register("client_id"), register("application"), register("API key"));
        Self { services, values, client_ids, applications, api_keys, findings }
    }

    /// Every scope that a client of these services may ask for: what they declare, and their names.
    pub(super) fn scopes_of<'s>(&'s self, names: &'s [ServiceName]) -> Vec<&'s str> {
        let is_theirs = |draft: &&Draft| draft.name.as_ref().is_some_and(|name| names.contains(&name.value));
        let drafts = self.services.drafts.iter().filter(is_theirs);
        let declared = drafts.flat_map(|draft| draft.settings.profile.scopes.iter().map(|scope| scope.value.as_str()));
        declared.chain(names.iter().map(ServiceName::as_str)).collect()
    }

    /// A list of services by their names or spkeys.
    pub(super) fn service_names(&self, object: &Object<'_>, name: &'static str) -> Vec<ServiceName> {
        let service = |item: &Field<'_>| {
            let draft = self.services.named(item.text("the name or the spkey of a service")?, &item.place)?;
            Some(draft.name.as_ref()?.value.clone())
        };
        object.read(name, Vec::new(), |field| field.items(service))
    }
}

pub(super) fn read(field: &Field<'_>, context: &Context<'_>) -> Option<ApplicationEntry> {
    let object = field.object()?;
    let name_field = object.required("name", ApplicationName::EXPECTED);
    let name = name_field.as_ref().and_then(|field| field.parsed(ApplicationName::EXPECTED, ApplicationName::parse));
    if let (Some(field), Some(name)) = (&name_field, &name) {
        context.applications.claim(name.as_str(), &field.place, &quoted(name.as_str()));
    }
    let key_names = Register::new("API key name", context.findings);
    let enabled = object.flag("enabled", true);
    let clients = object.read("clients", Vec::new(), |field| field.items(|item| client::read(item, context)));
    let keys = |field: &Field<'_>| field.items(|item| api_key(item, &key_names, context));
    let api_keys = object.read("api_keys", Vec::new(), keys);
    object.close();
    Some(ApplicationEntry { name: name?, enabled, clients, api_keys })
}

fn api_key(field: &Field<'_>, names: &Register<'_>, context: &Context<'_>) -> Option<ApiKeyEntry> {
    let object = field.object()?;
    let name_field = object.required("name", KEY_NAME);
    let name = name_field.as_ref().and_then(|field| field.parsed(KEY_NAME, key_name));
    if let (Some(field), Some(name)) = (&name_field, &name) {
        names.claim(name.as_str(), &field.place, &quoted(name));
    }
    let key = object.member("key").and_then(|field| key(&field, context));
    let enabled = object.flag("enabled", true);
    let services = context.service_names(&object, "services");
    if let Some(field) = object.member("services") {
        doubt_keyless(&services, &field, context);
    }
    object.close();
    Some(ApiKeyEntry { name: name?, enabled, key, services })
}

/// A key opens nothing where nobody asks for one.
fn doubt_keyless(services: &[ServiceName], field: &Field<'_>, context: &Context<'_>) {
    for name in services {
        let draft = context.services.named(name.as_str(), &field.place);
        if draft.is_some_and(|draft| draft.guard.as_ref().is_some_and(|guard| !guard.asks_for_api_key())) {
            let found = format!("{}, which asks for no API key", quoted(name.as_str()));
            field.findings.warning(&field.place, found, "services with authorizer: introspection and an api_key");
        }
    }
}

fn key_name(text: &str) -> Result<String, ()> {
    let is_name = (1..=128).contains(&text.len()) && !text.chars().any(char::is_control);
    if is_name { Ok(text.to_owned()) } else { Err(()) }
}

/// Keys are found by their digest, so the same key cannot be two applications'.
fn key(field: &Field<'_>, context: &Context<'_>) -> Option<Secret> {
    let key = field.secret("an API key, or no such member for a generated one")?;
    context.api_keys.claim(key.digest().to_key(), &field.place, "the same API key");
    let length = key.expose().chars().count();
    if length < SHORT_KEY {
        let expected = format!("{SHORT_KEY} random characters or more: a key is kept as SHA-256");
        field.findings.warning(&field.place, format!("an API key of {length} characters"), expected);
    }
    Some(key)
}

const KEY_NAME: &str = "a name: 1 to 128 characters, no control characters";

/// 20 letters and digits are about 120 bits.
const SHORT_KEY: usize = 20;
