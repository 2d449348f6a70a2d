//! A proxy before DynamoDB that passes everything on and counts what was asked.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};

use crate::{TableCall, message::Message, template::of_logins};

/// Requests by operation, such as `GetItem`.
pub type Requests = BTreeMap<String, usize>;

/// The proxy.
pub struct CountingProxy {
    /// Where to send requests for DynamoDB.
    pub address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    requests: Requests,
    calls: BTreeSet<TableCall>,
}

impl CountingProxy {
    /// A proxy in front of a DynamoDB.
    pub async fn before(dynamodb: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let seen = Arc::default();
        let counted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, dynamodb, Arc::clone(&counted)));
            }
        });
        Self { address, seen }
    }

    /// The requests since this was last asked.
    pub fn take(&self) -> Requests {
        std::mem::take(&mut self.seen.lock().expect("no holder panics").requests)
    }

    /// Every operation there was, with its table.
    pub fn calls(&self) -> BTreeSet<TableCall> {
        self.seen.lock().expect("no holder panics").calls.clone()
    }
}

impl Seen {
    fn count(&mut self, operation: &str, body: &[u8]) {
        *self.requests.entry(operation.to_owned()).or_default() += 1;
        let body: Value = serde_json::from_slice(body).expect("DynamoDB is asked in JSON");
        let key = ["Item", "Key"].into_iter().find_map(|member| body[member]["id"]["S"].as_str());
        let is_write = !operation.ends_with("GetItem");
        let operation = match key {
            Some(key) if is_write && key.starts_with("session#") => of_logins(operation),
            _ => operation.to_owned(),
        };
        let one = body["TableName"].as_str();
        let several = body["RequestItems"].as_object().into_iter().flat_map(serde_json::Map::keys);
        let tables = one.into_iter().chain(several.map(String::as_str));
        self.calls.extend(tables.map(|table| (operation.clone(), table.to_owned())));
    }
}

async fn serve(mut client: TcpStream, dynamodb: SocketAddr, seen: Arc<Mutex<Seen>>) -> Option<()> {
    let mut server = TcpStream::connect(dynamodb).await.ok()?;
    loop {
        let request = Message::read(&mut client).await?;
        let target = request.header("x-amz-target")?;
        let operation = target.rsplit('.').next().unwrap_or_default();
        seen.lock().expect("no holder panics").count(operation, request.body());
        server.write_all(&request.bytes).await.ok()?;
        let answer = Message::read(&mut server).await?;
        client.write_all(&answer.bytes).await.ok()?;
    }
}
