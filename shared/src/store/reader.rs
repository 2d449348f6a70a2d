//! Reads for decisions: grants always anew and strongly consistent, definitions as old as the freshness allows.

use std::{collections::HashMap, sync::Arc, time::Duration};

use aws_sdk_dynamodb::{
    Client as DynamoDb,
    types::{AttributeValue, KeysAndAttributes},
};

use super::{
    StoreError, Table, Tables,
    failure::failed,
    fresh::Fresh,
    item::{self, Item},
};
use crate::{
    env::World,
    model::{ApiKey, Client, ServiceDefinition, Throttle, ThrottleKey},
    protocol::{ClientId, Digest, Spkey},
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
    services: Fresh<ServiceDefinition>,
    aliases: Fresh<Option<Spkey>>,
    clients: Fresh<Stored<Client>>,
    api_keys: Fresh<ApiKey>,
}

impl Reader {
    /// A reader whose definitions, clients and keys may be `max_age` seconds old (`DEFINITION_MAX_AGE`).
    pub fn new(db: DynamoDb, tables: Tables, world: World, max_age: u64) -> Self {
        Self {
            db,
            tables,
            world,
            services: Fresh::new(max_age),
            aliases: Fresh::new(max_age),
            clients: Fresh::new(max_age),
            api_keys: Fresh::new(max_age),
        }
    }

    /// A service definition.
    ///
    /// # Errors
    /// [`StoreError`], as every read here.
    pub async fn service(&self, spkey: &Spkey) -> Result<Option<Arc<ServiceDefinition>>, StoreError> {
        let key = item::service_key(spkey);
        let now = self.world.clock.now();
        if let Some(known) = self.services.get(&key, now) {
            return Ok(Some(known));
        }
        let found = self.get(Table::Services, &key).await?;
        found.map(|found| Ok(self.services.keep(&key, item::from_item(&key, found)?, now))).transpose()
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
                None if missing.contains(&key) => {}
                None => missing.push(key),
            }
        }
        for (key, item) in self.batch_get(Table::Services, missing).await? {
            let definition = item::from_item(&key, item)?;
            found.insert(key.clone(), self.services.keep(&key, definition, now));
        }
        Ok(spkeys.iter().filter_map(|spkey| found.get(&item::service_key(spkey)).cloned()).collect())
    }

    /// The service that an existing API belongs to. That there is none is remembered like an answer, or every call of
    /// an API without alias would ask again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn alias(&self, api_id: &str) -> Result<Option<Spkey>, StoreError> {
        let key = item::alias_key(api_id);
        let now = self.world.clock.now();
        if let Some(known) = self.aliases.get(&key, now) {
            return Ok((*known).clone());
        }
        let found = self.get(Table::Services, &key).await?;
        let spkey = found.map(|found| alias_of(&key, &found)).transpose()?;
        Ok((*self.aliases.keep(&key, spkey, now)).clone())
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
        self.clients.get(&item::client_key(client_id), self.world.clock.now())
    }

    /// A client as it is now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn client_anew(&self, client_id: &ClientId) -> Result<Option<Arc<Stored<Client>>>, StoreError> {
        let key = item::client_key(client_id);
        let now = self.world.clock.now();
        let Some(found) = self.get(Table::Clients, &key).await? else { return Ok(None) };
        let revision = item::number_of(&found, item::REVISION).unwrap_or(0);
        let stored = Stored { value: item::from_item(&key, found)?, revision };
        Ok(Some(self.clients.keep(&key, stored, now)))
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

    /// At most [`BATCH`] keys a request; what DynamoDB leaves over is asked for again, a few times.
    async fn batch_get(&self, table: Table, keys: Vec<String>) -> Result<Vec<(String, Item)>, StoreError> {
        let mut items = Vec::with_capacity(keys.len());
        let mut left: Vec<Item> = keys.into_iter().map(|key| [(table.key().into(), item::text(key))].into()).collect();
        let mut patience = BATCH_RETRIES;
        while !left.is_empty() {
            let batch = left.drain(..left.len().min(BATCH)).collect();
            let wanted = KeysAndAttributes::builder().set_keys(Some(batch)).consistent_read(true).build();
            let wanted = wanted.expect("keys are set");
            let request = self.db.batch_get_item().request_items(self.tables.name(table), wanted);
            let answer = Box::pin(request.send()).await;
            let answer = answer.map_err(|error| failed("BatchGetItem", &error))?;
            let found = answer.responses.into_iter().flatten().flat_map(|(_, items)| items);
            items.extend(found.filter_map(|item| Some((item::text_of(&item, table.key())?.to_owned(), item))));
            let over: Vec<Item> =
                answer.unprocessed_keys.into_iter().flatten().flat_map(|(_, wanted)| wanted.keys).collect();
            if !over.is_empty() {
                let cause = || "keys were left over again and again".to_owned();
                let tired = || StoreError::Unavailable { operation: "BatchGetItem", cause: cause() };
                patience = patience.checked_sub(1).ok_or_else(tired)?;
                tokio::time::sleep(BATCH_PAUSE).await;
            }
            left.extend(over);
        }
        Ok(items)
    }
}

fn alias_of(key: &str, found: &HashMap<String, AttributeValue>) -> Result<Spkey, StoreError> {
    let spkey = item::text_of(found, "spkey").and_then(|text| Spkey::parse(text).ok());
    spkey.ok_or_else(|| StoreError::Malformed { id: key.to_owned(), cause: "it names no spkey".into() })
}

/// DynamoDB's limit of keys in one BatchGetItem.
const BATCH: usize = 100;
/// How often left-over keys are asked for again, and the pause before.
const BATCH_RETRIES: u32 = 5;
const BATCH_PAUSE: Duration = Duration::from_millis(25);
