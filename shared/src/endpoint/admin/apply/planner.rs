//! What a configuration changes: a plain comparison of what is wanted with what is there. Omitted secrets and spkeys
//! are kept, or drawn; hand-picked secrets are compared by verifying them.

use std::collections::{HashMap, HashSet};

use super::{
    Wanted,
    index::Index,
    server::server_after,
    step::{DrawnSecret, Edit, Step},
};
use crate::{
    endpoint::admin::shut_out::ShutOut,
    env::Env,
    model::{
        ApiKey, Application, Client, ClientSecret, Sealed, SecretDigest, User,
        configuration::{
            ApiKeyEntry, ApplicationEntry, ClientEntry, Configuration, GivenSecret, Secrets, ServiceEntry, UserEntry,
        },
        generated_secret, generated_spkey,
    },
    protocol::{ApplicationName, Digest, Secret, ServiceName, Spkey},
    store::{Record, RecordKey, Snapshot, Stored},
};

/// Each service's spkey.
pub(super) type Spkeys<'a> = HashMap<&'a ServiceName, Spkey>;

/// Each service's spkey: the file's, the one that a service of this name has, or a new one.
pub(super) fn spkeys<'a>(services: &'a [ServiceEntry], index: &Index<'_>, env: &Env<'_>) -> Spkeys<'a> {
    let stored = |name: &ServiceName| index.services.get(name).map(|spkey| Spkey::clone(spkey));
    let drawn = || Spkey::parse(generated_spkey(env)).expect("a drawn spkey is one");
    let spkey = |service: &ServiceEntry| service.spkey.clone().or_else(|| stored(&service.name)).unwrap_or_else(drawn);
    services.iter().map(|service| (&service.name, spkey(service))).collect()
}

/// A service of the file by both its names.
#[derive(Debug)]
pub(super) struct NamedSpkey {
    pub spkey: Spkey,
    pub name: ServiceName,
    /// Whether this plan draws the spkey: neither the file nor the store has one.
    pub is_drawn: bool,
}

/// The services of the file with their spkeys.
pub(super) fn named(spkeys: &Spkeys<'_>, index: &Index<'_>, wanted: &Configuration) -> Vec<NamedSpkey> {
    let is_drawn = |service: &ServiceEntry| service.spkey.is_none() && !index.services.contains_key(&service.name);
    let named = |service: &ServiceEntry| NamedSpkey {
        spkey: spkeys[&service.name].clone(),
        name: service.name.clone(),
        is_drawn: is_drawn(service),
    };
    wanted.services.iter().map(named).collect()
}

/// The facts of the comparison.
pub(super) struct Planner<'a> {
    pub wanted: &'a Wanted<'a>,
    pub current: &'a Snapshot,
    pub index: Index<'a>,
    pub spkeys: Spkeys<'a>,
    /// The credentials of services at their providers.
    pub credentials: HashMap<&'a ServiceName, Sealed>,
    pub env: &'a Env<'a>,
    pub steps: Vec<Step>,
}

impl<'a> Planner<'a> {
    /// Every step, each kind in the order of the file.
    pub(super) fn steps(mut self) -> Vec<Step> {
        let configuration = self.wanted.configuration;
        configuration.services.iter().for_each(|service| self.service(service));
        configuration.applications.iter().for_each(|application| self.application(application));
        configuration.users.iter().for_each(|user| self.user(user));
        if self.wanted.prune {
            self.prune();
        } else {
            self.end_unlisted_aliases();
            self.finish_unlisted_users();
        }
        let server = server_after(&self.steps, self.current, self.wanted);
        self.save(self.current.server.as_ref(), server, |server| Record::Server(Box::new(server)), None);
        self.steps
    }

    fn service(&mut self, wanted: &ServiceEntry) {
        let spkey = self.spkeys[&wanted.name].clone();
        let stored = self.current.services.get(spkey.as_str());
        let credential = self.credentials.remove(&wanted.name);
        let definition = wanted.complete(spkey.clone(), |_| credential.unwrap_or_else(Sealed::nothing));
        let aliases = definition.aliases();
        self.save(stored, definition, |definition| Record::Service(Box::new(definition)), None);
        for alias in aliases {
            let known = self.current.aliases.get(&alias);
            self.save(known, spkey.clone(), |spkey| Record::Alias { alias, spkey }, None);
        }
    }

    fn application(&mut self, wanted: &ApplicationEntry) {
        let application = Application { name: wanted.name.clone(), enabled: wanted.enabled };
        let stored = self.current.applications.get(wanted.name.as_str());
        self.save(stored, application, Record::Application, None);
        if !self.wanted.prune {
            self.switch_unlisted(wanted);
        }
        wanted.clients.iter().for_each(|client| self.client(client, &wanted.name, wanted.enabled));
        wanted.api_keys.iter().for_each(|key| self.api_key(key, &wanted.name, wanted.enabled));
    }

    /// An application's switch is for all its credentials, also those that the file lists nowhere any more. One that
    /// it lists under another application or name gets its switch there.
    fn switch_unlisted(&mut self, wanted: &ApplicationEntry) {
        let application_enabled = wanted.enabled;
        for stored in self.index.clients.get(wanted.name.as_str()).cloned().unwrap_or_default() {
            if !self.index.given_clients.contains(&stored.value.client_id) {
                let client = Client { application_enabled, ..stored.value.clone() };
                self.save(Some(stored), client, |client| Record::Client(Box::new(client)), None);
            }
        }
        for stored in self.index.api_keys.get(wanted.name.as_str()).cloned().unwrap_or_default() {
            if !self.index.lists(&stored.value) {
                let key = ApiKey { application_enabled, ..stored.value.clone() };
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
            keys: wanted.keys.clone(),
            auth_method: wanted.auth_method,
            grant_types: wanted.grant_types.clone(),
            redirect_uris: wanted.redirect_uris.clone(),
            scope: wanted.scope.clone(),
            services: self.spkeys_of(&wanted.services),
            introspects: self.spkeys_of(&wanted.introspects),
            access_token_ttl: wanted.access_token_ttl,
            texts: wanted.texts.clone(),
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
                (vec![ClientSecret { digest, expires_at: None, is_of_file: false }], Some(secret))
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
        ClientSecret { digest, expires_at: given.expires_at, is_of_file: true }
    }

    fn api_key(&mut self, wanted: &ApiKeyEntry, application: &ApplicationName, application_enabled: bool) {
        let stored = self.index.api_keys.get(application.as_str()).into_iter().flatten().copied();
        let stored = stored.filter(|stored| stored.value.name == wanted.name);
        let stored = stored.filter(|stored| !self.index.given_keys.contains(&stored.value.digest)).collect();
        for (digest, drawn) in self.digests(wanted, stored) {
            let (application, name) = (application.clone(), wanted.name.clone());
            let drawn = drawn.map(|secret| DrawnSecret::new(format!("API key {application} / {name}"), secret));
            let services = self.spkeys_of(&wanted.services);
            let key = ApiKey { digest, name, application, enabled: wanted.enabled, application_enabled, services };
            self.save(self.current.api_keys.get(&digest), key, Record::ApiKey, drawn);
        }
    }

    /// The text of the file alone, or each that is stored under the name, or a new one. What the file's text replaces
    /// ends.
    fn digests(&mut self, wanted: &ApiKeyEntry, stored: Vec<&Stored<ApiKey>>) -> Vec<(Digest, Option<Secret>)> {
        match &wanted.key {
            Some(given) => {
                stored.into_iter().for_each(|old| self.remove(RecordKey::ApiKey(old.value.digest), old.revision));
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
            revocation_due: false,
            times_disabled: stored.map_or(0, |stored| stored.value.times_disabled),
        };
        match stored.filter(|stored| stored.value.is_shut_out_by(&user)) {
            Some(stored) => self.shut_out(stored, Some(user)),
            None => {
                let drawn = drawn.map(|secret| DrawnSecret::new(format!("user {}", wanted.username), secret));
                self.save(stored, user, Record::User, drawn);
            }
        }
    }

    /// Users that the file does not list are kept as they are; but what was begun is brought to its end.
    fn finish_unlisted_users(&mut self) {
        for stored in self.unlisted_users().into_iter().filter(|stored| stored.value.revocation_due) {
            self.shut_out(stored, Some(stored.value.clone()));
        }
    }

    fn unlisted_users(&self) -> Vec<&'a Stored<User>> {
        let listed: HashSet<&str> = self.wanted.configuration.users.iter().map(|user| user.username.as_str()).collect();
        self.current.users.values().filter(|stored| !listed.contains(stored.value.username.as_str())).collect()
    }

    /// An API that a service of the file lists no longer, and no other service either, belongs to nobody; so it is with a
    /// resource. What counts is the alias, not the stored service: a run that stopped may have written the service alone.
    fn end_unlisted_aliases(&mut self) {
        let current = self.current;
        let spkeys: HashSet<&Spkey> = self.spkeys.values().collect();
        let unlisted = current
            .aliases
            .iter()
            .filter(|(alias, led)| spkeys.contains(&led.value) && !self.index.given_aliases.contains_key(alias));
        let gone: Vec<_> = unlisted.map(|(alias, led)| (RecordKey::Alias(alias.clone()), led.revision)).collect();
        gone.into_iter().for_each(|(key, over)| self.remove(key, over));
    }

    /// Ends what the file lists nowhere. Everything that is stored came from a file: no client registers itself yet.
    fn prune(&mut self) {
        let current = self.current;
        let spkeys: HashSet<&str> = self.spkeys.values().map(Spkey::as_str).collect();
        let configuration = self.wanted.configuration;
        let applications: HashSet<&str> = configuration.applications.iter().map(|a| a.name.as_str()).collect();
        let services = current.services.values().filter(|s| !spkeys.contains(s.value.spkey.as_str()));
        let services = services.map(|s| (RecordKey::Service(s.value.spkey.clone()), s.revision));
        let aliases = current.aliases.iter().filter(|(alias, _)| !self.index.given_aliases.contains_key(alias));
        let aliases = aliases.map(|(alias, s)| (RecordKey::Alias(alias.clone()), s.revision));
        let gone = current.applications.values().filter(|s| !applications.contains(s.value.name.as_str()));
        let applications = gone.map(|s| (RecordKey::Application(s.value.name.clone()), s.revision));
        let clients = current.clients.values().filter(|s| !self.index.given_clients.contains(&s.value.client_id));
        let clients = clients.map(|s| (RecordKey::Client(s.value.client_id.clone()), s.revision));
        let api_keys = current.api_keys.values().filter(|s| !self.index.lists(&s.value));
        let api_keys = api_keys.map(|s| (RecordKey::ApiKey(s.value.digest), s.revision));
        let gone: Vec<_> = services.chain(aliases).chain(applications).chain(clients).chain(api_keys).collect();
        gone.into_iter().for_each(|(key, over)| self.remove(key, over));
        self.unlisted_users().into_iter().for_each(|stored| self.shut_out(stored, None));
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
            self.steps.push(Step { edit: Edit::Save { record: record(value), over, attempt }, drawn });
        }
    }

    fn remove(&mut self, key: RecordKey, over: u64) {
        self.steps.push(Step { edit: Edit::Remove { key, over }, drawn: None });
    }

    fn shut_out(&mut self, before: &Stored<User>, after: Option<User>) {
        self.steps.push(Step { edit: Edit::ShutOut(ShutOut { before: before.clone(), after }), drawn: None });
    }

    fn spkeys_of(&self, names: &[ServiceName]) -> Vec<Spkey> {
        names.iter().map(|name| self.spkeys[name].clone()).collect()
    }
}
