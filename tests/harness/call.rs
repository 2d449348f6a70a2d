//! A call over a connection of its own, its headers exactly as they are spelled.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::Answer;

/// A call to be sent.
#[derive(Clone, Debug)]
pub struct Call {
    address: SocketAddr,
    source: Option<IpAddr>,
    head: String,
    body: Vec<u8>,
}

impl Call {
    /// A call of a method and a target, such as `/orders/1?x=y`.
    pub fn new(address: SocketAddr, method: &str, target: &str) -> Self {
        let head = format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
        Self { address, source: None, head, body: Vec::new() }
    }

    /// Comes from another address of the loopback interface than 127.0.0.1.
    #[must_use]
    pub fn sent_from(self, source: impl Into<IpAddr>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// Adds a header, spelled so.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    /// Adds `Authorization: Bearer`.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// Adds `Authorization: Basic`; both parts are form-encoded first (RFC 6749 section 2.3.1).
    #[must_use]
    pub fn basic(self, id: &str, secret: &str) -> Self {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encoded(id), encoded(secret));
        self.header("Authorization", &format!("Basic {}", STANDARD.encode(pair)))
    }

    /// Sets a form as the body.
    #[must_use]
    pub fn form(self, body: &str) -> Self {
        self.header("Content-Type", "application/x-www-form-urlencoded").body(body)
    }

    /// Sets JSON as the body.
    #[must_use]
    pub fn json(self, body: &str) -> Self {
        self.header("Content-Type", "application/json").body(body)
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self
    }

    /// Sends and reads the whole answer.
    pub async fn send(self) -> Answer {
        let mut stream = self.sent().await;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("the server answers");
        Answer::parse(&answer)
    }

    /// Sends and closes the connection after a while, whatever is on its way back.
    pub async fn hang_up_after(self, patience: Duration) {
        let stream = self.sent().await;
        tokio::time::sleep(patience).await;
        drop(stream);
    }

    async fn sent(self) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket is free");
        if let Some(source) = self.source {
            socket.bind(SocketAddr::new(source, 0)).expect("the source is an address of this machine");
        }
        let mut stream = socket.connect(self.address).await.expect("the server listens");
        let head = format!("{}Content-Length: {}\r\n\r\n", self.head, self.body.len());
        stream.write_all(head.as_bytes()).await.expect("the server reads");
        stream.write_all(&self.body).await.expect("the server reads");
        stream
    }
}
