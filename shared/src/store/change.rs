//! Every way the server's memory can change.

use crate::{
    model::{
        Alias, ApiKey, Application, Client, Grant, GrantKey, Listing, OwnerAuthorization, Pointer, PushedRequest,
        SecretDigest, ServerDefinition, ServiceDefinition, Session, SessionKey, ThrottleKey, UsedAssertion, User,
    },
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
    /// What leads from a token to its grant, where the token cannot; made before the grant, harmless alone.
    Point {
        /// The pointer.
        pointer: Pointer,
        /// Names this try.
        attempt: String,
    },
    /// An authorization request that its client pushed.
    Push {
        /// The request.
        request: PushedRequest,
        /// Names this try.
        attempt: String,
    },
    /// A grant in the place of the earlier one of the same client and resource owner.
    Replace {
        /// The grant.
        grant: Grant,
        /// Names this try.
        attempt: String,
    },
    /// The next state of a grant, or the grant that a pushed request becomes, over exactly the state that was read.
    Advance {
        /// The grant as it is to be.
        grant: Grant,
        /// The attempt that wrote the state that was read.
        over: String,
        /// Names this try.
        attempt: String,
    },
    /// The end of a grant, whatever its state, and also of one that is still on its way to the store.
    Revoke {
        /// The grant.
        id: GrantKey,
        /// The time of the revocation.
        at: Timestamp,
        /// Names this try.
        attempt: String,
    },
    /// A client enters the index of a resource owner; made before the first listing.
    Index {
        /// The resource owner.
        owner: Subject,
        /// The client.
        client_id: ClientId,
    },
    /// A grant enters the list of its client and resource owner, under the epoch that was read; made before the grant.
    List {
        /// The grant and its list.
        listing: Box<Listing>,
        /// Names this try.
        attempt: String,
    },
    /// A new epoch of what a resource owner has let a client do: no grant enters the list under an earlier one, and
    /// nothing is agreed to any more.
    RaiseEpoch {
        /// The resource owner.
        owner: Subject,
        /// The client.
        client_id: ClientId,
        /// Names this try.
        attempt: String,
    },
    /// Grants that have ended leave the list that was read, and with the last one the client.
    Unlist {
        /// The list.
        seen: Box<OwnerAuthorization>,
        /// Those that have ended.
        ended: Vec<GrantKey>,
        /// Names this try.
        attempt: String,
    },
    /// A resource owner has logged in.
    LogIn {
        /// Key of the cookie.
        key: SessionKey,
        /// The session.
        session: Session,
        /// Names this try.
        attempt: String,
    },
    /// A login ends, where there is one.
    LogOut {
        /// Key of the cookie.
        key: SessionKey,
        /// The time of its end.
        at: Timestamp,
    },
    /// An assertion counts now, and no copy of it later; made before what it is good for.
    Spend {
        /// The assertion.
        assertion: UsedAssertion,
        /// The time of its use.
        now: Timestamp,
        /// Names this try.
        attempt: String,
    },
    /// One more guess at a secret, while the current window has one left.
    CountGuess {
        /// Which counter.
        key: ThrottleKey,
        /// The time of the guess.
        now: Timestamp,
        /// Names this guess.
        guess: String,
    },
    /// A guess that was counted has been tried: a wrong one stays, a right one does not count.
    EndGuess {
        /// Which counter.
        key: ThrottleKey,
        /// Names the guess.
        guess: String,
        /// Whether it was right.
        is_right: bool,
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
    /// A password that its user has chosen, where the revision is still the one that was read. Nothing else of the user
    /// is written.
    SetPassword {
        /// The password.
        password: ChosenPassword,
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

/// A password that its user has chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct ChosenPassword {
    /// Whose.
    pub username: Subject,
    /// What is kept of it.
    pub digest: SecretDigest,
    /// Whether what they let clients do is still to be taken back.
    pub revocation_due: bool,
    /// The revision that was read.
    pub over: u64,
}

/// Something a user configures.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// The server as a whole.
    Server(Box<ServerDefinition>),
    /// A service.
    Service(Box<ServiceDefinition>),
    /// What else leads to a service than its spkey.
    Alias {
        /// What.
        alias: Alias,
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
    /// The server as a whole.
    Server,
    /// A service by its spkey.
    Service(Spkey),
    /// What else leads to a service than its spkey.
    Alias(Alias),
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
            Self::Server(_) => RecordKey::Server,
            Self::Service(service) => RecordKey::Service(service.spkey.clone()),
            Self::Alias { alias, .. } => RecordKey::Alias(alias.clone()),
            Self::Application(application) => RecordKey::Application(application.name.clone()),
            Self::Client(client) => RecordKey::Client(client.client_id.clone()),
            Self::ApiKey(key) => RecordKey::ApiKey(key.digest),
            Self::User(user) => RecordKey::User(user.username.clone()),
        }
    }
}
