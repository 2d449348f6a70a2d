//! A proxy between the SDK and the embedded DynamoDB that can lose what was answered.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};

use crate::message::Message;

/// What happens to the next request of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// DynamoDB does what was asked for, and its answer never arrives.
    LoseAnswer,
    /// DynamoDB is never asked: the connection breaks before.
    LoseRequest,
    /// DynamoDB says that it is asked too often.
    Throttle,
}

/// The proxy. Requests that no fault waits for pass.
pub struct Faults {
    /// Where to send requests for DynamoDB.
    pub address: SocketAddr,
    waiting: Arc<Mutex<VecDeque<(&'static str, Fault)>>>,
}

impl Faults {
    /// A proxy in front of a DynamoDB.
    pub async fn before(dynamodb: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let waiting = Arc::new(Mutex::new(VecDeque::new()));
        let faults = Arc::clone(&waiting);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, dynamodb, Arc::clone(&faults)));
            }
        });
        Self { address, waiting }
    }

    /// Lets a fault befall the next request of an operation, such as `PutItem`.
    pub fn befall(&self, operation: &'static str, fault: Fault) {
        self.waiting.lock().expect("no holder panics").push_back((operation, fault));
    }

    /// Faults that have befallen nothing yet.
    pub fn left(&self) -> usize {
        self.waiting.lock().expect("no holder panics").len()
    }
}

async fn serve(
    mut client: TcpStream,
    dynamodb: SocketAddr,
    waiting: Arc<Mutex<VecDeque<(&'static str, Fault)>>>,
) -> Option<()> {
    loop {
        let request = Message::read(&mut client).await?.bytes;
        let head = String::from_utf8_lossy(&request).into_owned();
        let fault = {
            let mut waiting = waiting.lock().expect("no holder panics");
            let at = waiting.iter().position(|(operation, _)| head.contains(&format!(".{operation}\r\n")));
            at.and_then(|at| waiting.remove(at)).map(|(_, fault)| fault)
        };
        match fault {
            Some(Fault::LoseRequest) => return None,
            Some(Fault::Throttle) => client.write_all(THROTTLED.as_bytes()).await.ok()?,
            Some(Fault::LoseAnswer) => {
                forward(dynamodb, &request).await?;
                return None;
            }
            None => {
                let answer = forward(dynamodb, &request).await?;
                client.write_all(&answer).await.ok()?;
            }
        }
    }
}

async fn forward(dynamodb: SocketAddr, request: &[u8]) -> Option<Vec<u8>> {
    let mut server = TcpStream::connect(dynamodb).await.ok()?;
    server.write_all(request).await.ok()?;
    Some(Message::read(&mut server).await?.bytes)
}

const THROTTLED: &str = concat!(
    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 107\r\n\r\n",
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"too many"}  "#,
);
