//! Writes of what resource owners do: what they let clients do, and their logins.

use std::collections::HashMap;

use aws_sdk_dynamodb::{operation::update_item::builders::UpdateItemFluentBuilder, types::AttributeValue};

use super::{Put, Writer, update_or_see};
use crate::{
    model::{GrantKey, Listing, OwnerAuthorization, OwnerAuthorizationKey, Session, SessionKey},
    protocol::{ClientId, Subject, Timestamp},
    store::{
        CommitError, Table,
        failure::failed,
        item::{self, Item},
    },
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
        let Some(epoch) = listing.epoch else {
            let mut first = item::to_item(&listing.first());
            first.insert(Table::Authorizations.key().into(), item::text(listing.key().as_str()));
            return self.put_if(Table::Authorizations, first, "attribute_not_exists(id)", attempt, []).await;
        };
        update_or_see(self.listing(listing, epoch, attempt), attempt).await?.or_conflict()
    }

    /// Raises the epoch over exactly the one that was found, so that a late send raises nothing. Where nothing was
    /// agreed to yet, the item that is left keeps a first listing on its way from being made. `since` and the list stay
    /// until all in it has ended.
    pub(super) async fn raise_epoch(
        &self,
        owner: &Subject,
        client_id: &ClientId,
        attempt: &str,
    ) -> Result<(), CommitError> {
        let epoch_of = |item: Item| item::number_of(&item, "epoch").unwrap_or(0);
        let key = OwnerAuthorizationKey::of(client_id, owner);
        let mut seen = self.reader.get(Table::Authorizations, key.as_str()).await?.map(epoch_of);
        for _ in 0..RAISES {
            match update_or_see(self.raising((owner, client_id), seen, attempt), attempt).await? {
                Put::Made => return Ok(()),
                Put::Refused { stored } => seen = stored.map(epoch_of),
            }
        }
        Err(CommitError::Conflict)
    }

    /// Over exactly the list that was read: what entered since is neither lost nor hidden.
    pub(super) async fn unlist(
        &self,
        seen: &OwnerAuthorization,
        ended: &[GrantKey],
        attempt: &str,
    ) -> Result<(), CommitError> {
        let key = OwnerAuthorizationKey::of(&seen.client_id, &seen.owner);
        let since = seen.since_without(ended);
        let (mut paths, names) = listed(ended.iter().map(GrantKey::as_str));
        let set = if since.is_some() { ", since = :since" } else { "" };
        if since.is_none() {
            paths.push("since".to_owned());
        }
        let update = format!("SET attempt = :attempt{set}{}", removing(&paths));
        let request = self
            .update_authorizations(key.as_str())
            .update_expression(update)
            .condition_expression("attempt = :seen")
            .set_expression_attribute_names(Some(names).filter(|names| !names.is_empty()))
            .expression_attribute_values(":attempt", item::text(attempt))
            .expression_attribute_values(":seen", item::text(&seen.attempt));
        let request = match since {
            Some(since) => request.expression_attribute_values(":since", item::value(&since)),
            None => request,
        };
        update_or_see(request, attempt).await?.or_conflict()
    }

    pub(super) async fn log_in(&self, key: &SessionKey, session: &Session, attempt: &str) -> Result<(), CommitError> {
        let mut item = item::to_item(session);
        item.insert(Table::Tokens.key().into(), item::text(key.as_str()));
        item.insert(item::PURGE_AT.into(), item::number(session.purge_at().as_secs()));
        self.put_if(Table::Tokens, item, "attribute_not_exists(id)", attempt, []).await
    }

    /// The item stays, so that a late send of its login finds it and brings nothing back. A cookie that stands for no
    /// login needs nothing.
    pub(super) async fn log_out(&self, key: &SessionKey, at: Timestamp) -> Result<(), CommitError> {
        let request = self
            .reader
            .db
            .update_item()
            .table_name(self.reader.tables.name(Table::Tokens))
            .key(Table::Tokens.key(), item::text(key.as_str()))
            .update_expression("SET ended_at = if_not_exists(ended_at, :at)")
            .condition_expression("attribute_exists(id)")
            .expression_attribute_values(":at", item::number(at.as_secs()));
        update_or_see(request, "").await.map(drop)
    }

    /// What lets a grant enter the list, or stay in it for no shorter a time than it was listed for.
    fn listing(&self, listing: &Listing, epoch: u64, attempt: &str) -> UpdateItemFluentBuilder {
        let (paths, mut names) = listed(listing.leaving.iter().map(String::as_str));
        names.insert("#grant".to_owned(), listing.grant.as_str().to_owned());
        names.insert("#until".to_owned(), "until".to_owned());
        let mut values = HashMap::from([
            (":listed".to_owned(), item::value(&listing.listed)),
            (":until".to_owned(), item::value(&listing.listed.until)),
            (":epoch".to_owned(), item::number(epoch)),
            (":attempt".to_owned(), item::text(attempt)),
            (":since".to_owned(), item::value(&listing.listed.since)),
        ]);
        let mut condition = NO_SHORTER.to_owned();
        for (at, (spkey, scope)) in listing.consents.iter().enumerate() {
            names.insert(format!("#c{at}"), spkey.to_string());
            values.insert(format!(":c{at}"), item::value(scope));
        }
        if let Some(seen) = &listing.alone_over {
            condition.push_str(" AND attempt = :seen");
            values.insert(":seen".into(), item::text(seen));
        }
        self.update_authorizations(listing.key().as_str())
            .update_expression(entering(listing.consents.len(), &paths))
            .condition_expression(condition)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
    }

    fn raising(
        &self,
        (owner, client_id): (&Subject, &ClientId),
        seen: Option<u64>,
        attempt: &str,
    ) -> UpdateItemFluentBuilder {
        let update = "SET epoch = :next, consents = :empty, grants = if_not_exists(grants, :empty), \
                      client_id = :client_id, #owner = :owner, attempt = :attempt, v = :layout";
        let request = self
            .update_authorizations(OwnerAuthorizationKey::of(client_id, owner).as_str())
            .update_expression(update)
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":next", item::number(seen.map_or(1, |epoch| epoch + 1)))
            .expression_attribute_values(":empty", AttributeValue::M(HashMap::new()))
            .expression_attribute_values(":client_id", item::text(client_id.as_str()))
            .expression_attribute_values(":owner", item::text(owner.as_str()))
            .expression_attribute_values(":attempt", item::text(attempt))
            .expression_attribute_values(":layout", item::layout());
        match seen {
            None => request.condition_expression("attribute_not_exists(id)"),
            Some(epoch) => {
                request.condition_expression("epoch = :seen").expression_attribute_values(":seen", item::number(epoch))
            }
        }
    }

    fn update_authorizations(&self, key: &str) -> UpdateItemFluentBuilder {
        let table = self.reader.tables.name(Table::Authorizations);
        self.reader.db.update_item().table_name(table).key(Table::Authorizations.key(), item::text(key))
    }
}

/// What a grant changes that enters the list with some consents, where what lies at some paths leaves it.
fn entering(consents: usize, leaving: &[String]) -> String {
    let consents: String = (0..consents).map(|at| format!(", consents.#c{at} = :c{at}")).collect();
    let since = "since = if_not_exists(since, :since)";
    format!("SET grants.#grant = :listed, attempt = :attempt, {since}{consents}{}", removing(leaving))
}

/// The paths of listed grants in an expression, and the names in them: short ones, for an expression has 4 KB.
fn listed<'k>(keys: impl Iterator<Item = &'k str>) -> (Vec<String>, HashMap<String, String>) {
    let names: HashMap<_, _> = keys.enumerate().map(|(at, key)| (format!("#l{at}"), key.to_owned())).collect();
    (names.keys().map(|name| format!("grants.{name}")).collect(), names)
}

/// The clause that removes what lies at some paths.
fn removing(paths: &[String]) -> String {
    if paths.is_empty() { String::new() } else { format!(" REMOVE {}", paths.join(", ")) }
}

/// The epoch is the one that was read, and a later end of the same grant stays.
const NO_SHORTER: &str = "epoch = :epoch AND (attribute_not_exists(grants.#grant) OR grants.#grant.#until <= :until)";

/// Tries of an epoch that others raise too: each that fails means that another's was raised.
const RAISES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Grant;

    #[test]
    fn the_longest_expression_is_one_that_dynamodb_takes() {
        let keys: Vec<String> = (0..OwnerAuthorization::MAX_LEAVING).map(|at| format!("{at:043}")).collect();
        let (paths, _) = listed(keys.iter().map(String::as_str));
        let longest = entering(Grant::MAX_SERVICES, &paths);
        assert!(longest.len() <= 4_096, "{}", longest.len());
    }
}
