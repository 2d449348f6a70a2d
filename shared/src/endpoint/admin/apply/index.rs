//! What the file and the store have, by what the comparison asks for, so that it takes no longer than they are long.

use std::collections::{HashMap, HashSet};

use crate::{
    model::{Alias, ApiKey, Client, configuration::Configuration},
    protocol::{ClientId, Digest, Secret, ServiceName, Spkey},
    store::{Snapshot, Stored},
};

/// The file and the store, indexed.
pub(super) struct Index<'a> {
    /// Stored services by name.
    pub services: HashMap<&'a ServiceName, &'a Spkey>,
    /// Stored clients by application.
    pub clients: HashMap<&'a str, Vec<&'a Stored<Client>>>,
    /// Stored API keys by application.
    pub api_keys: HashMap<&'a str, Vec<&'a Stored<ApiKey>>>,
    /// Services of the file by what else leads to them.
    pub given_aliases: HashMap<Alias, &'a ServiceName>,
    /// API keys whose text is in the file: each goes where the file names it, wherever it is now.
    pub given_keys: HashSet<Digest>,
    /// Clients that are in the file, under whichever application.
    pub given_clients: HashSet<&'a ClientId>,
    /// API keys of the file by application and name.
    pub given_names: HashSet<(&'a str, &'a str)>,
}

impl<'a> Index<'a> {
    pub(super) fn new(wanted: &'a Configuration, current: &'a Snapshot) -> Self {
        let applications = || wanted.applications.iter();
        let given_keys = applications().flat_map(|application| &application.api_keys);
        let given_clients = applications().flat_map(|application| &application.clients);
        let named = applications().flat_map(|application| {
            application.api_keys.iter().map(|key| (application.name.as_str(), key.name.as_str()))
        });
        Self {
            // The first of a name counts, as it has from the beginning.
            services: current.services.values().rev().map(|s| (&s.value.name, &s.value.spkey)).collect(),
            clients: grouped(current.clients.values(), |client| client.application.as_str()),
            api_keys: grouped(current.api_keys.values(), |key| key.application.as_str()),
            given_aliases: wanted.services.iter().flat_map(|s| s.aliases().map(move |to| (to, &s.name))).collect(),
            given_keys: given_keys.filter_map(|key| key.key.as_ref()).map(Secret::digest).collect(),
            given_clients: given_clients.map(|client| &client.client_id).collect(),
            given_names: named.collect(),
        }
    }

    /// Whether the file lists a stored API key, by its text or by its name.
    pub(super) fn lists(&self, key: &ApiKey) -> bool {
        self.given_keys.contains(&key.digest)
            || self.given_names.contains(&(key.application.as_str(), key.name.as_str()))
    }
}

fn grouped<'a, T>(
    values: impl Iterator<Item = &'a Stored<T>>,
    application: impl Fn(&'a T) -> &'a str,
) -> HashMap<&'a str, Vec<&'a Stored<T>>> {
    let mut groups: HashMap<_, Vec<_>> = HashMap::new();
    for stored in values {
        groups.entry(application(&stored.value)).or_default().push(stored);
    }
    groups
}
