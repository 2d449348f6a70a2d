//! The connections to DynamoDB and KMS, made by hand so that a start does nothing it does not need: no credential chain, no
//! trust-store load, no entropy gathering.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client, Config,
    config::{
        BehaviorVersion, IdentityCache, Region, SharedHttpClient, StalledStreamProtectionConfig, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
};

use super::{http, quiet::Quiet, tally::CountedSends};
use crate::upstream::CaBundle;

/// Where DynamoDB, or KMS, is and who asks.
#[derive(Clone, Debug)]
pub struct Connection {
    /// AWS Region, such as `eu-west-1`.
    pub region: String,
    /// Who asks.
    pub credentials: Credentials,
    /// Another endpoint than the Region's (`AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_KMS`).
    pub endpoint: Option<String>,
    /// Which certificates are trusted.
    pub root: Root,
}

/// Credentials as Lambda gives them.
pub type Credentials = aws_sdk_dynamodb::config::Credentials;

/// Which root certificates the connection trusts.
#[derive(Clone, Debug)]
pub enum Root {
    /// The five that AWS endpoints use, compiled in.
    Amazon,
    /// These, in PEM (`AWS_CA_BUNDLE`).
    Pem(String),
}

/// The settings that both clients have. Their builders have the same methods and no trait in common.
macro_rules! on_our_terms {
    ($connection:expr, $builder:expr) => {{
        let connection = $connection;
        let mut config = $builder
            .behavior_version(BehaviorVersion::latest())
            .http_client(connection.http()?)
            .region(Region::new(connection.region))
            .credentials_provider(connection.credentials)
            .identity_cache(IdentityCache::no_cache())
            .retry_config(retries())
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.set_endpoint_url(connection.endpoint);
        config
    }};
}

impl Connection {
    /// A client of DynamoDB. It connects on its first request.
    ///
    /// # Errors
    /// A text for the log when the certificates are not PEM.
    pub fn open(self) -> Result<Client, String> {
        let config = on_our_terms!(self, Config::builder().interceptor(CountedSends).interceptor(Quiet));
        Ok(Client::from_conf(config.build()))
    }

    /// A client of KMS, on the same terms.
    ///
    /// # Errors
    /// As [`Connection::open`].
    pub fn open_kms(self) -> Result<aws_sdk_kms::Client, String> {
        let config = on_our_terms!(self, aws_sdk_kms::Config::builder());
        Ok(aws_sdk_kms::Client::from_conf(config.build()))
    }

    fn http(&self) -> Result<SharedHttpClient, String> {
        let pem = match &self.root {
            _ if self.is_clear() => return Ok(http::client(None)),
            Root::Amazon => AMAZON_ROOTS,
            Root::Pem(pem) => pem,
        };
        CaBundle::parse(pem).map(|trust| http::client(Some(trust))).map_err(|error| error.to_string())
    }

    fn is_clear(&self) -> bool {
        self.endpoint.as_deref().is_some_and(|url| url.starts_with("http://"))
    }
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(FIRST_BACKOFF)
}

/// Amazon Root CA 1 to 4 and Starfield Services Root CA - G2.
const AMAZON_ROOTS: &str = include_str!("amazon_roots.pem");

/// The sends of one request, and the longest pause before the second.
const ATTEMPTS: u32 = 3;
const FIRST_BACKOFF: Duration = Duration::from_millis(25);
