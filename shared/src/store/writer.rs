//! Writes: each [`Change`] with its condition. The writer holds a reader; a reader holds no writer.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    error::SdkError,
    operation::{delete_item::DeleteItemError, put_item::PutItemError, update_item::UpdateItemError},
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};

use super::{
    Change, CommitError, Reader, Record, RecordKey, Table,
    failure::failed,
    item::{self, Item},
};
use crate::{
    model::{FAILURES_ALLOWED, Grant, Pointer, ThrottleKey, WINDOW_SECONDS},
    protocol::Timestamp,
};

/// Makes changes.
pub struct Writer {
    reader: Reader,
}

impl Writer {
    /// A writer over what a reader sees.
    pub fn new(reader: Reader) -> Self {
        Self { reader }
    }

    /// The reader, for decisions.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Makes one change, whole or not at all.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when its condition no longer holds, [`CommitError::Store`] when DynamoDB did not
    /// answer.
    pub async fn commit(&self, change: Change) -> Result<(), CommitError> {
        match change {
            Change::Issue { grant, attempt } => {
                self.put(Table::Tokens, grant_item(&grant), "attribute_not_exists(id)", &attempt).await
            }
            Change::Replace { grant, pointer, attempt } => self.replace(grant, pointer.as_ref(), &attempt).await,
            Change::CountGuess { key, now } => self.count_guess(&key, now).await,
            Change::ForgiveGuess { key } => self.forgive_guess(&key).await,
            Change::Save { record, over, attempt } => self.save(&record, over, &attempt).await,
            Change::Remove { key, over } => self.remove(&key, over).await,
        }
    }

    /// Takes the place of an earlier grant, or else of exactly the grant that was found there: clocks of two sandboxes
    /// differ, so time alone does not tell who came first. In one place time never runs backwards. So a late send of a
    /// write that had won finds a time that is not before its own, or another attempt than it names, and changes
    /// nothing. One that never won and comes late from a clock that is ahead cannot be told from a new one.
    async fn replace(&self, mut grant: Grant, pointer: Option<&Pointer>, attempt: &str) -> Result<(), CommitError> {
        if let Some(pointer) = pointer {
            self.put(Table::Tokens, pointer_item(pointer), "attribute_not_exists(id)", attempt).await?;
        }
        let mut seen: Option<Item> = None;
        for _ in 0..REPLACEMENTS {
            let last = seen.as_ref().and_then(|item| item::number_of(item, "issued_at")).map(Timestamp::from_secs);
            grant.issued_at = last.map_or(grant.issued_at, |last| last.max(grant.issued_at));
            let (condition, value) = match &seen {
                None => ("attribute_not_exists(id) OR issued_at < :seen", item::number(grant.issued_at.as_secs())),
                Some(item) => ("attempt = :seen", item::text(item::text_of(item, item::ATTEMPT).unwrap_or_default())),
            };
            match self.put_or_see(Table::Tokens, grant_item(&grant), condition, attempt, [(":seen", value)]).await? {
                Put::Made => return Ok(()),
                Put::Refused { stored } => seen = stored,
            }
        }
        Err(CommitError::Conflict)
    }

    async fn save(&self, record: &Record, over: Option<u64>, attempt: &str) -> Result<(), CommitError> {
        let (table, mut item) = record_item(record);
        item.insert(item::REVISION.into(), item::number(over.unwrap_or(0) + 1));
        match over {
            None => {
                let condition = format!("attribute_not_exists({})", table.key());
                self.put(table, item, &condition, attempt).await
            }
            Some(revision) => {
                let unchanged = [(":revision", item::number(revision))];
                self.put_if(table, item, "revision = :revision", attempt, unchanged).await
            }
        }
    }

    /// A repeated delete finds nothing, which is what it wants.
    async fn remove(&self, key: &RecordKey, over: u64) -> Result<(), CommitError> {
        let (table, key) = record_key(key);
        let answer = self
            .reader
            .db
            .delete_item()
            .table_name(self.reader.tables.name(table))
            .key(table.key(), item::text(key))
            .condition_expression(format!("attribute_not_exists({}) OR revision = :revision", table.key()))
            .expression_attribute_values(":revision", item::number(over))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(e))
                if matches!(e.err(), DeleteItemError::ConditionalCheckFailedException(_)) =>
            {
                Err(CommitError::Conflict)
            }
            Err(error) => Err(failed("DeleteItem", &error).into()),
        }
    }

    /// Counts within the current window, or opens a new one. A conflict means that the window has no guess left.
    async fn count_guess(&self, key: &ThrottleKey, now: Timestamp) -> Result<(), CommitError> {
        let condition = "window_ends > :now AND failures < :limit";
        let limit = [(":now", now.as_secs()), (":limit", FAILURES_ALLOWED)];
        for _ in 0..CONFLICTS {
            let stored = match self.update_throttle(key, "SET failures = failures + :one", condition, &limit).await? {
                Updated::Yes => return Ok(()),
                Updated::No { stored } => stored,
            };
            let is_open = stored.is_some_and(|item| item::number_of(&item, "window_ends") > Some(now.as_secs()));
            if is_open {
                return Err(CommitError::Conflict);
            }
            if self.open_window(key, now).await? {
                return Ok(());
            }
        }
        Err(CommitError::Conflict)
    }

    /// A counter that is gone or empty needs nothing.
    async fn forgive_guess(&self, key: &ThrottleKey) -> Result<(), CommitError> {
        let update = self.update_throttle(key, "SET failures = failures - :one", "failures > :zero", &[(":zero", 0)]);
        update.await.map(|_| ())
    }

    async fn update_throttle(
        &self,
        key: &ThrottleKey,
        update: &str,
        condition: &str,
        values: &[(&str, u64)],
    ) -> Result<Updated, CommitError> {
        let values =
            values.iter().chain(&[(":one", 1)]).map(|(name, value)| ((*name).to_owned(), item::number(*value)));
        let answer = self
            .reader
            .db
            .update_item()
            .table_name(self.reader.tables.name(Table::Tokens))
            .key(Table::Tokens.key(), item::text(key.as_str()))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values.collect()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Updated::Yes),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(Updated::No { stored: failed.item.clone() })
                }
                _ => Err(failed("UpdateItem", &error).into()),
            },
        }
    }

    async fn open_window(&self, key: &ThrottleKey, now: Timestamp) -> Result<bool, CommitError> {
        let ends = now.plus(WINDOW_SECONDS);
        let mut item = item::to_item(&crate::model::Throttle { failures: 1, window_ends: ends });
        item.insert(Table::Tokens.key().into(), item::text(key.as_str()));
        item.insert(item::PURGE_AT.into(), item::number(ends.as_secs()));
        let condition = "attribute_not_exists(id) OR window_ends <= :now";
        // A repeated write of our own is indistinguishable from another's here, and counts alike: no attempt is named.
        match self.put_if(Table::Tokens, item, condition, "", [(":now", item::number(now.as_secs()))]).await {
            Ok(()) => Ok(true),
            Err(CommitError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn put(&self, table: Table, item: Item, condition: &str, attempt: &str) -> Result<(), CommitError> {
        self.put_if(table, item, condition, attempt, []).await
    }

    async fn put_if<const N: usize>(
        &self,
        table: Table,
        item: Item,
        condition: &str,
        attempt: &str,
        values: [(&str, AttributeValue); N],
    ) -> Result<(), CommitError> {
        match self.put_or_see(table, item, condition, attempt, values).await? {
            Put::Made => Ok(()),
            Put::Refused { .. } => Err(CommitError::Conflict),
        }
    }

    /// Puts an item on a condition. When the condition fails because an earlier send of this very attempt won and
    /// only its answer was lost, that is a success.
    async fn put_or_see<const N: usize>(
        &self,
        table: Table,
        mut item: Item,
        condition: &str,
        attempt: &str,
        values: [(&str, AttributeValue); N],
    ) -> Result<Put, CommitError> {
        item.insert(item::ATTEMPT.into(), item::text(attempt));
        let values: HashMap<_, _> = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let answer = self
            .reader
            .db
            .put_item()
            .table_name(self.reader.tables.name(table))
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values).filter(|values| !values.is_empty()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Put::Made),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(refused(failed.item.clone(), attempt))
                }
                _ => Err(failed("PutItem", &error).into()),
            },
        }
    }
}

/// Whether an item was put, or what its condition found.
enum Put {
    Made,
    Refused { stored: Option<Item> },
}

/// A refusal, unless the item that is there is the one this attempt wrote.
fn refused(stored: Option<Item>, attempt: &str) -> Put {
    let other = stored.as_ref().and_then(|item| item::text_of(item, item::ATTEMPT));
    if !attempt.is_empty() && other == Some(attempt) { Put::Made } else { Put::Refused { stored } }
}

/// Whether an update was made, or what its condition found.
enum Updated {
    Yes,
    No { stored: Option<Item> },
}

fn grant_item(grant: &Grant) -> Item {
    let mut item = item::to_item(grant);
    item.insert(item::PURGE_AT.into(), item::number(grant.purge_at().as_secs()));
    item
}

fn pointer_item(pointer: &Pointer) -> Item {
    let mut item = item::to_item(pointer);
    item.insert(item::PURGE_AT.into(), item::number(pointer.purge_at().as_secs()));
    item
}

fn record_item(record: &Record) -> (Table, Item) {
    let mut item = match record {
        Record::Service(service) => item::to_item(service),
        Record::Alias { spkey, .. } => item::to_item(&HashMap::from([("spkey", spkey)])),
        Record::Application(application) => item::to_item(application),
        Record::Client(client) => item::to_item(client),
        Record::ApiKey(key) => item::to_item(key),
        Record::User(user) => item::to_item(user),
    };
    let (table, key) = record_key(&record.key());
    item.insert(table.key().into(), item::text(key));
    (table, item)
}

fn record_key(key: &RecordKey) -> (Table, String) {
    match key {
        RecordKey::Service(spkey) => (Table::Services, item::service_key(spkey)),
        RecordKey::Alias(api_id) => (Table::Services, item::alias_key(api_id)),
        RecordKey::Application(name) => (Table::Clients, item::application_key(name.as_str())),
        RecordKey::Client(client_id) => (Table::Clients, item::client_key(client_id)),
        RecordKey::ApiKey(digest) => (Table::Clients, item::api_key_key(digest)),
        RecordKey::User(username) => (Table::Users, username.to_string()),
    }
}

/// Tries of a counter that others count too.
const CONFLICTS: usize = 3;
/// Tries of a grant whose place others take too: each that fails means that another's was made.
const REPLACEMENTS: usize = 16;
