//! Everything users have configured, read at once: for the command, not for decisions about requests.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::{
    Reader, StoreError, Table,
    failure::failed,
    item::{self, Item},
    reader::Stored,
};
use crate::{
    model::{
        Alias, ApiKey, Application, Client, ServerDefinition, ServiceDefinition, User,
        configuration::document::Configured,
    },
    protocol::{Digest, Spkey},
};

/// What users have configured, by item key.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The server as a whole.
    pub server: Option<Stored<ServerDefinition>>,
    /// Services by spkey.
    pub services: BTreeMap<String, Stored<ServiceDefinition>>,
    /// Services by what else leads to them.
    pub aliases: BTreeMap<Alias, Stored<Spkey>>,
    /// Applications by name.
    pub applications: BTreeMap<String, Stored<Application>>,
    /// Clients by `client_id`.
    pub clients: BTreeMap<String, Stored<Client>>,
    /// API keys by the digest of their text.
    pub api_keys: BTreeMap<Digest, Stored<ApiKey>>,
    /// People by username.
    pub users: BTreeMap<String, Stored<User>>,
}

impl Reader {
    /// Reads everything users have configured, strongly consistent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let (services, clients, users) =
            tokio::try_join!(self.all(Table::Services), self.all(Table::Clients), self.all(Table::Users))?;
        Ok(Snapshot {
            server: services.server,
            services: services.services,
            aliases: services.aliases,
            users: users.users,
            ..clients
        })
    }

    /// The people, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        let snapshot = self.all(Table::Users).await?;
        Ok(snapshot.users.into_values().map(|stored| stored.value).collect())
    }

    /// What one table holds, page by page, so that at most one page is there twice.
    async fn all(&self, table: Table) -> Result<Snapshot, StoreError> {
        let mut snapshot = Snapshot::default();
        let items = self.db.scan().table_name(self.tables.name(table)).consistent_read(true).into_paginator();
        let mut items = items.items().send();
        while let Some(item) = items.next().await {
            let item = item.map_err(|error| failed("Scan", &error))?;
            let id = item::text_of(&item, table.key()).unwrap_or_default().to_owned();
            snapshot.add(table, &id, item)?;
        }
        Ok(snapshot)
    }
}

impl Snapshot {
    /// What it holds, to be put into the words of the file.
    pub fn configured(&self) -> Configured<'_> {
        Configured {
            server: self.server.as_ref().map(|stored| &stored.value),
            services: values(&self.services),
            applications: values(&self.applications),
            clients: values(&self.clients),
            api_keys: values(&self.api_keys),
            users: values(&self.users),
        }
    }

    fn add(&mut self, table: Table, id: &str, item: Item) -> Result<(), StoreError> {
        let (kind, name) = if table == Table::Users { ("user", id) } else { id.split_once('#').unwrap_or((id, "")) };
        match kind {
            item::SERVER_KEY => self.server = Some(stored(id, item)?),
            "spkey" => drop(self.services.insert(name.into(), stored(id, item)?)),
            "app" => drop(self.applications.insert(name.into(), stored(id, item)?)),
            "client" => drop(self.clients.insert(name.into(), stored(id, item)?)),
            "key" => {
                let key: Stored<ApiKey> = stored(id, item)?;
                self.api_keys.insert(key.value.digest, key);
            }
            "user" => drop(self.users.insert(name.into(), stored(id, item)?)),
            _ => {
                let unknown = || StoreError::Malformed { id: id.to_owned(), cause: "an item of unknown kind".into() };
                self.aliases.insert(Alias::of_key(kind, name).ok_or_else(unknown)?, alias(id, item)?);
            }
        }
        Ok(())
    }
}

fn values<K, T>(stored: &BTreeMap<K, Stored<T>>) -> Vec<&T> {
    stored.values().map(|stored| &stored.value).collect()
}

fn stored<T: DeserializeOwned>(id: &str, item: Item) -> Result<Stored<T>, StoreError> {
    let revision = item::number_of(&item, item::REVISION).unwrap_or(0);
    Ok(Stored { value: item::from_item(id, item)?, revision })
}

fn alias(id: &str, item: Item) -> Result<Stored<Spkey>, StoreError> {
    #[derive(serde::Deserialize)]
    struct Alias {
        spkey: Spkey,
    }
    let Stored { value: Alias { spkey }, revision } = stored(id, item)?;
    Ok(Stored { value: spkey, revision })
}
