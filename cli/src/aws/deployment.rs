//! A deployment on AWS, ready to be read and written.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use shared::{
    env::World,
    store::{DataKeys, Reader, Table, Tables},
};

use super::{AwsArguments, Outputs, Target, http};
use crate::command::Failure;

/// A deployment.
pub(crate) struct Deployment {
    config: SdkConfig,
    tables: Tables,
    /// What its stack says, when one was named.
    pub(crate) outputs: Option<Outputs>,
}

impl Deployment {
    /// Finds it. Nothing is asked of AWS but a stack's outputs.
    pub(crate) async fn find(arguments: &AwsArguments) -> Result<Self, Failure> {
        let config = config(arguments).await?;
        let outputs = match &arguments.stack {
            Some(stack) => Some(Outputs::of(stack, &config).await?),
            None => None,
        };
        let mut names = Vec::new();
        for table in Table::ALL {
            names.push(outputs.as_ref().map_or_else(|| Ok(arguments.table(table)), |outputs| outputs.table(table))?);
        }
        let tables = Tables::named(|table| names[table as usize].clone());
        Ok(Self { config, tables, outputs })
    }

    /// Where it is, in words.
    pub(crate) fn target(&self) -> Target {
        Target::of(&self.config, &self.tables, self.outputs.as_ref())
    }

    /// A reader of its tables that keeps nothing.
    pub(crate) fn reader(&self, world: World) -> Reader {
        Reader::new(aws_sdk_dynamodb::Client::new(&self.config), self.tables.clone(), world, 0)
    }

    /// What opens its secrets. `local` is the key of a file, for what was sealed with one.
    pub(crate) fn data_keys(&self, local: DataKeys) -> DataKeys {
        let kms = aws_sdk_kms::Client::new(&self.config);
        local.with_kms(World::system(), move || Ok(kms))
    }
}

/// Region, endpoints and credentials, the way every AWS tool finds them.
pub(crate) async fn config(arguments: &AwsArguments) -> Result<SdkConfig, Failure> {
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_attempt_timeout(ATTEMPT_TIMEOUT);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http::client(arguments.ca_bundle.as_deref())?)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts.build());
    if let Some(profile) = &arguments.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &arguments.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(url) = &arguments.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    let config = loader.load().await;
    match config.region() {
        Some(_) => Ok(config),
        None => Err(Failure::new("no AWS Region: name one with --region, AWS_REGION or a profile")),
    }
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// A person waits, so a throttled table gets time to recover.
const ATTEMPTS: u32 = 8;
