//! Writes of grants, of what leads to them and of what becomes one.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Put, Writer};
use crate::{
    model::{Grant, GrantKey, Pointer, PushedRequest},
    protocol::Timestamp,
    store::{
        CommitError, Table,
        failure::failed,
        item::{self, Item},
    },
};

impl Writer {
    pub(super) async fn issue(&self, grant: &Grant, attempt: &str) -> Result<(), CommitError> {
        self.put_if(Table::Tokens, grant_item(grant), ABSENT, attempt, []).await
    }

    pub(super) async fn point(&self, pointer: &Pointer, attempt: &str) -> Result<(), CommitError> {
        self.put_if(Table::Tokens, with_purge_at(item::to_item(pointer), pointer.purge_at()), ABSENT, attempt, []).await
    }

    pub(super) async fn push(&self, request: &PushedRequest, attempt: &str) -> Result<(), CommitError> {
        self.put_if(Table::Tokens, with_purge_at(item::to_item(request), request.purge_at()), ABSENT, attempt, []).await
    }

    /// Puts the next state of an item over exactly the one that was read.
    pub(super) async fn advance(&self, grant: &Grant, over: &str, attempt: &str) -> Result<(), CommitError> {
        let seen = [(":seen", item::text(over))];
        self.put_if(Table::Tokens, grant_item(grant), "attempt = :seen", attempt, seen).await
    }

    /// Ends a grant, whatever became of it meanwhile. Where none is yet, the item that is left keeps one from being put.
    /// A new attempt is named, so that a change on its way from an earlier state fails.
    pub(super) async fn revoke(&self, id: &GrantKey, at: Timestamp, attempt: &str) -> Result<(), CommitError> {
        let values = [
            (":at", item::number(at.as_secs())),
            (":purge_at", item::number(at.plus(TOMBSTONE_SECONDS).as_secs())),
            (":attempt", item::text(attempt)),
            (":layout", item::layout()),
        ];
        let update = "SET revoked_at = if_not_exists(revoked_at, :at), attempt = :attempt, \
                      purge_at = if_not_exists(purge_at, :purge_at), v = if_not_exists(v, :layout)";
        let request = self
            .reader
            .db
            .update_item()
            .table_name(self.reader.tables.name(Table::Tokens))
            .key(Table::Tokens.key(), item::text(id.as_str()))
            .update_expression(update)
            .set_expression_attribute_values(Some(values.map(|(name, value)| (name.to_owned(), value)).into()));
        let answer = Box::pin(request.send()).await;
        answer.map(drop).map_err(|error| failed("UpdateItem", &error).into())
    }

    /// Takes the place of an earlier grant, or else of exactly the grant that was found there: clocks of two sandboxes
    /// differ, so time alone does not tell who came first. In one place time never runs backwards. So a late send of a
    /// write that had won finds a time that is not before its own, or another attempt than it names, and changes
    /// nothing. One that never won and comes late from a clock that is ahead cannot be told from a new one.
    pub(super) async fn replace(&self, mut grant: Grant, attempt: &str) -> Result<(), CommitError> {
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
}

fn grant_item(grant: &Grant) -> Item {
    with_purge_at(item::to_item(grant), grant.purge_at())
}

fn with_purge_at(mut item: Item, purge_at: Timestamp) -> Item {
    item.insert(item::PURGE_AT.into(), AttributeValue::N(purge_at.to_string()));
    item
}

const ABSENT: &str = "attribute_not_exists(id)";

/// Seconds that the mark of a grant revoked before it was put stays: longer than any request that may still put it.
const TOMBSTONE_SECONDS: u64 = 24 * 60 * 60;

/// Tries of a grant whose place others take too: each that fails means that another's was made.
const REPLACEMENTS: usize = 16;
