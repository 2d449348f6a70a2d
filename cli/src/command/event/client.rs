//! The client of a token request, with a secret that only whoever configured it knows.

use std::path::Path;

use shared::{
    model::configuration::{ClientEntry, Secrets},
    protocol::{GrantType, Secret},
};

use super::super::{Failure, source};

/// A client's id and secret.
pub(super) struct ClientCredentials {
    /// The `client_id`.
    pub(super) id: String,
    /// The secret.
    pub(super) secret: Secret,
}

impl ClientCredentials {
    /// Those of a client of a file: the one of an id, or the first that gets tokens by client credentials.
    pub(super) fn of_file(file: &Path, id: Option<&str>) -> Result<Self, Failure> {
        let configuration = source::read(Some(file))?;
        let clients = configuration.applications.iter().flat_map(|application| &application.clients);
        let is_meant = |client: &&ClientEntry| match id {
            Some(id) => client.client_id.as_str() == id,
            None => client.grant_types.contains(&GrantType::ClientCredentials) && secret(client).is_some(),
        };
        let found = clients.clone().find(is_meant).and_then(|client| Some((client, secret(client)?)));
        let Some((client, secret)) = found else {
            let ids: Vec<&str> =
                clients.filter(|client| secret(client).is_some()).map(|c| c.client_id.as_str()).collect();
            let asked = id.map_or("no client".into(), |id| format!("no client {id:?}"));
            let file = file.display();
            return Err(Failure::new(format!("{asked} with a secret in {file}; there are: {}", ids.join(", "))));
        };
        Ok(Self { id: client.client_id.to_string(), secret: Secret::new(secret.expose().to_owned()) })
    }
}

fn secret(client: &ClientEntry) -> Option<&Secret> {
    match &client.secrets {
        Secrets::Given(secrets) => secrets.first().map(|secret| &secret.value),
        Secrets::Generated | Secrets::None => None,
    }
}
