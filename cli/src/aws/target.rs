//! Where a deployment is, for whoever is about to change it, and for whoever finds nobody there.

use std::fmt;

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;
use shared::store::{StoreError, Table, Tables};

use super::Outputs;
use crate::command::Failure;

/// Region, endpoint, and stack or tables.
#[derive(Debug)]
pub(crate) struct Target {
    region: String,
    endpoint: Option<String>,
    place: String,
}

impl Target {
    pub(super) fn of(config: &SdkConfig, tables: &Tables, outputs: Option<&Outputs>) -> Self {
        let names = || Table::ALL.map(|table| tables.name(table)).join(", ");
        Self {
            region: config.region().map(ToString::to_string).unwrap_or_default(),
            endpoint: endpoint(config),
            place: outputs
                .map_or_else(|| format!("tables {}", names()), |outputs| format!("stack {}", outputs.stack())),
        }
    }

    /// A failure of its store, with what to set where nobody answered.
    pub(crate) fn failure(&self, error: StoreError) -> Failure {
        let StoreError::Unreachable { operation, cause } = &error else { return error.into() };
        if operation.starts_with("kms:") {
            return error.into();
        }
        let Self { region, endpoint, .. } = self;
        Failure::new(match endpoint {
            Some(endpoint) => format!(
                "DynamoDB does not answer at {endpoint}: {cause}; AWS_ENDPOINT_URL_DYNAMODB or --endpoint-url names \
                 another endpoint, `tollgate dev` prints its own"
            ),
            None => format!(
                "DynamoDB of the Region {region} does not answer: {cause}; --region names another Region, --profile \
                 other credentials, AWS_ENDPOINT_URL_DYNAMODB another endpoint"
            ),
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { region, endpoint, place } = self;
        write!(f, "{place} in {region}")?;
        endpoint.iter().try_for_each(|endpoint| write!(f, " at {endpoint}"))
    }
}

/// The endpoint of DynamoDB, where it is another than AWS's own: found as the SDK finds it.
fn endpoint(config: &SdkConfig) -> Option<String> {
    let everywhere = || config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return everywhere();
    }
    let key =
        ServiceConfigKey::builder().service_id("DynamoDB").env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let own = config.service_config().zip(key.ok()).and_then(|(services, key)| services.load_config(key));
    own.or_else(everywhere)
}
