//! The client that carries integration requests to HTTP backends.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::{answer::Answer, headers::Headers, integration::Failure, request::MAX_BODY};

/// Pooled connections to all backends, over TCP and TLS.
#[derive(Clone)]
pub(crate) struct Backends {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Backends {
    pub(crate) fn new() -> Self {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks the default TLS versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(http);
        let mut pool = Client::builder(TokioExecutor::new());
        pool.pool_timer(TokioTimer::new()).pool_max_idle_per_host(MAX_IDLE);
        Self { client: pool.build(connector) }
    }

    /// One exchange with a backend; redirects are the caller's business.
    ///
    /// # Errors
    /// [`Failure::Network`] when there is no answer, [`Failure::Malformed`] when its body is beyond the payload limit.
    pub(crate) async fn exchange(&self, request: http::Request<Full<Bytes>>) -> Result<Answer, Failure> {
        let response = self.client.request(request).await.map_err(|error| Failure::Network(chain(&error)))?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                Failure::Malformed(format!("the backend's answer is longer than {MAX_BODY} bytes"))
            } else {
                Failure::Network(chain(&*error))
            }
        })?;
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers: Headers = head.headers.iter().map(|(name, value)| (name.as_str(), text(value))).collect();
        Ok(Answer { status: head.status.as_u16(), headers, body: body.to_bytes() })
    }
}

/// An error with all of its causes.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Connections kept open to one backend while nothing is sent.
const MAX_IDLE: usize = 32;
