//! Reads for decisions: grants always anew and strongly consistent, definitions as old as the freshness allows.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::{Client as DynamoDb, types::AttributeValue};

use super::{
    Located, StoreError, Table, Tables,
    failure::failed,
    fresh::Fresh,
    item::{self, Item},
};
use crate::{
    env::{Env, World},
    model::{
        Alias, ApiKey, Client, GrantKey, ServerDefinition, ServiceDefinition, Throttle, ThrottleKey, UsedAssertion,
    },
    protocol::{ClientId, Digest, Spkey, Subject, Timestamp},
};

/// A value and how often a user has changed it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<T> {
    /// The value.
    pub value: T,
    /// The revision, from 1.
    pub revision: u64,
}

/// Finds what is there. `None` is an answer, not an error. It cannot write.
pub struct Reader {
    pub(super) db: DynamoDb,
    pub(super) tables: Tables,
    world: World,
    server: Fresh<ServerDefinition>,
    services: Fresh<ServiceDefinition>,
    aliases: Fresh<Option<Spkey>>,
    clients: Fresh<KnownClient>,
    api_keys: Fresh<ApiKey>,
    /// Who would stand in whose index, had a rehearsal been the real thing.
    pub(super) foreseen: Mutex<Vec<(Subject, ClientId)>>,
}

/// A client as it was read, and the attempt that wrote its item: every write is an attempt of its own, so an item of
/// the same attempt is the same.
struct KnownClient {
    stored: Arc<Stored<Client>>,
    attempt: String,
}

impl Reader {
    /// A reader whose definitions, clients and keys may be `max_age` seconds old (`DEFINITION_MAX_AGE`).
    pub fn new(db: DynamoDb, tables: Tables, world: World, max_age: u64) -> Self {
        Self {
            db,
            tables,
            world,
            server: Fresh::new(max_age),
            services: Fresh::new(max_age),
            aliases: Fresh::new(max_age),
            clients: Fresh::new(max_age),
            api_keys: Fresh::new(max_age),
            foreseen: Mutex::default(),
        }
    }

    /// The moment, as the clock that freshness is judged by tells it.
    pub fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// The moment and randomness for a proof of what was read.
    pub fn env(&self) -> Env<'_> {
        self.world.env()
    }

    /// The server as a whole; an earlier version has left nothing about it.
    ///
    /// # Errors
    /// [`StoreError`], as every read here.
    pub async fn server(&self) -> Result<Arc<ServerDefinition>, StoreError> {
        let (key, now) = (item::SERVER_KEY, self.world.clock.now());
        if let Some(known) = self.server.get(key, now) {
            return Ok(known);
        }
        let found = self.get(Table::Services, key).await?.map(|found| item::from_item(key, found)).transpose()?;
        Ok(self.server.keep(key, found.unwrap_or_else(ServerDefinition::unknown), now))
    }

    /// A service definition.
    ///
    /// # Errors
    /// [`StoreError`], as every read here.
    pub async fn service(&self, spkey: &Spkey) -> Result<Option<Arc<ServiceDefinition>>, StoreError> {
        match self.kept_service(spkey) {
            Some(known) => Ok(Some(known)),
            None => self.service_anew(spkey).await,
        }
    }

    /// A service definition and a client, in one request where neither is fresh.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn service_and_client(
        &self,
        spkey: &Spkey,
        client_id: &ClientId,
    ) -> Result<(Option<Arc<ServiceDefinition>>, Option<Arc<Stored<Client>>>), StoreError> {
        match (self.kept_service(spkey), self.kept_client(client_id)) {
            (Some(service), Some(client)) => Ok((Some(service), Some(client))),
            (Some(service), None) => Ok((Some(service), self.client_anew(client_id).await?)),
            (None, Some(client)) => Ok((self.service_anew(spkey).await?, Some(client))),
            (None, None) => self.both_anew(spkey, client_id).await,
        }
    }

    /// The definitions of several services, in one request for those that are not fresh. Unknown ones are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn services(&self, spkeys: &[Spkey]) -> Result<Vec<Arc<ServiceDefinition>>, StoreError> {
        let now = self.world.clock.now();
        let mut found: HashMap<String, Arc<ServiceDefinition>> = HashMap::new();
        let mut missing = Vec::new();
        for key in spkeys.iter().map(item::service_key) {
            match self.services.get(&key, now) {
                Some(known) => drop(found.insert(key, known)),
                None if missing.iter().any(|(_, other)| *other == key) => {}
                None => missing.push((Table::Services, key)),
            }
        }
        for (key, item) in self.batch_get(&missing).await? {
            let definition = item::from_item(&key, item)?;
            found.insert(key.clone(), self.services.keep(&key, definition, now));
        }
        Ok(spkeys.iter().filter_map(|spkey| found.get(&item::service_key(spkey)).cloned()).collect())
    }

    /// The service that an alias leads to. That there is none is remembered like an answer, or every call of
    /// an API without alias would ask again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn alias(&self, alias: &Alias) -> Result<Option<Spkey>, StoreError> {
        let key = alias.key();
        let now = self.world.clock.now();
        if let Some(known) = self.aliases.get(&key, now) {
            return Ok((*known).clone());
        }
        let found = self.get(Table::Services, &key).await?;
        let spkey = found.map(|found| alias_of(&key, &found)).transpose()?;
        Ok((*self.aliases.keep(&key, spkey, now)).clone())
    }

    /// The service of an spkey, and where aliases lead, in their order: in one request, whatever is fresh.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn service_and_aliases(
        &self,
        spkey: Option<&Spkey>,
        aliases: &[Alias],
    ) -> Result<(Option<Arc<ServiceDefinition>>, Vec<Spkey>), StoreError> {
        let now = self.world.clock.now();
        let (service_key, alias_keys) = (spkey.map(item::service_key), aliases.iter().map(Alias::key));
        let wanted = service_key.clone().into_iter().chain(alias_keys.clone());
        let wanted: Vec<_> = wanted.map(|key| (Table::Services, key)).collect();
        let mut found: HashMap<String, Item> = self.batch_get(&wanted).await?.into_iter().collect();
        let service = service_key.and_then(|key| found.remove_entry(&key));
        let service = service.map(|(key, item)| Ok(self.services.keep(&key, item::from_item(&key, item)?, now)));
        let led = alias_keys.filter_map(|key| found.get(&key).map(|item| alias_of(&key, item)));
        Ok((service.transpose()?, led.collect::<Result<_, _>>()?))
    }

    /// A client.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn client(&self, client_id: &ClientId) -> Result<Option<Arc<Stored<Client>>>, StoreError> {
        match self.kept_client(client_id) {
            Some(known) => Ok(Some(known)),
            None => self.client_anew(client_id).await,
        }
    }

    /// A client that was read a while ago and is still fresh.
    pub fn kept_client(&self, client_id: &ClientId) -> Option<Arc<Stored<Client>>> {
        let known = self.clients.get(&item::client_key(client_id), self.world.clock.now())?;
        Some(Arc::clone(&known.stored))
    }

    /// A client as it is now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn client_anew(&self, client_id: &ClientId) -> Result<Option<Arc<Stored<Client>>>, StoreError> {
        self.client_at(&item::client_key(client_id)).await
    }

    /// Clients as they are now, and what the item of a presented token is, in one request; in one more for a client that
    /// was changed a moment ago.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn clients_and_token(
        &self,
        client_ids: &[&ClientId],
        token: &GrantKey,
    ) -> Result<(Vec<Arc<Stored<Client>>>, Located), StoreError> {
        let now = self.world.clock.now();
        let keys: BTreeSet<String> = client_ids.iter().map(|id| item::client_key(id)).collect();
        let known: Option<BTreeMap<&str, Arc<KnownClient>>> =
            keys.iter().map(|key| Some((key.as_str(), self.clients.find(key, now)?))).collect();
        let mut wanted: Vec<_> = keys.iter().map(|key| (Table::Clients, key.clone())).collect();
        wanted.push((Table::Tokens, token.as_str().to_owned()));
        let found = match known {
            Some(_) => self.batch_get_attempts(&wanted, Table::Clients).await?,
            None => self.batch_get(&wanted).await?,
        };
        let (mut clients, mut located) = (Vec::new(), Located::Nowhere);
        for (key, item) in found {
            if key == token.as_str() {
                located = Located::of(token, item)?;
                continue;
            }
            match known.as_ref().and_then(|known| known.get(key.as_str())) {
                None => clients.push(self.keep_client(&key, item, now)?),
                Some(known) if item::text_of(&item, item::ATTEMPT) == Some(&known.attempt) => {
                    clients.push(Arc::clone(&known.stored));
                }
                Some(_) => clients.extend(self.client_at(&key).await?),
            }
        }
        Ok((clients, located))
    }

    /// An API key by the digest of its text.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn api_key(&self, digest: &Digest) -> Result<Option<Arc<ApiKey>>, StoreError> {
        let key = item::api_key_key(digest);
        let now = self.world.clock.now();
        if let Some(known) = self.api_keys.get(&key, now) {
            return Ok(Some(known));
        }
        let found = self.get(Table::Clients, &key).await?;
        found.map(|found| Ok(self.api_keys.keep(&key, item::from_item(&key, found)?, now))).transpose()
    }

    /// Failures counted so far.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn throttle(&self, key: &ThrottleKey) -> Result<Option<Throttle>, StoreError> {
        let found = self.get(Table::Tokens, key.as_str()).await?;
        found.map(|found| item::from_item(key.as_str(), found)).transpose()
    }

    /// The mark of an assertion that was used.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn used_assertion(&self, key: &str) -> Result<Option<UsedAssertion>, StoreError> {
        let found = self.get(Table::Tokens, key).await?;
        found.map(|found| item::from_item(key, found)).transpose()
    }

    /// Opens the connection by a read whose answer does not matter.
    pub async fn open(&self, table: Table) {
        drop(self.get(table, "-").await);
    }

    // Requests are sent in boxes: their futures are large, would be part of each that waits for them, and be copied with
    // it several times per call.
    pub(super) async fn get(&self, table: Table, key: &str) -> Result<Option<Item>, StoreError> {
        let request = self.db.get_item().table_name(self.tables.name(table)).consistent_read(true);
        let answer = Box::pin(request.key(table.key(), item::text(key)).send()).await;
        answer.map(|answer| answer.item).map_err(|error| failed("GetItem", &error))
    }

    fn kept_service(&self, spkey: &Spkey) -> Option<Arc<ServiceDefinition>> {
        self.services.get(&item::service_key(spkey), self.world.clock.now())
    }

    async fn service_anew(&self, spkey: &Spkey) -> Result<Option<Arc<ServiceDefinition>>, StoreError> {
        let key = item::service_key(spkey);
        let now = self.world.clock.now();
        let found = self.get(Table::Services, &key).await?;
        found.map(|found| Ok(self.services.keep(&key, item::from_item(&key, found)?, now))).transpose()
    }

    async fn both_anew(
        &self,
        spkey: &Spkey,
        client_id: &ClientId,
    ) -> Result<(Option<Arc<ServiceDefinition>>, Option<Arc<Stored<Client>>>), StoreError> {
        let (service_key, client_key) = (item::service_key(spkey), item::client_key(client_id));
        let now = self.world.clock.now();
        let (mut service, mut client) = (None, None);
        let wanted = [(Table::Services, service_key.clone()), (Table::Clients, client_key)];
        for (key, item) in self.batch_get(&wanted).await? {
            if key == service_key {
                service = Some(self.services.keep(&key, item::from_item(&key, item)?, now));
            } else {
                client = Some(self.keep_client(&key, item, now)?);
            }
        }
        Ok((service, client))
    }

    async fn client_at(&self, key: &str) -> Result<Option<Arc<Stored<Client>>>, StoreError> {
        let now = self.world.clock.now();
        let found = self.get(Table::Clients, key).await?;
        found.map(|found| self.keep_client(key, found, now)).transpose()
    }

    fn keep_client(&self, key: &str, item: Item, now: Timestamp) -> Result<Arc<Stored<Client>>, StoreError> {
        let revision = item::number_of(&item, item::REVISION).unwrap_or(0);
        let attempt = item::text_of(&item, item::ATTEMPT).unwrap_or_default().to_owned();
        let stored = Arc::new(Stored { value: item::from_item(key, item)?, revision });
        self.clients.keep(key, KnownClient { stored: Arc::clone(&stored), attempt }, now);
        Ok(stored)
    }
}

fn alias_of(key: &str, found: &HashMap<String, AttributeValue>) -> Result<Spkey, StoreError> {
    let spkey = item::text_of(found, "spkey").and_then(|text| Spkey::parse(text).ok());
    spkey.ok_or_else(|| StoreError::Malformed { id: key.to_owned(), cause: "it names no spkey".into() })
}
