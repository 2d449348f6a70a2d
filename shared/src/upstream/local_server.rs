//! Servers for the tests of this module: each runs in a thread of its own, so that it goes on while a test's runtime is
//! frozen.

use std::{
    future::Future,
    net,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
    runtime,
};
use tokio_rustls::TlsAcceptor;
use url::Url;

use super::{Answer, CaBundle, Method, Outgoing, ProviderUri, Proxy, Upstream, UpstreamError};

pub(super) const OK: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"active\":true}";

/// A listener on the loopback interface that counts the connections it accepts.
pub(super) struct LocalServer {
    pub(super) address: net::SocketAddr,
    accepted: Arc<AtomicUsize>,
}

impl LocalServer {
    /// Serves each accepted connection with `serve`, which also gets the connection's number, counted from 1.
    pub(super) fn start<F, S>(serve: F) -> Self
    where
        F: Fn(TcpStream, usize) -> S + Send + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        Self::start_on(net::TcpListener::bind("127.0.0.1:0").unwrap(), serve)
    }

    pub(super) fn start_on<F, S>(listener: net::TcpListener, serve: F) -> Self
    where
        F: Fn(TcpStream, usize) -> S + Send + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let accepted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&accepted);
        thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    let number = count.fetch_add(1, Ordering::SeqCst) + 1;
                    tokio::spawn(serve(stream, number));
                }
            });
        });
        Self { address, accepted }
    }

    /// Answers every request with the same text.
    pub(super) fn answering(text: &'static str) -> Self {
        Self::start(move |stream, _| answer_all(stream, text))
    }

    /// Answers every request with 200 over TLS.
    pub(super) fn over_tls(acceptor: TlsAcceptor) -> Self {
        Self::start(move |stream, _| {
            let acceptor = acceptor.clone();
            async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    answer_all(stream, OK).await;
                }
            }
        })
    }

    /// A proxy that opens every tunnel, always to `target`.
    pub(super) fn tunnelling_to(target: &LocalServer, asked: Asked) -> Self {
        let target = target.address;
        Self::start(move |mut stream, _| {
            let asked = asked.clone();
            async move {
                asked.note(request(&mut stream).await.unwrap());
                let mut onward = TcpStream::connect(target).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
                drop(copy_bidirectional(&mut stream, &mut onward).await);
            }
        })
    }

    pub(super) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    pub(super) fn uri(&self, path: &str) -> ProviderUri {
        uri(&format!("http://{}{path}", self.address))
    }

    pub(super) fn as_proxy(&self) -> Proxy {
        Proxy::new(&self.address.ip().to_string(), self.address.port()).unwrap()
    }
}

/// The requests a server got.
#[derive(Clone, Default)]
pub(super) struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    pub(super) fn note(&self, request: String) {
        self.0.lock().unwrap().push(request);
    }

    pub(super) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// A private certificate authority.
pub(super) struct TestAuthority(CertifiedIssuer<'static, KeyPair>);

impl TestAuthority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(super) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(super) fn bundle(&self) -> CaBundle {
        CaBundle::parse(&self.pem()).unwrap()
    }

    /// A TLS server with a certificate of this authority for one host name or address.
    pub(super) fn acceptor_for(&self, host: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

pub(super) fn uri(text: &str) -> ProviderUri {
    ProviderUri::try_from(&Url::parse(text).unwrap()).unwrap()
}

/// A GET with 5 s of time, no fields, no proxy and the public roots.
pub(super) fn get(uri: &ProviderUri) -> Outgoing<'_> {
    Outgoing { method: Method::Get, uri, headers: &[], proxy: None, ca_bundle: None, timeout: Duration::from_secs(5) }
}

pub(super) async fn answer_to(upstream: &Upstream, request: Outgoing<'_>) -> Answer {
    upstream.call(request).await.expect("an answer")
}

pub(super) async fn failure_of(upstream: &Upstream, request: Outgoing<'_>) -> UpstreamError {
    upstream.call(request).await.expect_err("no whole answer")
}

/// Reads one request, with the body its `Content-Length` announces; `None` when the other side closes first.
pub(super) async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut text = String::new();
    while !is_whole(&text) {
        text.push(char::from(stream.read_u8().await.ok()?));
    }
    Some(text)
}

pub(super) async fn answer_all(mut stream: impl AsyncRead + AsyncWrite + Unpin, text: &str) {
    while request(&mut stream).await.is_some() {
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
        drop(stream.flush().await);
    }
}

pub(super) async fn pause(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.map_or(0, |digits| digits.parse().unwrap())
}
