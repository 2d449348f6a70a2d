//! What follows for the server as a whole from what a plan leaves in the tables.

use std::collections::BTreeMap;

use super::{
    Wanted,
    step::{Edit, Step},
};
use crate::{
    model::{Client, ServerDefinition, ServiceDefinition},
    store::{Record, RecordKey, Snapshot},
};

/// The server once these steps are made. A look that the file does not speak of is kept, like everything else that it
/// does not list.
pub(super) fn server_after(steps: &[Step], current: &Snapshot, wanted: &Wanted<'_>) -> ServerDefinition {
    let mut services: BTreeMap<&str, &ServiceDefinition> =
        current.services.iter().map(|(key, stored)| (key.as_str(), &stored.value)).collect();
    let mut clients: BTreeMap<&str, &Client> =
        current.clients.iter().map(|(key, stored)| (key.as_str(), &stored.value)).collect();
    for step in steps {
        match &step.edit {
            Edit::Save { record: Record::Service(service), .. } => {
                services.insert(service.spkey.as_str(), service);
            }
            Edit::Save { record: Record::Client(client), .. } => {
                clients.insert(client.client_id.as_str(), client);
            }
            Edit::Remove { key: RecordKey::Service(spkey), .. } => drop(services.remove(spkey.as_str())),
            Edit::Remove { key: RecordKey::Client(client_id), .. } => drop(clients.remove(client_id.as_str())),
            Edit::Save { .. } | Edit::Remove { .. } | Edit::ShutOut(_) => {}
        }
    }
    let kept = || current.server.as_ref().filter(|_| !wanted.prune).map(|stored| stored.value.branding.clone());
    let branding = wanted.configuration.branding.clone().or_else(kept).unwrap_or_default();
    ServerDefinition::of(services.into_values(), clients.into_values(), branding)
}
