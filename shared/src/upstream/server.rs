//! A server that messages are sent to as they are.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Request, Uri, header::HOST};
use http_body_util::Full;

use super::{CaBundle, InvalidAddress, address::Origin, pool::Route};

/// A server, reached without a proxy, and whom to trust on the way.
#[derive(Clone)]
pub struct Server {
    pub(super) route: Arc<Route>,
    uri: Uri,
    host_field: HeaderValue,
}

impl Server {
    /// The server that a URI names. `ca_bundle`: whom to trust instead of the public authorities.
    ///
    /// # Errors
    /// [`InvalidAddress`] for a URI that is neither `http` nor `https`, or without a host.
    pub fn of(uri: &Uri, ca_bundle: Option<CaBundle>) -> Result<Self, InvalidAddress> {
        let origin = Origin::of(uri)?;
        let host_field = origin.host_field();
        Ok(Self { uri: uri.clone(), route: Arc::new(Route { origin, proxy: None, ca_bundle }), host_field })
    }

    /// Whether a URI names this server, in the same words.
    pub fn is_at(&self, uri: &Uri) -> bool {
        self.uri.authority() == uri.authority() && self.uri.scheme() == uri.scheme()
    }

    /// The message with the request line and `Host` that this server is to get.
    pub(super) fn addressed(&self, message: Request<Bytes>) -> Request<Full<Bytes>> {
        let mut message = message.map(Full::new);
        if let Some(path) = message.uri().path_and_query().cloned() {
            *message.uri_mut() = Uri::from(path);
        }
        message.headers_mut().insert(HOST, self.host_field.clone());
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        text.parse().unwrap()
    }

    fn server(text: &str) -> Server {
        Server::of(&uri(text), None).unwrap()
    }

    #[test]
    fn a_message_names_host_and_path_as_its_server_wants_them() {
        for (text, host, target) in [
            ("https://dynamodb.eu-west-1.amazonaws.com/", "dynamodb.eu-west-1.amazonaws.com", "/"),
            ("https://dynamodb.example:443/a?b=c", "dynamodb.example", "/a?b=c"),
            ("http://127.0.0.1:8000/", "127.0.0.1:8000", "/"),
            ("https://[::1]:8443/", "[::1]:8443", "/"),
        ] {
            let message = Request::builder().uri(uri(text)).body(Bytes::new()).unwrap();
            let addressed = server(text).addressed(message);
            assert_eq!(
                (addressed.headers()[HOST].to_str().unwrap(), addressed.uri().to_string().as_str()),
                (host, target)
            );
        }
    }

    #[test]
    fn a_server_is_where_scheme_host_and_port_are_its_own() {
        let server = server("https://dynamodb.example/");
        assert!(server.is_at(&uri("https://dynamodb.example/other")));
        for other in ["http://dynamodb.example/", "https://kms.example/", "https://dynamodb.example:8443/"] {
            assert!(!server.is_at(&uri(other)), "{other}");
        }
    }

    #[test]
    fn what_names_no_server_is_refused() {
        for text in ["/path", "ftp://example/", "https://a..b/"] {
            assert!(Server::of(&uri(text), None).is_err(), "{text}");
        }
    }
}
