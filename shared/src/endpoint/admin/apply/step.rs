//! One change of a plan, and its turn.

use crate::{
    endpoint::admin::shut_out::ShutOut,
    protocol::Secret,
    store::{Record, RecordKey},
};

/// One change, and the secret that was drawn for it.
#[derive(Debug)]
pub(super) struct Step {
    pub edit: Edit,
    pub drawn: Option<DrawnSecret>,
}

/// A change of what is configured.
#[derive(Debug)]
pub(super) enum Edit {
    Save {
        record: Record,
        over: Option<u64>,
        attempt: String,
    },
    Remove {
        key: RecordKey,
        over: u64,
    },
    /// A user who is changed or removed, and all that they let clients do.
    ShutOut(ShutOut),
}

/// A secret that was drawn because the file gives none: it is shown once.
#[derive(Debug)]
pub struct DrawnSecret {
    /// Whose it is, such as `client shop`.
    pub owner: String,
    /// The secret.
    pub secret: Secret,
    /// Whether the store has confirmed it. Where it did not answer, the secret may count or not.
    pub confirmed: bool,
}

impl DrawnSecret {
    pub(in crate::endpoint) fn new(owner: String, secret: Secret) -> Self {
        Self { owner, secret, confirmed: false }
    }
}

/// When a change has its turn: services first and last, so that nothing ever names what is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    Services,
    AliasesAndApplications,
    /// Before those that replace them: a run that stops leaves an API key too few, never one too many.
    ApiKeysThatEnd,
    Credentials,
    Users,
    ClientsAndUsersThatEnd,
    ApplicationsThatEnd,
    ServicesThatEnd,
    /// What clients find of all this, once it is so.
    Server,
}

impl Turn {
    pub(super) fn of(edit: &Edit) -> Self {
        match edit {
            Edit::Save { record, .. } => match record {
                Record::Server(_) => Self::Server,
                Record::Service(_) => Self::Services,
                Record::Alias { .. } | Record::Application(_) => Self::AliasesAndApplications,
                Record::Client(_) | Record::ApiKey(_) => Self::Credentials,
                Record::User(_) => Self::Users,
            },
            Edit::Remove { key, .. } => match key {
                RecordKey::ApiKey(_) => Self::ApiKeysThatEnd,
                RecordKey::Client(_) | RecordKey::User(_) | RecordKey::Alias(_) => Self::ClientsAndUsersThatEnd,
                RecordKey::Application(_) => Self::ApplicationsThatEnd,
                RecordKey::Service(_) => Self::ServicesThatEnd,
                RecordKey::Server => Self::Server,
            },
            Edit::ShutOut(ShutOut { after: Some(_), .. }) => Self::Users,
            Edit::ShutOut(ShutOut { after: None, .. }) => Self::ClientsAndUsersThatEnd,
        }
    }
}
