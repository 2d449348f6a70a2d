//! What API Gateway makes of a verdict: the local gateway runs the service's own document around it, before a backend
//! that only says that it was reached.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use gateway::{AuthorizerOutcome, BoxFuture, Exchange, Function, FunctionError, Gateway, Observer};
use serde_json::Value;
use shared::{
    authorizer::{Call, Decision},
    lambda::{Event, render},
    model::{HttpUri, ServiceDefinition},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use super::super::Failure;
use crate::dev::{self, DevError, demo};

/// What the caller of an API gets.
#[derive(Debug)]
pub(super) struct Seen {
    /// The status line, the head's fields and the body.
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    /// What the gateway tells of it.
    pub(super) exchange: Exchange,
}

impl Seen {
    /// Whether the caller gets the backend's answer.
    pub(super) fn reached_backend(&self) -> bool {
        self.exchange.backend_status.is_some() && self.exchange.gateway_response.is_none()
    }

    /// Whether the call came to an authorizer, even if that was not invoked.
    pub(super) fn met_authorizer(&self) -> bool {
        self.exchange.authorizer != AuthorizerOutcome::None
    }
}

/// Lets the gateway answer the call with this verdict.
pub(super) async fn answer(service: &ServiceDefinition, call: &Call, decision: Decision) -> Result<Seen, Failure> {
    let (backend, server) = demo::serve().await?;
    let backend = HttpUri::parse(format!("http://{backend}")).map_err(|_| Failure::new(NO_BACKEND))?;
    let sample = ServiceDefinition { backend, vpc_link: None, ..service.clone() };
    let witness = Arc::new(Witness::default());
    let observer: Arc<dyn Observer> = Arc::clone(&witness) as Arc<dyn Observer>;
    let judged: Arc<dyn Function> = Arc::new(Judged(Mutex::new(Some(decision))));
    let gateway =
        Gateway::new(&[dev::rest_api(&sample, None)], &[(dev::authorizer_arn(&sample), judged)].into(), observer)
            .map_err(DevError::Documents)?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(Arc::new(gateway).serve(listener, async move { drop(stopped.await) }));
    let answer = exchange(address, &head(service, call)).await;
    let _ = stop.send(());
    drop(serving.await);
    server.abort();
    seen(&answer?, witness.seen()).ok_or_else(|| Failure::new("the local gateway's answer is no HTTP"))
}

/// A function that has its verdict already, and words it for the event that it gets.
struct Judged(Mutex<Option<Decision>>);

impl Function for Judged {
    fn invoke(&self, event: Value) -> BoxFuture<'_, Result<Value, FunctionError>> {
        Box::pin(async move {
            let failed = |error: &dyn std::fmt::Display| FunctionError { message: error.to_string() };
            let event: Event = serde_json::from_value(event).map_err(|error| failed(&error))?;
            let call = Call::try_from(event).map_err(|error| failed(&error))?;
            let decision = self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or(Decision::Failed);
            let answer = render(decision, &call, false).map_err(|error| failed(&error))?;
            serde_json::to_value(answer).map_err(|error| failed(&error))
        })
    }
}

/// Keeps what the gateway tells of its one request.
#[derive(Default)]
struct Witness(Mutex<Exchange>);

impl Witness {
    fn seen(&self) -> Exchange {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Observer for Witness {
    fn answered(&self, exchange: &Exchange) {
        exchange.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// The request as the client sent it: names keep their spelling, which a REST API looks at.
fn head(service: &ServiceDefinition, call: &Call) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&call.query).finish();
    let mark = if query.is_empty() { "" } else { "?" };
    let (method, base, path) = (call.method(), service.base_path.prefix(), call.target.path());
    let mut head =
        format!("{method} {base}{path}{mark}{query} HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n");
    for (name, value) in call.headers.iter().filter(|(name, value)| may_travel(name, value)) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head + "\r\n"
}

fn may_travel(name: &str, value: &str) -> bool {
    let is_framing = FRAMING.iter().any(|framing| framing.eq_ignore_ascii_case(name));
    !is_framing && http::HeaderName::from_bytes(name.as_bytes()).is_ok() && !value.contains(char::is_control)
}

async fn exchange(address: SocketAddr, head: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn seen(answer: &str, exchange: Exchange) -> Option<Seen> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let (status, fields) = head.split_once("\r\n")?;
    let status = status.split(' ').nth(1)?.parse().ok()?;
    let field = |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    Some(Seen { status, headers: fields.split("\r\n").filter_map(field).collect(), body: body.to_owned(), exchange })
}

/// What says where a message ends, or where it goes.
const FRAMING: [&str; 6] = ["host", "connection", "content-length", "transfer-encoding", "upgrade", "expect"];
const NO_BACKEND: &str = "a loopback address makes no URL";
