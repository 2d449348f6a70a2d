//! The sealed secrets for providers: those that are stored where they are still right, new ones where they are not.

use std::collections::HashMap;

use super::{ApplyError, Wanted, planner::Spkeys};
use crate::{
    env::Env,
    model::{Sealed, configuration::ProviderSecret},
    protocol::{Secret, ServiceName},
    store::{DataKeys, Snapshot, StoreError},
};

/// The credentials of every service of the file that has any. A data key is generated only where one is needed.
pub(super) async fn credentials<'a>(
    wanted: &Wanted<'a>,
    (current, spkeys): (&Snapshot, &Spkeys<'a>),
    data_keys: &DataKeys,
    env: &Env<'_>,
) -> Result<HashMap<&'a ServiceName, Sealed>, ApplyError> {
    let mut credentials = HashMap::new();
    let mut incomplete = Vec::new();
    for service in &wanted.configuration.services {
        let spkey = &spkeys[&service.name];
        let place = format!("spkey#{spkey}");
        let stored = current.services.get(spkey.as_str()).and_then(|stored| stored.value.sealed());
        let credential = match (service.provider_secret(), stored) {
            (ProviderSecret::None, _) => continue,
            (ProviderSecret::Kept, stored) => stored.cloned().ok_or_else(|| missing(&service.name)),
            (ProviderSecret::Given(secret), Some(stored))
                if !wanted.reseal && holds(data_keys, stored, secret, &place).await.map_err(ApplyError::Read)? =>
            {
                Ok(stored.clone())
            }
            (ProviderSecret::Given(secret), _) => match data_keys.sealing_key().await.map_err(ApplyError::Read)? {
                Some(key) => Ok(key.seal(secret, &place, env)),
                None => Err(no_key(&service.name)),
            },
        };
        match credential {
            Ok(sealed) => drop(credentials.insert(&service.name, sealed)),
            Err(text) => incomplete.push(text),
        }
    }
    if incomplete.is_empty() { Ok(credentials) } else { Err(ApplyError::Incomplete(incomplete)) }
}

/// Whether what is stored opens as this very secret.
async fn holds(keys: &DataKeys, stored: &Sealed, secret: &Secret, place: &str) -> Result<bool, StoreError> {
    let key = keys.of(stored, place).await?;
    Ok(key.open(stored, place).is_ok_and(|known| known.digest().matches(&secret.digest())))
}

fn missing(service: &ServiceName) -> String {
    format!("the service {service} has no client_secret for its provider, neither in the file nor stored")
}

fn no_key(service: &ServiceName) -> String {
    format!("the service {service} has a client_secret for its provider, and there is no data key to seal it with")
}
