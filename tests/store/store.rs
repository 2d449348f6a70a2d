//! A store of a test's own: the demo's database, and sample values.

use std::{net::SocketAddr, sync::Arc};

use shared::{
    env::World,
    model::{AccessToken, Grant, GrantKey},
    protocol::{ApplicationName, ClientId, Digest, GrantType, Scope, Spkey, Subject, Timestamp},
    store::{Reader, Tables, Writer},
};
use tests::{ManualClock, NOW, Tollgate, dynamodb};

/// A database, and a clock for what reads it.
pub(crate) struct Store {
    pub(crate) tollgate: Tollgate,
    pub(crate) clock: Arc<ManualClock>,
}

impl Store {
    pub(crate) async fn new() -> Self {
        Self { tollgate: Tollgate::demo().await, clock: ManualClock::new() }
    }

    pub(crate) fn database(&self) -> SocketAddr {
        self.tollgate.system.dynamodb
    }

    pub(crate) fn world(&self) -> World {
        self.clock.world()
    }

    /// A writer on connections of its own.
    pub(crate) fn writer(&self) -> Writer {
        self.writer_by(self.database())
    }

    /// A writer that reaches the database by another address.
    pub(crate) fn writer_by(&self, address: SocketAddr) -> Writer {
        Writer::new(self.reader_by(address, 0))
    }

    /// A reader whose definitions may be that many seconds old.
    pub(crate) fn reader(&self, max_age: u64) -> Reader {
        self.reader_by(self.database(), max_age)
    }

    fn reader_by(&self, address: SocketAddr, max_age: u64) -> Reader {
        Reader::new(dynamodb(address), Tables::default(), self.world(), max_age)
    }

    /// The database itself, for what a test does behind Tollgate's back.
    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        dynamodb(self.database())
    }
}

/// A grant with one token of an hour.
pub(crate) fn grant(id: &[u8; 16], token: &str) -> Grant {
    Grant {
        id: GrantKey::of_id(id),
        grant_type: GrantType::ClientCredentials,
        client_id: ClientId::parse("shop").unwrap(),
        application: ApplicationName::parse("Shop").unwrap(),
        subject: Subject::parse("shop").unwrap(),
        services: vec![Spkey::parse("942yzkggypg5dq6c4ucfv3ed").unwrap()],
        scope: Scope::parse("orders.read").unwrap(),
        issued_at: Timestamp::from_secs(NOW),
        revoked_at: None,
        listed_until: None,
        code: None,
        refresh_tokens: None,
        access_tokens: vec![AccessToken {
            digest: Digest::of(token.as_bytes()),
            issued_at: Timestamp::from_secs(NOW),
            expires_at: Timestamp::from_secs(NOW + 3600),
            scope: None,
        }],
    }
}
