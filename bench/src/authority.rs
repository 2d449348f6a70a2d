//! A certificate authority for one run, so that every request goes over TLS as it does on AWS.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process,
    sync::Arc,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};

/// The authority. Its certificate lies in a file until the run is over.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    /// A new one.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn found() -> Result<Self, Box<dyn Error>> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // OpenSSL takes a certificate whose subject is its issuer for self-signed.
        params.distinguished_name.push(DnType::CommonName, "tollgate bench");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let file = std::env::temp_dir().join(format!("tollgate-bench-{}.pem", process::id()));
        fs::write(&file, issuer.pem())?;
        Ok(Self { issuer, file })
    }

    /// Its certificate in PEM.
    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// The file with its certificate.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// A server that is `localhost`.
    ///
    /// # Errors
    /// The certificate cannot be made.
    pub(crate) fn server(&self) -> Result<Arc<ServerConfig>, Box<dyn Error>> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &self.issuer)?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))?;
        Ok(Arc::new(config))
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.file));
    }
}
