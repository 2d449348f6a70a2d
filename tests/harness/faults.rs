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
    /// The connection breaks before DynamoDB is asked, and the request is still on its way: [`Faults::arrive`].
    ArriveLate,
    /// DynamoDB does what was asked for, and the connection breaks in the middle of its answer.
    HalveAnswer,
    /// DynamoDB does what was asked for, and the connection stands and stays silent.
    KeepSilent,
    /// None.
    Pass,
}

/// The proxy. Requests that no fault waits for pass.
pub struct Faults {
    /// Where to send requests for DynamoDB.
    pub address: SocketAddr,
    dynamodb: SocketAddr,
    road: Arc<Mutex<Road>>,
}

/// What is yet to befall requests, and requests that are still on their way.
#[derive(Default)]
struct Road {
    waiting: VecDeque<(&'static str, Fault)>,
    late: Vec<Vec<u8>>,
    /// Writes that came by since the plan was made.
    writes: usize,
    plan: Option<Plan>,
}

/// What is to befall the writes of an operation that makes several.
enum Plan {
    /// A fault befalls one write, counted from 0.
    Befall(usize, Fault),
    /// Nothing gets through any more after so many writes.
    BreakOff(usize),
}

impl Road {
    fn fault(&mut self, request: &[u8]) -> Fault {
        let head = String::from_utf8_lossy(request);
        let is_write = WRITES.iter().any(|operation| head.contains(&format!(".{operation}\r\n")));
        self.writes += usize::from(is_write);
        match self.plan {
            Some(Plan::Befall(write, fault)) if is_write && self.writes == write + 1 => return fault,
            Some(Plan::BreakOff(after)) if self.writes > after => return Fault::LoseRequest,
            _ => {}
        }
        let at = self.waiting.iter().position(|(operation, _)| head.contains(&format!(".{operation}\r\n")));
        at.and_then(|at| self.waiting.remove(at)).map_or(Fault::Pass, |(_, fault)| fault)
    }
}

impl Faults {
    /// A proxy in front of a DynamoDB.
    pub async fn before(dynamodb: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let road = Arc::new(Mutex::new(Road::default()));
        let faults = Arc::clone(&road);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, dynamodb, Arc::clone(&faults)));
            }
        });
        Self { address, dynamodb, road }
    }

    /// Lets a fault befall the next request of an operation, such as `PutItem`.
    pub fn befall(&self, operation: &'static str, fault: Fault) {
        self.road.lock().expect("no holder panics").waiting.push_back((operation, fault));
    }

    /// Lets a fault befall the next request of an operation, and loses it every further time that it is sent: three
    /// times by the SDK, and once more where a kept connection broke.
    pub fn befall_for_good(&self, operation: &'static str, fault: Fault) {
        self.befall(operation, fault);
        (0..3).for_each(|_| self.befall(operation, Fault::LoseRequest));
    }

    /// Lets a fault befall one of the next writes, counted from 0, whatever its operation.
    pub fn befall_write(&self, write: usize, fault: Fault) {
        self.plan(Some(Plan::Befall(write, fault)));
    }

    /// Lets nothing through any more after so many writes, as when the process is killed then.
    pub fn break_off_after(&self, writes: usize) {
        self.plan(Some(Plan::BreakOff(writes)));
    }

    /// Writes that came by since the last of these plans was made or forgotten.
    pub fn writes(&self) -> usize {
        self.road.lock().expect("no holder panics").writes
    }

    /// Faults that have befallen nothing yet.
    pub fn left(&self) -> usize {
        self.road.lock().expect("no holder panics").waiting.len()
    }

    /// Forgets the faults that have befallen nothing yet.
    pub fn forget(&self) {
        self.road.lock().expect("no holder panics").waiting.clear();
        self.plan(None);
    }

    fn plan(&self, plan: Option<Plan>) {
        let mut road = self.road.lock().expect("no holder panics");
        (road.writes, road.plan) = (0, plan);
    }

    /// Lets every late request arrive now, and tells how many there were.
    pub async fn arrive(&self) -> usize {
        let late = std::mem::take(&mut self.road.lock().expect("no holder panics").late);
        for request in &late {
            forward(self.dynamodb, request).await.expect("DynamoDB answers");
        }
        late.len()
    }
}

async fn serve(mut client: TcpStream, dynamodb: SocketAddr, road: Arc<Mutex<Road>>) -> Option<()> {
    loop {
        let request = Message::read(&mut client).await?.bytes;
        let fault = road.lock().expect("no holder panics").fault(&request);
        match fault {
            Fault::LoseRequest => return None,
            Fault::ArriveLate => {
                road.lock().expect("no holder panics").late.push(request);
                return None;
            }
            Fault::Throttle => client.write_all(THROTTLED.as_bytes()).await.ok()?,
            Fault::LoseAnswer => {
                forward(dynamodb, &request).await?;
                return None;
            }
            Fault::HalveAnswer => {
                let answer = forward(dynamodb, &request).await?;
                client.write_all(&answer[..answer.len() / 2]).await.ok()?;
                return None;
            }
            Fault::KeepSilent => {
                forward(dynamodb, &request).await?;
                std::future::pending::<()>().await;
            }
            Fault::Pass => {
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

const WRITES: [&str; 3] = ["PutItem", "UpdateItem", "DeleteItem"];

const THROTTLED: &str = concat!(
    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 107\r\n\r\n",
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"too many"}  "#,
);
