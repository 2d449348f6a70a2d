//! One entry of `services`: from the file's words to a definition that lacks only its key.

use super::{
    caching,
    decode::{Field, Object},
    guard::Guard,
    profile::{self, Profile},
    report::{Mistake, Placed, quoted},
    scope_rules, unserved,
};
use crate::{
    model::{AbsoluteUri, Alias, Api, BasePath, HttpUri, Methods, ScopeRule, Sealed, ServiceDefinition},
    protocol::{ResponseFormat, Secret, ServiceName, Spkey},
};

/// A service of the file.
#[derive(Debug)]
pub struct ServiceEntry {
    /// Its key; `None` = it keeps the one it has, or gets a new one.
    pub spkey: Option<Spkey>,
    /// Its name, unique in the file.
    pub name: ServiceName,
    base_path: BasePath,
    backend: Placed<HttpUri>,
    guard: Guard,
    settings: Settings,
}

impl ServiceEntry {
    /// The secret of the gateway at the service's provider.
    pub fn provider_secret(&self) -> ProviderSecret<'_> {
        match &self.guard {
            Guard::Introspection(settings) => settings.provider_secret(),
            Guard::SharedToken(_) | Guard::None => ProviderSecret::None,
        }
    }

    /// Where its API serves it.
    pub fn base_path(&self) -> &BasePath {
        &self.base_path
    }

    /// Names it by its address below a base URL, where the file gives it no `resource`.
    pub fn name_by_address(&mut self, base: &HttpUri) {
        let place = self.backend.place.clone();
        let named = AbsoluteUri::parse(base.at(&self.base_path.to_string())).ok().map(|value| Placed { value, place });
        self.settings.resource = self.settings.resource.take().or(named);
    }

    /// What else leads to it than its spkey.
    pub fn aliases(&self) -> impl Iterator<Item = Alias> {
        let resource = self.settings.resource.as_ref().map(|resource| &resource.value);
        ServiceDefinition::aliases_of(self.settings.apis.iter().map(|api| &api.value), resource)
    }

    /// The definition for a key. Where a provider wants a secret, `seal` is called with the one that is in the file.
    pub fn complete(&self, spkey: Spkey, seal: impl FnOnce(Option<&Secret>) -> Sealed) -> ServiceDefinition {
        let settings = &self.settings;
        ServiceDefinition {
            spkey,
            name: self.name.clone(),
            enabled: settings.enabled,
            base_path: self.base_path.clone(),
            backend: self.backend.value.clone(),
            resource: settings.resource.as_ref().map(|resource| resource.value.clone()),
            methods: settings.methods.clone(),
            authorizer: self.guard.authorizer(seal),
            authorizer_ttl: settings.authorizer_ttl.value,
            apis: settings.apis.iter().map(|api| api.value.clone()).collect(),
            oauth: settings.profile.oauth.clone(),
            required_scopes: settings.required_scopes.iter().map(|rule| rule.value.clone()).collect(),
            usage_plan: settings.usage_plan.value,
            cors_origins: settings.cors_origins.clone(),
            vpc_link: settings.vpc_link.clone(),
            mediator_default_format: settings.mediator_default_format,
        }
    }
}

impl ServiceEntry {
    /// The definition for a key where nobody is to be asked anything, as for a generated document.
    pub fn without_credentials(&self, spkey: Spkey) -> ServiceDefinition {
        self.complete(spkey, |_| Sealed::nothing())
    }

    /// What is worth a look where its API is to run on AWS.
    pub fn doubts_on_aws(&self, file: &str) -> Vec<Mistake> {
        let (Placed { value: backend, place }, plan) = (&self.backend, &self.settings.usage_plan);
        let loopback = backend.is_loopback().then(|| place.finding(file, quoted(backend.as_str()), ON_AWS));
        let expected = "a usage plan with keys that you make: the generated API has none, and asks for no API key";
        let unplanned = plan.value.then(|| plan.place.finding(file, "true", expected));
        loopback.into_iter().chain(unplanned).collect()
    }
}

/// The secret of the gateway at a provider.
#[derive(Clone, Copy, Debug)]
pub enum ProviderSecret<'a> {
    /// The provider wants none.
    None,
    /// Not in the file: the one that is stored is kept.
    Kept,
    /// In the file.
    Given(&'a Secret),
}

/// A service as far as it could be read.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) spkey: Option<Placed<Spkey>>,
    pub(super) name: Option<Placed<ServiceName>>,
    pub(super) base_path: Option<Placed<BasePath>>,
    pub(super) guard: Option<Guard>,
    pub(super) settings: Settings,
    backend: Option<Placed<HttpUri>>,
}

/// Everything that has a default.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) authorizer_ttl: Placed<u32>,
    pub(super) apis: Vec<Placed<Api>>,
    pub(super) profile: Profile,
    pub(super) resource: Option<Placed<AbsoluteUri>>,
    enabled: bool,
    pub(super) required_scopes: Vec<Placed<ScopeRule>>,
    methods: Methods,
    usage_plan: Placed<bool>,
    cors_origins: Vec<String>,
    vpc_link: Option<String>,
    mediator_default_format: ResponseFormat,
}

impl Draft {
    pub(super) fn read(field: &Field<'_>) -> Option<Self> {
        let object = field.object()?;
        let spkey = object.member("spkey").and_then(|field| placed(&field, Spkey::EXPECTED, Spkey::parse));
        let name = object.required("name", ServiceName::EXPECTED);
        let base_path = object.required("base_path", BasePath::EXPECTED);
        let backend = object.required("backend", BACKEND);
        let guard = Guard::read(&object);
        let settings = Settings::read(&object);
        if let Some(guard) = &guard {
            caching::refuse(&settings.authorizer_ttl, guard, &settings.required_scopes, field.findings);
        }
        unserved::refuse_items(&object, "trusted_issuers");
        if let Some(field) = object.member("trust_client_keys").filter(|field| field.flag() == Some(true)) {
            unserved::refuse::<()>(&field, "false");
        }
        object.close();
        Some(Self {
            spkey,
            name: name.and_then(|field| placed(&field, ServiceName::EXPECTED, ServiceName::parse)),
            base_path: base_path.and_then(|field| placed(&field, BasePath::EXPECTED, BasePath::parse)),
            guard,
            settings,
            backend: backend.and_then(|field| Some(field.placed(field.parsed(BACKEND, backend_uri)?))),
        })
    }

    /// The service, when it had no mistakes that leave it without a part.
    pub(super) fn finish(self) -> Option<ServiceEntry> {
        Some(ServiceEntry {
            spkey: self.spkey.map(|spkey| spkey.value),
            name: self.name?.value,
            base_path: self.base_path?.value,
            backend: self.backend?,
            guard: self.guard?,
            settings: self.settings,
        })
    }
}

impl Settings {
    fn read(object: &Object<'_>) -> Self {
        let ttl = |field: &Field<'_>| {
            let seconds = field.number(0..=MAX_AUTHORIZER_TTL).and_then(|seconds| u32::try_from(seconds).ok())?;
            Some(field.placed(seconds))
        };
        let methods = object.read("methods", Methods::Any, scope_rules::methods);
        Self {
            enabled: object.flag("enabled", true),
            resource: object.member("resource").and_then(|field| placed(&field, RESOURCE, AbsoluteUri::parse)),
            authorizer_ttl: object.read("authorizer_ttl", Placed { value: 0, place: object.place.clone() }, ttl),
            apis: object.read("apis", Vec::new(), |field| field.items(api)),
            profile: profile::read(object),
            required_scopes: scope_rules::read(object, &methods),
            methods,
            usage_plan: object.read("usage_plan", Placed { value: false, place: object.place.clone() }, |field| {
                Some(field.placed(field.flag()?))
            }),
            cors_origins: object.read("cors_origins", Vec::new(), cors_origins),
            vpc_link: object.read("vpc_link", None, |field| field.parsed(VPC_LINK, vpc_link).map(Some)),
            mediator_default_format: object
                .read("mediator_default_format", ResponseFormat::Json, |field| field.choice(&RESPONSE_FORMATS)),
        }
    }
}

fn placed<T, E>(field: &Field<'_>, expected: &str, parse: impl FnOnce(String) -> Result<T, E>) -> Option<Placed<T>> {
    Some(field.placed(field.parsed(expected, |text| parse(text.to_owned()))?))
}

fn api(field: &Field<'_>) -> Option<Placed<Api>> {
    let object = field.object()?;
    let id = object.required("id", API_ID);
    object.close();
    let id = id?;
    let is_id = |text: &str| text.len() == 10 && text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9'));
    let text = id.parsed(API_ID, |text| if is_id(text) { Ok(text.to_owned()) } else { Err(()) })?;
    Some(id.placed(Api { id: text }))
}

/// A query would end up before the path that the gateway appends.
fn backend_uri(text: &str) -> Result<HttpUri, ()> {
    HttpUri::parse(text).ok().filter(|uri| uri.url().query().is_none()).ok_or(())
}

/// A gateway response can name one origin only.
fn cors_origins(field: &Field<'_>) -> Option<Vec<String>> {
    let origins = field.items(|item| item.parsed(ORIGIN, origin))?;
    if origins.len() > 1 {
        return field.refuse(&format!("{} origins", origins.len()), "at most one: a REST API can answer with one only");
    }
    Some(origins)
}

fn origin(text: &str) -> Result<String, ()> {
    let is_origin = |uri: HttpUri| uri.url().scheme() == "https" && uri.url().origin().ascii_serialization() == text;
    if text == "*" || HttpUri::parse(text).is_ok_and(is_origin) { Ok(text.to_owned()) } else { Err(()) }
}

fn vpc_link(text: &str) -> Result<String, ()> {
    let is_id = (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if is_id { Ok(text.to_owned()) } else { Err(()) }
}

/// API Gateway's own limit, in seconds.
const MAX_AUTHORIZER_TTL: u64 = 3600;

const ON_AWS: &str = "a host that API Gateway reaches: this one is each machine itself";

const BACKEND: &str = "an http or https URL with a host, without user information, query and fragment";

const RESOURCE: &str = "an absolute URI without fragment";

const API_ID: &str = "the id of an API: 10 lower-case letters and digits";

const ORIGIN: &str = "'*' or an https origin without a path, such as https://app.example.com";

const VPC_LINK: &str = "the id of a VPC link: letters, digits and '-'";

pub(super) const RESPONSE_FORMATS: [(&str, ResponseFormat); 2] =
    [("json", ResponseFormat::Json), ("xml", ResponseFormat::Xml)];
