//! What a test does behind Tollgate's back: items changed by another hand, grants that no endpoint issues yet.

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use shared::{
    model::{AccessToken, Grant, GrantKey, TokenKey},
    protocol::{ApplicationName, ClientId, GrantType, Scope, Secret, Spkey, Subject, Timestamp},
    store::{Change, Table},
};
use tests::{CLIENT_ID, NOW, Tollgate};

/// The tables of a running Tollgate.
pub(crate) struct Database<'a> {
    tollgate: &'a Tollgate,
    client: Client,
}

impl<'a> Database<'a> {
    pub(crate) fn of(tollgate: &'a Tollgate) -> Self {
        Self { tollgate, client: client(tollgate) }
    }

    /// Sets an attribute, whose path has dots.
    pub(crate) async fn set(&self, table: Table, id: &str, path: &str, value: AttributeValue) {
        let update = self.update(table, id, path).update_expression(format!("SET {}", placeholders(path)));
        update.expression_attribute_values(":value", value).send().await.unwrap();
    }

    /// Removes an attribute, whose path has dots.
    pub(crate) async fn remove(&self, table: Table, id: &str, path: &str) {
        let path_only = placeholders(path).replace(" = :value", "");
        let update = self.update(table, id, path).update_expression(format!("REMOVE {path_only}"));
        update.send().await.unwrap();
    }

    pub(crate) async fn delete(&self, table: Table, id: &str) {
        let delete = self.client.delete_item().table_name(table.default_name());
        delete.key(table.key(), AttributeValue::S(id.to_owned())).send().await.unwrap();
    }

    /// Marks the grant of a token as revoked.
    pub(crate) async fn revoke(&self, token: &str) {
        let TokenKey::Grant(key) = TokenKey::of(&Secret::new(token.to_owned())) else { panic!("an opaque token") };
        self.set(Table::Tokens, key.as_str(), "revoked_at", AttributeValue::N(NOW.to_string())).await;
    }

    /// Puts the grant of a token that lives for an hour and acts for somebody else than its client.
    pub(crate) async fn issue(&self, token: &str, spkey: &str, subject: &str, scope: &str) {
        let secret = Secret::new(token.to_owned());
        let digest = secret.digest();
        let grant = Grant {
            id: GrantKey::of_digest(&digest),
            grant_type: GrantType::AuthorizationCode,
            client_id: ClientId::parse(CLIENT_ID).unwrap(),
            application: ApplicationName::parse("Shop").unwrap(),
            subject: Subject::parse(subject).unwrap(),
            services: vec![Spkey::parse(spkey).unwrap()],
            scope: Scope::parse(scope).unwrap(),
            issued_at: Timestamp::from_secs(NOW),
            revoked_at: None,
            listed_until: None,
            code: None,
            refresh_tokens: None,
            access_tokens: vec![AccessToken {
                digest,
                issued_at: Timestamp::from_secs(NOW),
                expires_at: Timestamp::from_secs(NOW + 3600),
                scope: None,
            }],
        };
        let world = self.tollgate.clock.world();
        self.tollgate.store().commit(Change::Issue { grant, attempt: world.env().attempt() }).await.unwrap();
    }

    fn update(
        &self,
        table: Table,
        id: &str,
        path: &str,
    ) -> aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder {
        let update = self.client.update_item().table_name(table.default_name());
        let update = update.key(table.key(), AttributeValue::S(id.to_owned()));
        let update = update.condition_expression(format!("attribute_exists({})", table.key()));
        path.split('.')
            .enumerate()
            .fold(update, |update, (at, name)| update.expression_attribute_names(format!("#{at}"), name))
    }
}

/// `#0.#1 = :value`.
fn placeholders(path: &str) -> String {
    let names: Vec<String> = (0..path.split('.').count()).map(|at| format!("#{at}")).collect();
    format!("{} = :value", names.join("."))
}

/// A client of a running Tollgate's store.
pub(crate) fn client(tollgate: &Tollgate) -> Client {
    tests::dynamodb(tollgate.system.dynamodb)
}
