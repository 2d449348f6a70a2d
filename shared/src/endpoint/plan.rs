//! What a configuration changes: a plain comparison of what is wanted with what is there. Omitted secrets and spkeys
//! are kept, or drawn; hand-picked secrets are compared by verifying them.

use std::collections::HashMap;

use crate::{
    env::Env,
    model::{
        ApiKey, Application, Client, ClientSecret, DataKey, SecretDigest, ServiceDefinition, User, ValidationMethod,
        configuration::{
            ApiKeyEntry, ApplicationEntry, ClientEntry, Configuration, GivenSecret, Secrets, ServiceEntry, UserEntry,
        },
        generated_secret, generated_spkey,
    },
    protocol::{ApplicationName, Secret, ServiceName, Spkey},
    store::{Change, Record, Snapshot, Stored},
};

/// The changes in the order they are made: services first, so that nothing ever names a service that is not there.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub changes: Vec<Change>,
    pub drawn: Vec<DrawnSecret>,
}

/// A secret that was drawn because the file gives none: it is shown once.
#[derive(Debug)]
pub struct DrawnSecret {
    /// Whose it is, such as `client shop`.
    pub owner: String,
    /// The secret.
    pub secret: Secret,
}

/// Compares.
pub(super) fn plan(wanted: &Configuration, current: &Snapshot, data_key: &DataKey, env: &Env<'_>) -> Plan {
    let spkeys = spkeys(&wanted.services, current, env);
    let mut planner = Planner { current, data_key, env, spkeys, plan: Plan::default() };
    wanted.services.iter().for_each(|service| planner.service(service));
    wanted.applications.iter().for_each(|application| planner.application(application));
    wanted.users.iter().for_each(|user| planner.user(user));
    planner.plan
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
    plan: Plan,
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
        for api in &definition.apis {
            let known = self.current.aliases.get(&api.id);
            let alias = Record::Alias { api_id: api.id.clone(), spkey: spkey.clone() };
            self.save(known.is_some_and(|known| known.value == spkey), alias, known.map(|known| known.revision));
        }
        let same = stored.is_some_and(|stored| stored.value == definition);
        self.save(same, Record::Service(Box::new(definition)), stored.map(|stored| stored.revision));
    }

    fn application(&mut self, wanted: &ApplicationEntry) {
        let application = Application { name: wanted.name.clone(), enabled: wanted.enabled };
        let stored = self.current.applications.get(wanted.name.as_str());
        let same = stored.is_some_and(|stored| stored.value == application);
        self.save(same, Record::Application(application), stored.map(|stored| stored.revision));
        wanted.clients.iter().for_each(|client| self.client(client, &wanted.name, wanted.enabled));
        wanted.api_keys.iter().for_each(|key| self.api_key(key, &wanted.name, wanted.enabled));
    }

    fn client(&mut self, wanted: &ClientEntry, application: &ApplicationName, application_enabled: bool) {
        let stored = self.current.clients.get(wanted.client_id.as_str());
        let client = Client {
            client_id: wanted.client_id.clone(),
            application: application.clone(),
            enabled: wanted.enabled,
            application_enabled,
            secrets: self.secrets(wanted, stored),
            auth_method: wanted.auth_method,
            grant_types: wanted.grant_types.clone(),
            redirect_uris: wanted.redirect_uris.clone(),
            scope: wanted.scope.clone(),
            services: self.spkeys_of(&wanted.services),
            introspects: self.spkeys_of(&wanted.introspects),
            access_token_ttl: wanted.access_token_ttl,
        };
        let same = stored.is_some_and(|stored| stored.value == client);
        self.save(same, Record::Client(Box::new(client)), stored.map(|stored| stored.revision));
    }

    fn secrets(&mut self, wanted: &ClientEntry, stored: Option<&Stored<Client>>) -> Vec<ClientSecret> {
        let kept = stored.map(|stored| stored.value.secrets.as_slice()).unwrap_or_default();
        match &wanted.secrets {
            Secrets::None => Vec::new(),
            Secrets::Given(given) => given.iter().map(|secret| self.given(secret, kept)).collect(),
            Secrets::Generated if !kept.is_empty() => kept.to_vec(),
            Secrets::Generated => {
                let secret = generated_secret(self.env);
                let digest = SecretDigest::of_generated(&secret);
                self.plan.drawn.push(DrawnSecret { owner: format!("client {}", wanted.client_id), secret });
                vec![ClientSecret { digest, expires_at: None }]
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
        let stored = self.current.api_keys.get(&(application.to_string(), wanted.name.clone()));
        let digest = match (&wanted.key, stored) {
            (Some(key), _) => key.digest(),
            (None, Some(stored)) => stored.value.digest,
            (None, None) => {
                let secret = Secret::new(generated_spkey(self.env));
                let digest = secret.digest();
                self.plan.drawn.push(DrawnSecret { owner: format!("API key {application} / {}", wanted.name), secret });
                digest
            }
        };
        let services = self.spkeys_of(&wanted.services);
        let (name, application) = (wanted.name.clone(), application.clone());
        let key = ApiKey { digest, name, application, enabled: wanted.enabled, application_enabled, services };
        let replaced = stored.filter(|stored| stored.value.digest != digest);
        let same = stored.is_some_and(|stored| stored.value == key);
        let over = stored.filter(|_| replaced.is_none()).map(|stored| stored.revision);
        self.save(same, Record::ApiKey(key), over);
        if let Some(old) = replaced {
            self.plan.changes.push(Change::RetireApiKey { digest: old.value.digest, over: old.revision });
        }
    }

    fn user(&mut self, wanted: &UserEntry) {
        let stored = self.current.users.get(wanted.username.as_str());
        let kept = stored.map(|stored| &stored.value.password);
        let password = match (&wanted.password, kept) {
            (Some(password), Some(kept)) if kept.matches(password) => kept.clone(),
            (Some(password), _) => SecretDigest::of_hand_picked(password, self.env),
            (None, Some(kept)) => kept.clone(),
            (None, None) => {
                let secret = generated_secret(self.env);
                let digest = SecretDigest::of_hand_picked(&secret, self.env);
                self.plan.drawn.push(DrawnSecret { owner: format!("user {}", wanted.username), secret });
                digest
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
        let same = stored.is_some_and(|stored| stored.value == user);
        self.save(same, Record::User(user), stored.map(|stored| stored.revision));
    }

    fn save(&mut self, same: bool, record: Record, over: Option<u64>) {
        if !same {
            self.plan.changes.push(Change::Save { record, over, attempt: self.env.attempt() });
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
