//! Every way the server's memory can change.

use crate::{
    model::{ApiKey, Application, Client, Grant, Pointer, ServiceDefinition, ThrottleKey, User},
    protocol::{ApplicationName, ClientId, Digest, Spkey, Subject, Timestamp},
};

/// One change: one conditional write on one item, made whole or not at all.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A new grant where nothing is.
    Issue {
        /// The grant.
        grant: Grant,
        /// Names this try, so that a repeated write knows its own earlier one.
        attempt: String,
    },
    /// A grant in the place of the earlier one of the same client and resource owner.
    Replace {
        /// The grant.
        grant: Grant,
        /// Leads from the token to the grant, where the token cannot; written first, harmless alone.
        pointer: Option<Pointer>,
        /// Names this try.
        attempt: String,
    },
    /// One more guess at a secret, while the current window has one left.
    CountGuess {
        /// Which counter.
        key: ThrottleKey,
        /// When.
        now: Timestamp,
    },
    /// The guess was right and does not count.
    ForgiveGuess {
        /// Which counter.
        key: ThrottleKey,
    },
    /// What a user configured, where the revision is still the one that was read.
    Save {
        /// What.
        record: Record,
        /// The revision that was read; `None` = nothing was there.
        over: Option<u64>,
        /// Names this try.
        attempt: String,
    },
    /// The end of what a user configured, where the revision is still the one that was read.
    Remove {
        /// What ends.
        key: RecordKey,
        /// The revision that was read.
        over: u64,
    },
}

/// Something a user configures.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// A service.
    Service(Box<ServiceDefinition>),
    /// The service an existing API belongs to.
    Alias {
        /// API Gateway's id.
        api_id: String,
        /// The service.
        spkey: Spkey,
    },
    /// An application.
    Application(Application),
    /// An OAuth client.
    Client(Box<Client>),
    /// An API key.
    ApiKey(ApiKey),
    /// A person.
    User(User),
}

/// Which of the things a user configures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordKey {
    /// A service by its spkey.
    Service(Spkey),
    /// An alias by API Gateway's id.
    Alias(String),
    /// An application by its name.
    Application(ApplicationName),
    /// An OAuth client by its id.
    Client(ClientId),
    /// An API key by the digest of its text.
    ApiKey(Digest),
    /// A person by the name to log in with.
    User(Subject),
}

impl Record {
    /// Which it is.
    pub fn key(&self) -> RecordKey {
        match self {
            Self::Service(service) => RecordKey::Service(service.spkey.clone()),
            Self::Alias { api_id, .. } => RecordKey::Alias(api_id.clone()),
            Self::Application(application) => RecordKey::Application(application.name.clone()),
            Self::Client(client) => RecordKey::Client(client.client_id.clone()),
            Self::ApiKey(key) => RecordKey::ApiKey(key.digest),
            Self::User(user) => RecordKey::User(user.username.clone()),
        }
    }
}
