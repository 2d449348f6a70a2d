//! The sealed secrets for providers: those that are stored where they are still right, new ones where they are not.

use std::collections::HashMap;

use super::{ApplyError, Wanted, planner::Spkeys};
use crate::{
    env::Env,
    model::{Sealed, configuration::ProviderSecret},
    protocol::{Secret, ServiceName},
    store::{self, DataKeys, Snapshot, StoreError},
};

/// The credentials of every service of the file that has any. A data key is generated only where one is needed.
pub(super) async fn credentials<'a>(
    wanted: &Wanted<'a>,
    (current, spkeys): (&Snapshot, &Spkeys<'a>),
    data_keys: &DataKeys,
    env: &Env<'_>,
) -> Result<HashMap<&'a ServiceName, Sealed>, ApplyError> {
    let (mut credentials, mut refused) = (HashMap::new(), Vec::new());
    for service in &wanted.configuration.services {
        let spkey = &spkeys[&service.name];
        let stored = current.services.get(spkey.as_str()).and_then(|stored| stored.value.sealed());
        let safe = Safe { place: store::service_key(spkey), data_keys, env };
        let credential = match (service.provider_secret(), stored, wanted.reseal) {
            (ProviderSecret::None, ..) => continue,
            (ProviderSecret::Kept, None, _) => Err(Fault::Refused(MISSING.into())),
            (ProviderSecret::Kept, Some(stored), false) => Ok(stored.clone()),
            (ProviderSecret::Kept, Some(stored), true) => safe.seal_again(stored).await,
            (ProviderSecret::Given(secret), Some(stored), false) => safe.keep_or_seal(stored, secret).await,
            (ProviderSecret::Given(secret), ..) => safe.seal(secret).await,
        };
        match credential {
            Ok(sealed) => drop(credentials.insert(&service.name, sealed)),
            Err(Fault::Unanswered(error)) => return Err(ApplyError::Read(error)),
            Err(Fault::Refused(why)) => refused.push(format!("the service {} {why}", service.name)),
        }
    }
    if refused.is_empty() { Ok(credentials) } else { Err(ApplyError::Refused(refused)) }
}

/// One service's place for a secret.
struct Safe<'a> {
    place: String,
    data_keys: &'a DataKeys,
    env: &'a Env<'a>,
}

impl Safe<'_> {
    /// What is stored, where it opens as this very secret. What does not open may be the same or another: nobody knows.
    async fn keep_or_seal(&self, stored: &Sealed, secret: &Secret) -> Result<Sealed, Fault> {
        let known = self.open(stored, "--reseal seals the file's secret anew").await?;
        if known.digest().matches(&secret.digest()) { Ok(stored.clone()) } else { self.seal(secret).await }
    }

    async fn seal_again(&self, stored: &Sealed) -> Result<Sealed, Fault> {
        let known = self.open(stored, "--reseal needs the key that opens it, or the client_secret in the file").await?;
        self.seal(&known).await
    }

    async fn open(&self, stored: &Sealed, advice: &str) -> Result<Secret, Fault> {
        let unopened =
            |cause: String| Fault::Refused(format!("has a stored client_secret that does not open: {cause}; {advice}"));
        let key = self.data_keys.of(stored, &self.place).await.map_err(|error| match error {
            StoreError::Unreachable { .. } | StoreError::Unavailable { .. } => Fault::Unanswered(error),
            StoreError::Malformed { .. } | StoreError::NoDataKey { .. } => unopened(error.to_string()),
        })?;
        key.open(stored, &self.place).map_err(|error| unopened(error.to_string()))
    }

    async fn seal(&self, secret: &Secret) -> Result<Sealed, Fault> {
        let key = self.data_keys.sealing_key().await.map_err(Fault::Unanswered)?;
        let key = key.ok_or_else(|| Fault::Refused(NO_KEY.into()))?;
        Ok(key.seal(secret, &self.place, self.env))
    }
}

/// Why a service has no credentials.
enum Fault {
    /// What the file and the store have is not enough: the rest of a sentence about the service.
    Refused(String),
    /// No data key could be had.
    Unanswered(StoreError),
}

const MISSING: &str = "has no client_secret for its provider, neither in the file nor stored";
const NO_KEY: &str = "has a client_secret for its provider, and there is no data key to seal it with";
