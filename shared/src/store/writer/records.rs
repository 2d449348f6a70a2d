//! Writes of what a user configures, each over the revision that was read.

use std::collections::HashMap;

use aws_sdk_dynamodb::{error::SdkError, operation::delete_item::DeleteItemError};

use super::{Writer, update_or_see};
use crate::store::{
    ChosenPassword, CommitError, Record, RecordKey, Table,
    failure::failed,
    item::{self, Item},
};

impl Writer {
    pub(super) async fn save(&self, record: &Record, over: Option<u64>, attempt: &str) -> Result<(), CommitError> {
        let (table, mut item) = record_item(record);
        item.insert(item::REVISION.into(), item::number(over.unwrap_or(0) + 1));
        match over {
            None => {
                let condition = format!("attribute_not_exists({})", table.key());
                self.put_if(table, item, &condition, attempt, []).await
            }
            Some(revision) => {
                let unchanged = [(":revision", item::number(revision))];
                self.put_if(table, item, "revision = :revision", attempt, unchanged).await
            }
        }
    }

    /// Where the user is gone there is no revision, and nothing is made.
    pub(super) async fn set_password(&self, password: &ChosenPassword, attempt: &str) -> Result<(), CommitError> {
        let ChosenPassword { username, digest, revocation_due, over } = password;
        let mark = if *revocation_due { ", revocation_due = :due" } else { " REMOVE revocation_due" };
        let request = self
            .reader
            .db
            .update_item()
            .table_name(self.reader.tables.name(Table::Users))
            .key(Table::Users.key(), item::text(username.as_str()))
            .update_expression(format!("SET #password = :password, revision = :next, attempt = :attempt{mark}"))
            .condition_expression("revision = :seen")
            .expression_attribute_names("#password", "password")
            .expression_attribute_values(":password", item::value(digest))
            .expression_attribute_values(":next", item::number(over + 1))
            .expression_attribute_values(":attempt", item::text(attempt))
            .expression_attribute_values(":seen", item::number(*over));
        let request = match revocation_due {
            true => request.expression_attribute_values(":due", item::value(revocation_due)),
            false => request,
        };
        update_or_see(request, attempt).await?.or_conflict()
    }

    /// A repeated delete finds nothing, which is what it wants. It leaves nothing either, so a first save that was sent
    /// twice could come back after it: while AWS takes the signature of the earlier send, five minutes. Marks in the
    /// place of what is gone would stay for good (these tables purge nothing) and be in every reader's way; whoever
    /// prunes what was made minutes before finds it in the next plan.
    pub(super) async fn remove(&self, key: &RecordKey, over: u64) -> Result<(), CommitError> {
        let (table, key) = record_key(key);
        let request = self
            .reader
            .db
            .delete_item()
            .table_name(self.reader.tables.name(table))
            .key(table.key(), item::text(key))
            .condition_expression(format!("attribute_not_exists({}) OR revision = :revision", table.key()))
            .expression_attribute_values(":revision", item::number(over));
        let answer = Box::pin(request.send()).await;
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
}

fn record_item(record: &Record) -> (Table, Item) {
    let mut item = match record {
        Record::Server(server) => item::to_item(server),
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
        RecordKey::Server => (Table::Services, item::SERVER_KEY.to_owned()),
        RecordKey::Service(spkey) => (Table::Services, item::service_key(spkey)),
        RecordKey::Alias(alias) => (Table::Services, alias.key()),
        RecordKey::Application(name) => (Table::Clients, item::application_key(name.as_str())),
        RecordKey::Client(client_id) => (Table::Clients, item::client_key(client_id)),
        RecordKey::ApiKey(digest) => (Table::Clients, item::api_key_key(digest)),
        RecordKey::User(username) => (Table::Users, username.to_string()),
    }
}
