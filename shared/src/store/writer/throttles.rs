//! Writes of the counters that slow down guessing: sets of named guesses, so that what is sent twice counts once.

use aws_sdk_dynamodb::{operation::update_item::builders::UpdateItemFluentBuilder, types::AttributeValue};

use super::{Put, Writer, update_or_see};
use crate::{
    model::{ThrottleKey, WINDOW_SECONDS},
    protocol::Timestamp,
    store::{
        CommitError, Table,
        item::{self, Item},
    },
};

impl Writer {
    /// Counts within the current window, or opens a new one. A conflict means that the window has no guess left.
    pub(super) async fn count_guess(&self, key: &ThrottleKey, now: Timestamp, guess: &str) -> Result<(), CommitError> {
        let limit = u64::try_from(key.limit()).unwrap_or(u64::MAX);
        for _ in 0..CONFLICTS {
            let counting = self
                .update_throttle(key, guess, ("ADD tries :guesses", IN_WINDOW))
                .expression_attribute_values(":now", item::number(now.as_secs()))
                .expression_attribute_values(":limit", item::number(limit));
            let stored = match update_or_see(counting, "").await? {
                Put::Made => return Ok(()),
                Put::Refused { stored } => stored,
            };
            let is_open = stored.is_some_and(|item| item::number_of(&item, "window_ends") > Some(now.as_secs()));
            if is_open {
                return Err(CommitError::Conflict);
            }
            if self.open_window(key, now, guess).await? {
                return Ok(());
            }
        }
        Err(CommitError::Conflict)
    }

    /// A guess that is counted no more, because its window is over, needs nothing.
    pub(super) async fn end_guess(&self, key: &ThrottleKey, guess: &str, is_right: bool) -> Result<(), CommitError> {
        let update = if is_right { "DELETE tries :guesses" } else { "ADD wrong :guesses" };
        let ending = self.update_throttle(key, guess, (update, "contains(tries, :guess)"));
        update_or_see(ending, "").await.map(drop)
    }

    fn update_throttle(
        &self,
        key: &ThrottleKey,
        guess: &str,
        (update, condition): (&str, &str),
    ) -> UpdateItemFluentBuilder {
        self.reader
            .db
            .update_item()
            .table_name(self.reader.tables.name(Table::Tokens))
            .key(Table::Tokens.key(), item::text(key.as_str()))
            .update_expression(update)
            .condition_expression(condition)
            .expression_attribute_values(":guess", item::text(guess))
            .expression_attribute_values(":guesses", only(guess))
    }

    async fn open_window(&self, key: &ThrottleKey, now: Timestamp, guess: &str) -> Result<bool, CommitError> {
        let ends = item::number(now.plus(WINDOW_SECONDS).as_secs());
        let item = Item::from([
            (Table::Tokens.key().to_owned(), item::text(key.as_str())),
            ("tries".to_owned(), only(guess)),
            ("window_ends".to_owned(), ends.clone()),
            (item::PURGE_AT.to_owned(), ends),
            (item::VERSION.to_owned(), item::layout()),
        ]);
        let condition = "attribute_not_exists(id) OR window_ends <= :now";
        let now = [(":now", item::number(now.as_secs()))];
        match self.put_if(Table::Tokens, item, condition, guess, now).await {
            Ok(()) => Ok(true),
            Err(CommitError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn only(guess: &str) -> AttributeValue {
    AttributeValue::Ss(vec![guess.to_owned()])
}

/// The window is open and has a guess left, or this one is counted already and its answer was lost.
const IN_WINDOW: &str =
    "window_ends > :now AND (attribute_not_exists(tries) OR size(tries) < :limit OR contains(tries, :guess))";

/// Tries of a counter that others count too.
const CONFLICTS: usize = 3;
