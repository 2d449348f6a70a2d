//! Whom TLS connections trust: the public roots compiled in, or exactly one provider's CA bundle.

use std::{
    collections::VecDeque,
    error::Error,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

/// Certificates of the authorities one provider is trusted by, instead of the public ones.
#[derive(Clone)]
pub struct CaBundle(Arc<Roots>);

struct Roots {
    pem: String,
    store: Arc<RootCertStore>,
}

/// Why a text is no CA bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidCaBundle {
    /// The text has no `BEGIN CERTIFICATE` block.
    NoCertificate,
    /// The PEM text around the certificate of this number, counted from 1, is damaged.
    Pem(usize),
    /// The certificate of this number, counted from 1, is no X.509 certificate of an authority.
    Certificate(usize),
}

impl CaBundle {
    /// Reads one or more PEM certificates; other text and other kinds of blocks are passed over.
    pub fn parse(pem: &str) -> Result<Self, InvalidCaBundle> {
        let mut store = RootCertStore::empty();
        for (number, certificate) in (1..).zip(CertificateDer::pem_slice_iter(pem.as_bytes())) {
            let certificate = certificate.map_err(|_| InvalidCaBundle::Pem(number))?;
            store.add(certificate).map_err(|_| InvalidCaBundle::Certificate(number))?;
        }
        if store.is_empty() {
            return Err(InvalidCaBundle::NoCertificate);
        }
        Ok(Self(Arc::new(Roots { pem: pem.to_owned(), store: Arc::new(store) })))
    }
}

impl PartialEq for CaBundle {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.pem == other.0.pem
    }
}

impl Eq for CaBundle {}

impl fmt::Debug for CaBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaBundle({} certificates)", self.0.store.len())
    }
}

impl fmt::Display for InvalidCaBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str("no certificate found; a CA bundle is one or more PEM certificates"),
            Self::Pem(number) => write!(f, "the PEM text at certificate {number} is damaged"),
            Self::Certificate(number) => write!(f, "certificate {number} is no X.509 certificate of an authority"),
        }
    }
}

impl Error for InvalidCaBundle {}

/// TLS settings, built when first needed and kept, because they also remember sessions.
#[derive(Default)]
pub(super) struct ClientConfigs {
    public: OnceLock<Arc<ClientConfig>>,
    private: Mutex<VecDeque<(CaBundle, Arc<ClientConfig>)>>,
}

impl ClientConfigs {
    /// The settings that trust exactly these authorities; `None` stands for the public ones.
    pub(super) fn trusting(&self, bundle: Option<&CaBundle>) -> Arc<ClientConfig> {
        match bundle {
            None => Arc::clone(self.public.get_or_init(|| config(public_roots()))),
            Some(bundle) => self.trusting_private(bundle),
        }
    }

    fn trusting_private(&self, bundle: &CaBundle) -> Arc<ClientConfig> {
        let mut kept = self.private.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = kept.iter().find(|(known, _)| known == bundle) {
            return Arc::clone(known);
        }
        let built = config(Arc::clone(&bundle.0.store));
        if kept.len() == MAX_PRIVATE_CONFIGS {
            kept.pop_front();
        }
        kept.push_back((bundle.clone(), Arc::clone(&built)));
        built
    }
}

fn public_roots() -> Arc<RootCertStore> {
    Arc::new(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
}

fn config(roots: Arc<RootCertStore>) -> Arc<ClientConfig> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has cipher suites for TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::in_memory_sessions(KEPT_SESSIONS);
    Arc::new(config)
}

/// As many as the pool keeps connections; a 33rd provider with a bundle of its own costs a rebuild.
const MAX_PRIVATE_CONFIGS: usize = 32;

/// TLS sessions remembered per configuration, for resumption.
const KEPT_SESSIONS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::local_server::TestAuthority;

    #[test]
    fn reads_every_certificate_of_a_bundle_and_passes_over_other_text() {
        let pem = format!("# ours\n{}\n# theirs\n{}", TestAuthority::new().pem(), TestAuthority::new().pem());
        assert_eq!(CaBundle::parse(&pem).unwrap().0.store.len(), 2);
    }

    #[test]
    fn refuses_a_text_without_certificates() {
        let key = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n";
        for text in ["", "idp-ca.pem", key] {
            assert_eq!(CaBundle::parse(text), Err(InvalidCaBundle::NoCertificate), "{text}");
        }
    }

    #[test]
    fn names_the_certificate_that_is_damaged() {
        let good = TestAuthority::new().pem();
        let cut = "-----BEGIN CERTIFICATE-----\nMIIB\n";
        let no_x509 = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        assert_eq!(CaBundle::parse(&format!("{good}{cut}")), Err(InvalidCaBundle::Pem(2)));
        assert_eq!(CaBundle::parse(&format!("{good}{no_x509}")), Err(InvalidCaBundle::Certificate(2)));
    }

    #[test]
    fn builds_the_settings_of_a_bundle_once_though_it_was_parsed_twice() {
        let pem = TestAuthority::new().pem();
        let configs = ClientConfigs::default();
        let first = configs.trusting(Some(&CaBundle::parse(&pem).unwrap()));
        let second = configs.trusting(Some(&CaBundle::parse(&pem).unwrap()));
        assert!(Arc::ptr_eq(&first, &second));
        assert!(Arc::ptr_eq(&configs.trusting(None), &configs.trusting(None)));
        assert!(!Arc::ptr_eq(&configs.trusting(None), &first));
    }

    #[test]
    fn keeps_the_settings_of_32_bundles() {
        let configs = ClientConfigs::default();
        for _ in 0..40 {
            configs.trusting(Some(&TestAuthority::new().bundle()));
        }
        assert_eq!(configs.private.lock().unwrap().len(), 32);
    }
}
