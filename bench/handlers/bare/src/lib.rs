//! DynamoDB for a handler that has nothing else: the SDK on ring, roots from a file, credentials from the environment,
//! and the connection opened in the init phase.

use std::{env, fs, time::Duration};

use aws_sdk_dynamodb::{
    Client, Config,
    config::{
        BehaviorVersion, Credentials, Region, SharedHttpClient, StalledStreamProtectionConfig, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
    types::AttributeValue,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use lambda_runtime::Error;

/// The one item that a handler reads, and how to reach it.
pub struct Item {
    db: Client,
    /// The table (`ITEM_TABLE`).
    pub table: String,
    key: AttributeValue,
}

/// An item as DynamoDB gives it.
pub type Attributes = std::collections::HashMap<String, AttributeValue>;

impl Item {
    /// Reads the environment and opens the connection by a read whose answer does not matter.
    ///
    /// # Errors
    /// A variable that is missing, and roots that cannot be read.
    pub async fn connect() -> Result<Self, Error> {
        let db = Client::from_conf(config()?);
        let item = Self { db, table: variable("ITEM_TABLE")?, key: AttributeValue::S(variable("ITEM_KEY")?) };
        drop(item.read_at(AttributeValue::S("-".into())).await);
        Ok(item)
    }

    /// Reads the item, strongly consistent.
    ///
    /// # Errors
    /// DynamoDB's.
    pub async fn read(&self) -> Result<Option<Attributes>, Error> {
        self.read_at(self.key.clone()).await
    }

    /// A client for other requests, over the same connection.
    pub fn db(&self) -> &Client {
        &self.db
    }

    async fn read_at(&self, key: AttributeValue) -> Result<Option<Attributes>, Error> {
        let request = self.db.get_item().table_name(&self.table).key("id", key).consistent_read(true);
        Ok(request.send().await?.item)
    }
}

/// An environment variable that has to be there.
///
/// # Errors
/// It is not there.
#[expect(clippy::disallowed_methods, reason = "a bare handler has no settings but these")]
pub fn variable(name: &str) -> Result<String, Error> {
    env::var(name).map_err(|error| format!("the environment variable {name}: {error}").into())
}

fn config() -> Result<Config, Error> {
    let credentials = Credentials::new(
        variable("AWS_ACCESS_KEY_ID")?,
        variable("AWS_SECRET_ACCESS_KEY")?,
        Some(variable("AWS_SESSION_TOKEN")?),
        None,
        "environment",
    );
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_millis(1_500))
        .operation_timeout(Duration::from_secs(5))
        .build();
    Ok(Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(https()?)
        .region(Region::new(variable("AWS_REGION")?))
        .credentials_provider(credentials)
        .endpoint_url(variable("AWS_ENDPOINT_URL_DYNAMODB")?)
        .retry_config(RetryConfig::standard())
        .timeout_config(timeouts)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build())
}

fn https() -> Result<SharedHttpClient, Error> {
    let roots = TrustStore::empty().with_pem_certificate(fs::read(variable("AWS_CA_BUNDLE")?)?);
    let tls = TlsContext::builder().with_trust_store(roots).build()?;
    Ok(Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(tls).build_https())
}
