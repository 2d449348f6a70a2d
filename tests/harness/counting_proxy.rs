//! A proxy before DynamoDB that passes everything on and counts what was asked.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};

use crate::message::Message;

/// Requests by operation, such as `GetItem`.
pub type Requests = BTreeMap<String, usize>;

/// The proxy.
pub struct CountingProxy {
    /// Where to send requests for DynamoDB.
    pub address: SocketAddr,
    requests: Arc<Mutex<Requests>>,
}

impl CountingProxy {
    /// A proxy in front of a DynamoDB.
    pub async fn before(dynamodb: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let requests = Arc::default();
        let counted = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, dynamodb, Arc::clone(&counted)));
            }
        });
        Self { address, requests }
    }

    /// The requests since this was last asked.
    pub fn take(&self) -> Requests {
        std::mem::take(&mut self.requests.lock().expect("no holder panics"))
    }
}

async fn serve(mut client: TcpStream, dynamodb: SocketAddr, requests: Arc<Mutex<Requests>>) -> Option<()> {
    let mut server = TcpStream::connect(dynamodb).await.ok()?;
    loop {
        let request = Message::read(&mut client).await?;
        let target = request.header("x-amz-target")?;
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        *requests.lock().expect("no holder panics").entry(operation).or_default() += 1;
        server.write_all(&request.bytes).await.ok()?;
        let answer = Message::read(&mut server).await?;
        client.write_all(&answer.bytes).await.ok()?;
    }
}
