//! Writes: each [`Change`] with its condition. The writer holds a reader; a reader holds no writer.

mod assertions;
mod grants;
mod owners;
mod records;
mod throttles;

use std::{collections::HashMap, sync::PoisonError};

use aws_sdk_dynamodb::{
    operation::{
        put_item::PutItemError,
        update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    },
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};

use super::{
    Change, CommitError, Reader, Table,
    failure::failed,
    item::{self, Item},
};

/// Makes changes.
pub struct Writer {
    reader: Reader,
    /// Whether changes are only foreseen.
    is_rehearsal: bool,
}

impl Writer {
    /// A writer over what a reader sees.
    pub fn new(reader: Reader) -> Self {
        Self { reader, is_rehearsal: false }
    }

    /// A writer that writes nothing: each change counts as made, unless what is stored tells that it would not be.
    pub fn rehearsing(reader: Reader) -> Self {
        Self { reader, is_rehearsal: true }
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
        if self.is_rehearsal {
            return self.foresee(change).await;
        }
        match change {
            Change::Issue { grant, attempt } => self.issue(&grant, &attempt).await,
            Change::Point { pointer, attempt } => self.point(&pointer, &attempt).await,
            Change::Push { request, attempt } => self.push(&request, &attempt).await,
            Change::Replace { grant, attempt } => self.replace(grant, &attempt).await,
            Change::Advance { grant, over, attempt } => self.advance(&grant, &over, &attempt).await,
            Change::Revoke { id, at, attempt } => self.revoke(&id, at, &attempt).await,
            Change::Index { owner, client_id } => self.index(&owner, &client_id).await,
            Change::List { listing, attempt } => self.list(&listing, &attempt).await,
            Change::RaiseEpoch { owner, client_id, attempt } => self.raise_epoch(&owner, &client_id, &attempt).await,
            Change::Unlist { seen, ended, attempt } => self.unlist(&seen, &ended, &attempt).await,
            Change::LogIn { key, session, attempt } => self.log_in(&key, &session, &attempt).await,
            Change::LogOut { key, at } => self.log_out(&key, at).await,
            Change::Spend { assertion, now, attempt } => self.spend(&assertion, now, &attempt).await,
            Change::CountGuess { key, now, guess } => self.count_guess(&key, now, &guess).await,
            Change::EndGuess { key, guess, is_right } => self.end_guess(&key, &guess, is_right).await,
            Change::Save { record, over, attempt } => self.save(&record, over, &attempt).await,
            Change::SetPassword { password, attempt } => self.set_password(&password, &attempt).await,
            Change::Remove { key, over } => self.remove(&key, over).await,
        }
    }

    /// A rehearsal refuses only what stored state already refuses: a guess that is one too many, and an assertion that was
    /// used. New grants are in nobody's way, and who enters an index is found there from then on.
    async fn foresee(&self, change: Change) -> Result<(), CommitError> {
        let is_refused = match change {
            Change::CountGuess { key, now, .. } => {
                self.reader.throttle(&key).await?.is_some_and(|throttle| throttle.is_full(&key, now))
            }
            Change::Spend { assertion, now, .. } => {
                self.reader.used_assertion(&assertion.key).await?.is_some_and(|used| now < used.expires_at)
            }
            Change::Index { owner, client_id } => {
                self.reader.foreseen.lock().unwrap_or_else(PoisonError::into_inner).push((owner, client_id));
                false
            }
            _ => false,
        };
        if is_refused { Err(CommitError::Conflict) } else { Ok(()) }
    }

    /// Makes changes in their order, as far as their conditions hold.
    ///
    /// # Errors
    /// As [`Writer::commit`], for the first that was not made; none after it is.
    pub async fn commit_all(&self, changes: Vec<Change>) -> Result<(), CommitError> {
        for change in changes {
            self.commit(change).await?;
        }
        Ok(())
    }

    async fn put_if<const N: usize>(
        &self,
        table: Table,
        item: Item,
        condition: &str,
        attempt: &str,
        values: [(&str, AttributeValue); N],
    ) -> Result<(), CommitError> {
        self.put_or_see(table, item, condition, attempt, values).await?.or_conflict()
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
        let request = self
            .reader
            .db
            .put_item()
            .table_name(self.reader.tables.name(table))
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values).filter(|values| !values.is_empty()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let answer = Box::pin(request.send()).await;
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

/// Updates an item on a condition; a failure by this very attempt's own earlier send is a success, as of a put.
async fn update_or_see(request: UpdateItemFluentBuilder, attempt: &str) -> Result<Put, CommitError> {
    let request = request.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let answer = Box::pin(request.send()).await;
    match answer {
        Ok(_) => Ok(Put::Made),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => Ok(refused(failed.item.clone(), attempt)),
            _ => Err(failed("UpdateItem", &error).into()),
        },
    }
}

/// Whether an item was put or updated, or what its condition found.
enum Put {
    Made,
    Refused { stored: Option<Item> },
}

impl Put {
    fn or_conflict(self) -> Result<(), CommitError> {
        match self {
            Self::Made => Ok(()),
            Self::Refused { .. } => Err(CommitError::Conflict),
        }
    }
}

/// A refusal, unless the item that is there is the one this attempt wrote.
fn refused(stored: Option<Item>, attempt: &str) -> Put {
    let other = stored.as_ref().and_then(|item| item::text_of(item, item::ATTEMPT));
    if !attempt.is_empty() && other == Some(attempt) { Put::Made } else { Put::Refused { stored } }
}
