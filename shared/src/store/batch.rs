//! Several items in one request, strongly consistent: of any tables whose key is `id`.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::{
    Reader, StoreError, Table, Tables,
    failure::failed,
    item::{self, Item},
};

/// Keys in DynamoDB's words, by the name of their table.
type Wanted = HashMap<String, KeysAndAttributes>;

impl Reader {
    /// Items by key, [`BATCH`] keys a request.
    pub(super) async fn batch_get(&self, keys: &[(Table, String)]) -> Result<Vec<(String, Item)>, StoreError> {
        self.batch_get_of(keys, None).await
    }

    /// The same, but of the items of one table no more than which attempt wrote each.
    pub(super) async fn batch_get_attempts(
        &self,
        keys: &[(Table, String)],
        of: Table,
    ) -> Result<Vec<(String, Item)>, StoreError> {
        self.batch_get_of(keys, Some(of)).await
    }

    async fn batch_get_of(
        &self,
        keys: &[(Table, String)],
        attempts_of: Option<Table>,
    ) -> Result<Vec<(String, Item)>, StoreError> {
        let mut items = Vec::with_capacity(keys.len());
        for batch in keys.chunks(BATCH) {
            self.get_all(wanted(batch, &self.tables, attempts_of), &mut items).await?;
        }
        Ok(items)
    }

    /// What DynamoDB leaves over is asked for again, a few times.
    async fn get_all(&self, mut wanted: Wanted, items: &mut Vec<(String, Item)>) -> Result<(), StoreError> {
        for _ in 0..=BATCH_RETRIES {
            let request = self.db.batch_get_item().set_request_items(Some(wanted));
            let answer = Box::pin(request.send()).await.map_err(|error| failed("BatchGetItem", &error))?;
            let found = answer.responses.into_iter().flatten().flat_map(|(_, found)| found);
            items.extend(found.filter_map(|item| Some((item::text_of(&item, KEY)?.to_owned(), item))));
            wanted = answer.unprocessed_keys.unwrap_or_default();
            if wanted.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(BATCH_PAUSE).await;
        }
        let cause = "keys were left over again and again".to_owned();
        Err(StoreError::Unavailable { operation: "BatchGetItem", cause })
    }
}

fn wanted(keys: &[(Table, String)], tables: &Tables, attempts_of: Option<Table>) -> Wanted {
    let narrowed = attempts_of.map(|table| tables.name(table));
    let mut by_table: HashMap<&str, Vec<Item>> = HashMap::new();
    for (table, key) in keys {
        by_table.entry(tables.name(*table)).or_default().push([(KEY.to_owned(), item::text(key))].into());
    }
    let wanted = by_table.into_iter().map(|(table, keys)| {
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
        let attributes = (narrowed == Some(table)).then(|| format!("{KEY}, {}", item::ATTEMPT));
        (table.to_owned(), keys.set_projection_expression(attributes).build().expect("keys are set"))
    });
    wanted.collect()
}

/// The key of every table but that of users.
const KEY: &str = Table::Services.key();

/// DynamoDB's limit of keys in one BatchGetItem.
const BATCH: usize = 100;

/// How often left-over keys are asked for again, and the pause before.
const BATCH_RETRIES: u32 = 5;
const BATCH_PAUSE: Duration = Duration::from_millis(25);
