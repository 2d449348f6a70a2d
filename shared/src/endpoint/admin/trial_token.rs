//! A token to try a service with, issued for the command.

use crate::{
    env::World,
    grant::{self, Issuance},
    model::{Client, ServiceDefinition},
    protocol::{OAuthError, Secret},
    store::{Stored, Writer},
};

/// Issues a token of a service to a client at the operator's word, beside those the client has.
///
/// # Errors
/// [`OAuthError`] when client or service do without client credentials, or the store does not answer.
pub async fn issue_for(
    client: &Stored<Client>,
    service: &ServiceDefinition,
    store: &Writer,
    world: &World,
) -> Result<Secret, OAuthError> {
    let Issuance { changes, answer, .. } = grant::sample(client, service, &world.env())?;
    store.commit_all(changes).await?;
    Ok(answer.access_token)
}
