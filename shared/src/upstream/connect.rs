//! Opens a connection over a route: TCP, then the proxy's tunnel and TLS where the route has them.

use std::{error::Error, io, sync::Arc, time::Duration};

use http::{Uri, uri::Authority};
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tower_service::Service;

use super::{
    Stage, UpstreamError, address::Scheme, connection::Connection, error::causes, pool::Route, proxy,
    tls::ClientConfigs,
};

/// Makes connections; keeps what they have in common.
pub(super) struct Connector {
    tcp: HttpConnector,
    tls: ClientConfigs,
    max_body: usize,
}

impl Connector {
    /// Its connections read at most `max_body` bytes of an answer's content.
    pub(super) fn new(max_body: usize) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        Self { tcp, tls: ClientConfigs::default(), max_body }
    }

    /// Opens a connection; `patience` is shared out among the addresses of a host that does not answer.
    pub(super) async fn open(&self, route: &Route, patience: Duration) -> Result<Connection, UpstreamError> {
        let first = route.proxy.as_ref().map_or(&route.origin.address, |proxy| &proxy.address);
        let tcp = self.dial(first, patience).await?;
        let Scheme::Https(name) = &route.origin.scheme else { return self.start(tcp).await };
        let target = &route.origin.address;
        let config = self.tls.trusting(route.ca_bundle.as_ref());
        match route.proxy {
            None => self.start(secured(tcp, target, name, config).await?).await,
            Some(_) => {
                let tunnel = proxy::tunnel(tcp, target).await?;
                self.start(secured(tunnel, target, name, config).await?).await
            }
        }
    }

    async fn dial(&self, address: &Authority, patience: Duration) -> Result<TcpStream, UpstreamError> {
        let unreached = |error: &dyn Error| match error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
            Some(source) if source.kind() == io::ErrorKind::TimedOut => {
                UpstreamError::Timeout { at: Stage::Connecting }
            }
            _ => UpstreamError::Connect { to: address.to_string(), cause: causes(error) },
        };
        let uri = Uri::builder().scheme("http").authority(address.clone()).path_and_query("/").build();
        let mut tcp = self.tcp.clone();
        tcp.set_connect_timeout(Some(patience));
        let stream = tcp.call(uri.map_err(|error| unreached(&error))?).await;
        stream.map(TokioIo::into_inner).map_err(|error| unreached(&error))
    }

    async fn start<I>(&self, io: I) -> Result<Connection, UpstreamError>
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let started = Connection::start(io, self.max_body).await;
        started.map_err(|error| UpstreamError::Protocol { answered: false, cause: causes(&error) })
    }
}

async fn secured<I: AsyncRead + AsyncWrite + Unpin>(
    io: I,
    address: &Authority,
    name: &ServerName<'static>,
    config: Arc<ClientConfig>,
) -> Result<TlsStream<I>, UpstreamError> {
    let handshake = TlsConnector::from(config).connect(name.clone(), io).await;
    handshake.map_err(|error| UpstreamError::Tls { with: address.to_string(), cause: causes(&error) })
}
