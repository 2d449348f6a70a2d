//! What can go wrong when another server is called.

use std::{error::Error, fmt};

use http::StatusCode;

/// Why a call brought no whole answer. No text of it holds a header value, a path or a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpstreamError {
    /// No TCP connection: the name has no address, or nobody there accepts.
    Connect {
        /// `host:port` of the server, or of the proxy when there is one.
        to: String,
        /// The reason, as the system words it.
        cause: String,
    },
    /// The proxy answered CONNECT, but not with 200.
    ProxyRefusal {
        /// Its status, for example 407.
        status: StatusCode,
    },
    /// The proxy's answer to CONNECT was no HTTP, or the proxy closed without one.
    ProxyProtocol {
        /// What was wrong with it.
        cause: String,
    },
    /// The TLS handshake failed, for example because no trusted root signed the certificate.
    Tls {
        /// `host:port` of the server.
        with: String,
        /// What the handshake failed on.
        cause: String,
    },
    /// The time for the whole call was over.
    Timeout {
        /// How far the call had come.
        at: Stage,
    },
    /// The server closed the connection, or what it sent is no HTTP/1.1.
    Protocol {
        /// Whether at least one byte of an answer had come.
        answered: bool,
        /// What was wrong with it.
        cause: String,
    },
    /// The answer is longer than this client reads.
    TooLarge {
        /// The part that is too long.
        part: Part,
        /// The most bytes it may have.
        limit: usize,
    },
}

/// How far a call had come when its time was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Looking up the name, connecting, asking the proxy, or in the TLS handshake.
    Connecting,
    /// Connected, and no byte of an answer had come.
    Waiting,
    /// In the middle of the answer.
    Answering,
}

/// A part of an HTTP message that has a limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Status line and header fields.
    Head,
    /// Content.
    Body,
}

impl UpstreamError {
    /// Whether an answer of the server began: at least one byte of it was read.
    ///
    /// What a proxy says to CONNECT is no answer of the server.
    pub fn answered(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::ProxyRefusal { .. } | Self::ProxyProtocol { .. } | Self::Tls { .. } => false,
            Self::Timeout { at } => *at == Stage::Answering,
            Self::Protocol { answered, .. } => *answered,
            Self::TooLarge { .. } => true,
        }
    }
}

impl fmt::Display for UpstreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect { to, cause } => write!(f, "no connection to {to}: {cause}"),
            Self::ProxyRefusal { status } => write!(f, "the proxy answered CONNECT with {status}, not with 200"),
            Self::ProxyProtocol { cause } => write!(f, "the proxy did not answer CONNECT: {cause}"),
            Self::Tls { with, cause } => write!(f, "no TLS with {with}: {cause}"),
            Self::Timeout { at: Stage::Connecting } => f.write_str("time over before a connection was made"),
            Self::Timeout { at: Stage::Waiting } => f.write_str("time over before an answer began"),
            Self::Timeout { at: Stage::Answering } => f.write_str("time over in the middle of the answer"),
            Self::Protocol { answered: false, cause } => write!(f, "closed without an answer: {cause}"),
            Self::Protocol { answered: true, cause } => write!(f, "the answer broke off or is no HTTP/1.1: {cause}"),
            Self::TooLarge { part: Part::Head, limit } => {
                write!(f, "the answer's header fields are more than 100 or longer than {limit} bytes")
            }
            Self::TooLarge { part: Part::Body, limit } => write!(f, "the answer's body is longer than {limit} bytes"),
        }
    }
}

impl Error for UpstreamError {}

/// An error and all its sources in one line.
pub(super) fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let more = source.to_string();
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        next = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug)]
    struct Outer(io::Error);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("connection error")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn names_every_cause_once() {
        let inner = io::Error::other("peer closed connection");
        assert_eq!(causes(&Outer(inner)), "connection error: peer closed connection");
        assert_eq!(causes(&io::Error::other(Outer(io::Error::other("reset")))), "connection error: reset");
    }
}
