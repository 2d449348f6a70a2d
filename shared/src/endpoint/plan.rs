//! What a configuration changes: a plain comparison of what is wanted with what is there. Omitted secrets and spkeys
//! are kept, or drawn; hand-picked secrets are compared by verifying them.

use std::collections::{HashMap, HashSet};

use crate::{
    env::Env,
    model::{
        ApiKey, Application, Client, ClientSecret, DataKey, SecretDigest, ServiceDefinition, User, ValidationMethod,
        configuration::{
            ApiKeyEntry, ApplicationEntry, ClientEntry, Configuration, GivenSecret, Secrets, ServiceEntry, UserEntry,
        },
        generated_secret, generated_spkey,
    },
    protocol::{ApplicationName, ClientId, Digest, Secret, ServiceName, Spkey},
    store::{Change, Record, Snapshot, Stored},
};

/// One change, and the secret that was drawn for it.
#[derive(Debug)]
pub(super) struct Step {
    pub change: Change,
    pub drawn: Option<DrawnSecret>,
}

/// A secret that was drawn because the file gives none: it is shown once.
#[derive(Debug)]
pub struct DrawnSecret {
    /// Whose it is, such as `client shop`.
    pub owner: String,
    /// The secret.
    pub secret: Secret,
    /// Whether the store has confirmed it. Where it did not answer, the secret may count or not.
    pub confirmed: bool,
}

impl DrawnSecret {
    fn new(owner: String, secret: Secret) -> Self {
        Self { owner, secret, confirmed: false }
    }
}

/// The steps in their order: services first, then their aliases, so that nothing ever names what is not there.
pub(super) fn plan(wanted: &Configuration, current: &Snapshot, data_key: &DataKey, env: &Env<'_>) -> Vec<Step> {
    let spkeys = spkeys(&wanted.services, current, env);
    let given_keys = wanted.applications.iter().flat_map(|application| &application.api_keys);
    let given_keys = given_keys.filter_map(|key| key.key.as_ref()).map(Secret::digest).collect();
    let given_clients = wanted.applications.iter().flat_map(|application| &application.clients);
    let given_clients = given_clients.map(|client| client.client_id.clone()).collect();
    let mut planner = Planner { current, data_key, env, spkeys, given_keys, given_clients, steps: Vec::new() };
    wanted.services.iter().for_each(|service| planner.service(service));
    wanted.applications.iter().for_each(|application| planner.application(application));
    wanted.users.iter().for_each(|user| planner.user(user));
    planner.steps
}

/// Each service's spkey: the file's, the one that a service of this name has, or a new one.
fn spkeys(services: &[ServiceEntry], current: &Snapshot, env: &Env<'_>) -> HashMap<ServiceName, Spkey> {
    let stored = |name: &ServiceName| {
        current.services.values().find(|stored| stored.value.name == *name).map(|stored| stored.value.spkey.clone())
    };
    let drawn = || Spkey::parse(generated_spkey(env)).expect("a drawn spkey is one");
    let spkey = |service: &ServiceEntry| service.spkey.clone().or_else(|| stored(&service.name)).unwrap_or_else(drawn);
    services.iter().map(|service| (service.name.clone(), spkey(service))).collect()
}

struct Planner<'a> {
    current: &'a Snapshot,
    data_key: &'a DataKey,
    env: &'a Env<'a>,
    spkeys: HashMap<ServiceName, Spkey>,
    /// API keys whose text is in the file: each goes where the file names it, wherever it is now.
    given_keys: HashSet<Digest>,
    /// Clients that are in the file, under whichever application.
    given_clients: HashSet<ClientId>,
    steps: Vec<Step>,
}

impl Planner<'_> {
    fn service(&mut self, wanted: &ServiceEntry) {
        let spkey = self.spkeys[&wanted.name].clone();
        let stored = self.current.services.get(spkey.as_str());
        let place = format!("spkey#{spkey}");
        let definition = wanted.complete(spkey.clone(), |secret| {
            let kept = stored.and_then(|stored| sealed(&stored.value)).filter(|sealed| {
                self.data_key.open(sealed, &place).is_ok_and(|known| known.digest().matches(&secret.digest()))
            });
            kept.cloned().unwrap_or_else(|| self.data_key.seal(secret, &place, self.env))
        });
        let apis = definition.apis.clone();
        self.save(stored, definition, |definition| Record::Service(Box::new(definition)), None);
        for api in apis {
            let known = self.current.aliases.get(&api.id);
            self.save(known, spkey.clone(), |spkey| Record::Alias { api_id: api.id, spkey }, None);
        }
    }

    fn application(&mut self, wanted: &ApplicationEntry) {
        let application = Application { name: wanted.name.clone(), enabled: wanted.enabled };
        let stored = self.current.applications.get(wanted.name.as_str());
        self.save(stored, application, Record::Application, None);
        self.switch_unlisted(wanted);
        wanted.clients.iter().for_each(|client| self.client(client, &wanted.name, wanted.enabled));
        wanted.api_keys.iter().for_each(|key| self.api_key(key, &wanted.name, wanted.enabled));
    }

    /// An application's switch is for all its credentials, also those that the file lists nowhere any more. One that
    /// it lists under another application or name gets its switch there.
    fn switch_unlisted(&mut self, wanted: &ApplicationEntry) {
        let enabled = wanted.enabled;
        for stored in self.current.clients.values().filter(|stored| stored.value.application == wanted.name) {
            if !self.given_clients.contains(&stored.value.client_id) {
                let client = Client { application_enabled: enabled, ..stored.value.clone() };
                self.save(Some(stored), client, |client| Record::Client(Box::new(client)), None);
            }
        }
        for stored in self.current.api_keys.values().filter(|stored| stored.value.application == wanted.name) {
            let is_named = wanted.api_keys.iter().any(|key| key.name == stored.value.name);
            if !is_named && !self.given_keys.contains(&stored.value.digest) {
                let key = ApiKey { application_enabled: enabled, ..stored.value.clone() };
                self.save(Some(stored), key, Record::ApiKey, None);
            }
        }
    }

    fn client(&mut self, wanted: &ClientEntry, application: &ApplicationName, application_enabled: bool) {
        let stored = self.current.clients.get(wanted.client_id.as_str());
        let (secrets, drawn) = self.secrets(wanted, stored);
        let client = Client {
            client_id: wanted.client_id.clone(),
            application: application.clone(),
            enabled: wanted.enabled,
            application_enabled,
            secrets,
            auth_method: wanted.auth_method,
            grant_types: wanted.grant_types.clone(),
            redirect_uris: wanted.redirect_uris.clone(),
            scope: wanted.scope.clone(),
            services: self.spkeys_of(&wanted.services),
            introspects: self.spkeys_of(&wanted.introspects),
            access_token_ttl: wanted.access_token_ttl,
        };
        let drawn = drawn.map(|secret| DrawnSecret::new(format!("client {}", wanted.client_id), secret));
        self.save(stored, client, |client| Record::Client(Box::new(client)), drawn);
    }

    fn secrets(&self, wanted: &ClientEntry, stored: Option<&Stored<Client>>) -> (Vec<ClientSecret>, Option<Secret>) {
        let kept = stored.map(|stored| stored.value.secrets.as_slice()).unwrap_or_default();
        match &wanted.secrets {
            Secrets::None => (Vec::new(), None),
            Secrets::Given(given) => (given.iter().map(|secret| self.given(secret, kept)).collect(), None),
            Secrets::Generated if !kept.is_empty() => (kept.to_vec(), None),
            Secrets::Generated => {
                let secret = generated_secret(self.env);
                let digest = SecretDigest::of_generated(&secret);
                (vec![ClientSecret { digest, expires_at: None }], Some(secret))
            }
        }
    }

    fn given(&self, given: &GivenSecret, kept: &[ClientSecret]) -> ClientSecret {
        let known =
            kept.iter().map(|kept| &kept.digest).find(|digest| digest.is_guessable() && digest.matches(&given.value));
        let digest = match known {
            _ if given.generated => SecretDigest::of_generated(&given.value),
            Some(digest) => digest.clone(),
            None => SecretDigest::of_hand_picked(&given.value, self.env),
        };
        ClientSecret { digest, expires_at: given.expires_at }
    }

    fn api_key(&mut self, wanted: &ApiKeyEntry, application: &ApplicationName, application_enabled: bool) {
        let named = |key: &ApiKey| key.application == *application && key.name == wanted.name;
        let stored = self.current.api_keys.values().filter(|stored| named(&stored.value));
        let stored = stored.filter(|stored| !self.given_keys.contains(&stored.value.digest)).collect();
        for (digest, drawn) in self.digests(wanted, stored) {
            let (application, name) = (application.clone(), wanted.name.clone());
            let drawn = drawn.map(|secret| DrawnSecret::new(format!("API key {application} / {name}"), secret));
            let services = self.spkeys_of(&wanted.services);
            let key = ApiKey { digest, name, application, enabled: wanted.enabled, application_enabled, services };
            self.save(self.current.api_keys.get(&digest), key, Record::ApiKey, drawn);
        }
    }

    /// The text of the file alone, or each that is stored under the name, or a new one. What the file's text replaces
    /// ends before: a run that stops leaves an API key too few, never one too many.
    fn digests(&mut self, wanted: &ApiKeyEntry, stored: Vec<&Stored<ApiKey>>) -> Vec<(Digest, Option<Secret>)> {
        match &wanted.key {
            Some(given) => {
                let retire =
                    |old: &Stored<ApiKey>| Change::RetireApiKey { digest: old.value.digest, over: old.revision };
                self.steps.extend(stored.into_iter().map(|old| Step { change: retire(old), drawn: None }));
                vec![(given.digest(), None)]
            }
            None if stored.is_empty() => {
                let secret = Secret::new(generated_spkey(self.env));
                vec![(secret.digest(), Some(secret))]
            }
            None => stored.into_iter().map(|kept| (kept.value.digest, None)).collect(),
        }
    }

    fn user(&mut self, wanted: &UserEntry) {
        let stored = self.current.users.get(wanted.username.as_str());
        let kept = stored.map(|stored| &stored.value.password);
        let (password, drawn) = match (&wanted.password, kept) {
            (Some(password), Some(kept)) if kept.matches(password) => (kept.clone(), None),
            (Some(password), _) => (SecretDigest::of_hand_picked(password, self.env), None),
            (None, Some(kept)) => (kept.clone(), None),
            (None, None) => {
                let secret = generated_secret(self.env);
                (SecretDigest::of_hand_picked(&secret, self.env), Some(secret))
            }
        };
        let user = User {
            username: wanted.username.clone(),
            enabled: wanted.enabled,
            password,
            name: wanted.name.clone(),
            email: wanted.email.clone(),
            roles: wanted.roles.clone(),
        };
        let drawn = drawn.map(|secret| DrawnSecret::new(format!("user {}", wanted.username), secret));
        self.save(stored, user, Record::User, drawn);
    }

    /// Saves a value over what is stored, where the two differ.
    fn save<T: PartialEq>(
        &mut self,
        stored: Option<&Stored<T>>,
        value: T,
        record: impl FnOnce(T) -> Record,
        drawn: Option<DrawnSecret>,
    ) {
        if stored.is_none_or(|stored| stored.value != value) {
            let (over, attempt) = (stored.map(|stored| stored.revision), self.env.attempt());
            self.steps.push(Step { change: Change::Save { record: record(value), over, attempt }, drawn });
        }
    }

    fn spkeys_of(&self, names: &[ServiceName]) -> Vec<Spkey> {
        names.iter().map(|name| self.spkeys[name].clone()).collect()
    }
}

fn sealed(service: &ServiceDefinition) -> Option<&crate::model::Sealed> {
    let crate::model::Authorizer::Introspection(policy) = &service.authorizer else { return None };
    match &policy.method {
        ValidationMethod::Introspection { client_secret, .. } => Some(client_secret),
        ValidationMethod::Bearer { .. } => None,
    }
}
