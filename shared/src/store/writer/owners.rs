//! Writes of what resource owners do: what they let clients do, and their logins.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};

use super::Writer;
use crate::{
    model::{Listing, OwnerAuthorizationKey, Session, SessionKey},
    protocol::{ClientId, Subject},
    store::{CommitError, Table, failure::failed, item},
};

impl Writer {
    pub(super) async fn index(&self, owner: &Subject, client_id: &ClientId) -> Result<(), CommitError> {
        let update = self
            .update_authorizations(&item::owner_key(owner))
            .update_expression("SET v = :layout, #owner = :owner ADD clients :clients")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", item::text(owner.as_str()))
            .expression_attribute_values(":layout", item::layout())
            .expression_attribute_values(":clients", AttributeValue::Ss(vec![client_id.to_string()]));
        Box::pin(update.send()).await.map(drop).map_err(|error| failed("UpdateItem", &error).into())
    }

    pub(super) async fn list(&self, listing: &Listing, attempt: &str) -> Result<(), CommitError> {
        let key = listing.key();
        let Some(epoch) = listing.epoch else {
            let mut first = item::to_item(&listing.first());
            first.insert(Table::Authorizations.key().into(), item::text(key.as_str()));
            return self.put_if(Table::Authorizations, first, "attribute_not_exists(id)", attempt, []).await;
        };
        let mut names = HashMap::from([("#grant".to_owned(), listing.grant.as_str().to_owned())]);
        let mut values = HashMap::from([
            (":listed".to_owned(), item::value(&listing.listed)),
            (":epoch".to_owned(), item::number(epoch)),
            (":attempt".to_owned(), item::text(attempt)),
            (":since".to_owned(), item::value(&listing.listed.since)),
        ]);
        let mut update =
            "SET grants.#grant = :listed, attempt = :attempt, since = if_not_exists(since, :since)".to_owned();
        if let Some((spkey, scope)) = &listing.consent {
            update.push_str(", consents.#spkey = :scope");
            names.insert("#spkey".into(), spkey.to_string());
            values.insert(":scope".into(), item::value(scope));
        }
        for (at, over) in listing.over.iter().enumerate() {
            update.push_str(if at == 0 { " REMOVE " } else { ", " });
            update.push_str(&format!("grants.#over{at}"));
            names.insert(format!("#over{at}"), over.clone());
        }
        let request = self
            .update_authorizations(key.as_str())
            .update_expression(update)
            .condition_expression("epoch = :epoch")
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let answer = Box::pin(request.send()).await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Err(CommitError::Conflict),
                _ => Err(failed("UpdateItem", &error).into()),
            },
        }
    }

    /// Where nothing was agreed to yet, the item that is left keeps a first listing on its way from being made.
    pub(super) async fn raise_epoch(
        &self,
        owner: &Subject,
        client_id: &ClientId,
        attempt: &str,
    ) -> Result<(), CommitError> {
        let key = OwnerAuthorizationKey::of(client_id, owner);
        let empty = AttributeValue::M(HashMap::new());
        let update = "SET epoch = if_not_exists(epoch, :zero) + :one, consents = :empty, \
                      grants = if_not_exists(grants, :empty), client_id = :client_id, #owner = :owner, \
                      attempt = :attempt, v = :layout REMOVE since";
        let update = self
            .update_authorizations(key.as_str())
            .update_expression(update)
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":zero", item::number(0))
            .expression_attribute_values(":one", item::number(1))
            .expression_attribute_values(":empty", empty)
            .expression_attribute_values(":client_id", item::text(client_id.as_str()))
            .expression_attribute_values(":owner", item::text(owner.as_str()))
            .expression_attribute_values(":attempt", item::text(attempt))
            .expression_attribute_values(":layout", item::layout());
        Box::pin(update.send()).await.map(drop).map_err(|error| failed("UpdateItem", &error).into())
    }

    pub(super) async fn log_in(&self, key: &SessionKey, session: &Session, attempt: &str) -> Result<(), CommitError> {
        let mut item = item::to_item(session);
        item.insert(Table::Tokens.key().into(), item::text(key.as_str()));
        item.insert(item::PURGE_AT.into(), item::number(session.purge_at().as_secs()));
        self.put_if(Table::Tokens, item, "attribute_not_exists(id)", attempt, []).await
    }

    /// A login that is over already needs nothing.
    pub(super) async fn log_out(&self, key: &SessionKey) -> Result<(), CommitError> {
        let table = self.reader.tables.name(Table::Tokens);
        let delete = self.reader.db.delete_item().table_name(table).key(Table::Tokens.key(), item::text(key.as_str()));
        Box::pin(delete.send()).await.map(drop).map_err(|error| failed("DeleteItem", &error).into())
    }

    fn update_authorizations(&self, key: &str) -> UpdateItemFluentBuilder {
        let table = self.reader.tables.name(Table::Authorizations);
        self.reader.db.update_item().table_name(table).key(Table::Authorizations.key(), item::text(key))
    }
}
