//! Writes of the counters that slow down guessing.

use aws_sdk_dynamodb::{operation::update_item::UpdateItemError, types::ReturnValuesOnConditionCheckFailure};

use super::Writer;
use crate::{
    model::{Throttle, ThrottleKey, WINDOW_SECONDS},
    protocol::Timestamp,
    store::{
        CommitError, Table,
        failure::failed,
        item::{self, Item},
    },
};

impl Writer {
    /// Counts within the current window, or opens a new one. A conflict means that the window has no guess left.
    pub(super) async fn count_guess(&self, key: &ThrottleKey, now: Timestamp) -> Result<(), CommitError> {
        let condition = "window_ends > :now AND failures < :limit";
        let limit = [(":now", now.as_secs()), (":limit", key.limit())];
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
    pub(super) async fn forgive_guess(&self, key: &ThrottleKey) -> Result<(), CommitError> {
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
        let request = self
            .reader
            .db
            .update_item()
            .table_name(self.reader.tables.name(Table::Tokens))
            .key(Table::Tokens.key(), item::text(key.as_str()))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values.collect()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let answer = Box::pin(request.send()).await;
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
        let mut item = item::to_item(&Throttle { failures: 1, window_ends: ends });
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
}

/// Whether an update was made, or what its condition found.
enum Updated {
    Yes,
    No { stored: Option<Item> },
}

/// Tries of a counter that others count too.
const CONFLICTS: usize = 3;
