//! The HTTP client for AWS: rustls over ring, trusting what this machine trusts.

use std::{fs, path::Path};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};

use crate::command::Failure;

/// A client. `ca_bundle` replaces the machine's certificates.
pub(super) fn client(ca_bundle: Option<&Path>) -> Result<SharedHttpClient, Failure> {
    let trust = match ca_bundle {
        None => TrustStore::default(),
        Some(file) => {
            let pem = fs::read(file).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
            TrustStore::empty().with_pem_certificate(pem)
        }
    };
    let tls = TlsContext::builder().with_trust_store(trust).build()?;
    Ok(Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(tls).build_https())
}
