//! Writes of the counters that slow down guessing.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;

use super::{Put, Writer, update_or_see};
use crate::{
    model::{Throttle, ThrottleKey, WINDOW_SECONDS},
    protocol::Timestamp,
    store::{CommitError, Table, item},
};

impl Writer {
    /// Counts within the current window, or opens a new one. A conflict means that the window has no guess left.
    pub(super) async fn count_guess(&self, key: &ThrottleKey, now: Timestamp) -> Result<(), CommitError> {
        let condition = "window_ends > :now AND failures < :limit";
        let limit = [(":now", now.as_secs()), (":limit", key.limit())];
        for _ in 0..CONFLICTS {
            let counting = self.counting(key, "SET failures = failures + :one", condition, &limit);
            let stored = match update_or_see(counting, "").await? {
                Put::Made => return Ok(()),
                Put::Refused { stored } => stored,
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

    /// A counter that is gone or empty needs nothing, nor one whose window was opened after the guess was counted. Sent
    /// again, the same try gives nothing back.
    pub(super) async fn forgive_guess(
        &self,
        key: &ThrottleKey,
        counted_at: Timestamp,
        attempt: &str,
    ) -> Result<(), CommitError> {
        let condition = "failures > :zero AND window_ends <= :ends AND \
                         (attribute_not_exists(forgiven) OR forgiven <> :attempt)";
        let values = [(":zero", 0), (":ends", counted_at.plus(WINDOW_SECONDS).as_secs())];
        let forgiving = self
            .counting(key, "SET failures = failures - :one, forgiven = :attempt", condition, &values)
            .expression_attribute_values(":attempt", item::text(attempt));
        update_or_see(forgiving, "").await.map(drop)
    }

    fn counting(
        &self,
        key: &ThrottleKey,
        update: &str,
        condition: &str,
        values: &[(&str, u64)],
    ) -> UpdateItemFluentBuilder {
        let values =
            values.iter().chain(&[(":one", 1)]).map(|(name, value)| ((*name).to_owned(), item::number(*value)));
        self.reader
            .db
            .update_item()
            .table_name(self.reader.tables.name(Table::Tokens))
            .key(Table::Tokens.key(), item::text(key.as_str()))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values.collect()))
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

/// Tries of a counter that others count too.
const CONFLICTS: usize = 3;
