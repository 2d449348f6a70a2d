//! The Lambda Runtime API as a function sees it, and the environment that Lambda gives it.
//!
//! A function's own binary runs under it: it polls, gets an event, and answers or reports an error.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    sync::{Mutex as AsyncMutex, Notify, mpsc},
    task::JoinHandle,
};

use crate::message::Message;

/// A function at work. Its process ends with it.
pub struct Function {
    process: Child,
    events: mpsc::UnboundedSender<String>,
    answers: mpsc::UnboundedReceiver<Invoked>,
    polled: Arc<Notify>,
    log: Arc<Mutex<String>>,
    readers: [JoinHandle<()>; 2],
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Invoked {
    /// The function answered.
    Answer(Value),
    /// The function reported an error: `errorType` and `errorMessage`.
    Error(Value),
}

impl Function {
    /// Starts a binary with the environment of Lambda, a DynamoDB, and more.
    pub async fn start(binary: &str, dynamodb: SocketAddr, more: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let (events, waiting) = mpsc::unbounded_channel();
        let (answered, answers) = mpsc::unbounded_channel();
        let polled = Arc::new(Notify::new());
        let api = Api { waiting: AsyncMutex::new(waiting), answered, polled: Arc::clone(&polled) };
        tokio::spawn(accept(listener, Arc::new(api)));
        let mut process = command(binary)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{dynamodb}"))
            .envs(more.iter().copied())
            .spawn()
            .expect("the binary starts");
        let log = Arc::default();
        let stdout = process.stdout.take().expect("it is piped");
        let stderr = process.stderr.take().expect("it is piped");
        let readers = [tokio::spawn(copy(stdout, Arc::clone(&log))), tokio::spawn(copy(stderr, Arc::clone(&log)))];
        Self { process, events, answers, polled, log, readers }
    }

    /// Waits until its init phase is over: it has asked for the first event.
    pub async fn ready(&self) {
        self.polled.notified().await;
    }

    /// Feeds one event and waits for what becomes of it.
    pub async fn invoke(&mut self, event: &Value) -> Invoked {
        self.events.send(event.to_string()).expect("the runtime API is there");
        tokio::select! {
            answer = self.answers.recv() => answer.expect("the runtime API is there"),
            status = self.process.wait() => panic!("the function ended ({status:?}): {}", self.log()),
        }
    }

    /// Feeds one event that is to be answered.
    pub async fn answer(&mut self, event: &Value) -> Value {
        match self.invoke(event).await {
            Invoked::Answer(answer) => answer,
            Invoked::Error(error) => panic!("{error}: {}", self.log()),
        }
    }

    /// Waits until it ends by itself.
    pub async fn ended(mut self) -> (ExitStatus, String) {
        let status = self.process.wait().await.expect("the process is ours");
        (status, self.whole_log().await)
    }

    /// Ends it, and tells everything it wrote.
    pub async fn stop(mut self) -> String {
        self.process.kill().await.expect("the process is ours");
        self.whole_log().await
    }

    async fn whole_log(&mut self) -> String {
        for reader in &mut self.readers {
            drop(reader.await);
        }
        self.log()
    }

    /// What it has written so far.
    fn log(&self) -> String {
        self.log.lock().expect("no holder panics").clone()
    }
}

/// A binary with the environment of Lambda, heard by us.
fn command(binary: &str) -> Command {
    let mut command = match arm64(binary) {
        None => Command::new(binary),
        Some(bootstrap) => {
            let mut emulator = Command::new("qemu-aarch64");
            emulator.args(["-L", "/usr/aarch64-linux-gnu"]).arg(bootstrap);
            emulator
        }
    };
    command.env_clear().envs(LAMBDA).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// The binary that Lambda gets in place of this one, where `ARM64_FUNCTIONS` names the folder of the unpacked zips.
#[expect(clippy::disallowed_methods, reason = "the one who runs the tests says so by the environment")]
fn arm64(binary: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ARM64_FUNCTIONS")?;
    Some(Path::new(&folder).join(Path::new(binary).file_name()?).join("bootstrap"))
}

/// What the connections share.
struct Api {
    waiting: AsyncMutex<mpsc::UnboundedReceiver<String>>,
    answered: mpsc::UnboundedSender<Invoked>,
    polled: Arc<Notify>,
}

async fn accept(listener: TcpListener, api: Arc<Api>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, Arc::clone(&api)));
    }
}

async fn serve(mut stream: TcpStream, api: Arc<Api>) -> Option<()> {
    loop {
        let request = Message::read(&mut stream).await?;
        let (method, target) = request.request_line();
        let call = target.strip_prefix("/2018-06-01/runtime/invocation/").and_then(|rest| rest.split_once('/'));
        let payload = || serde_json::from_slice(request.body()).expect("a function reports JSON");
        match (method.as_str(), call) {
            ("GET", None) if target == NEXT => {
                api.polled.notify_one();
                let event = api.waiting.lock().await.recv().await?;
                stream.write_all(next(&event).as_bytes()).await.ok()?;
                continue;
            }
            ("POST", Some((REQUEST_ID, "response"))) => api.answered.send(Invoked::Answer(payload())).ok()?,
            ("POST", Some((REQUEST_ID, "error"))) => api.answered.send(Invoked::Error(payload())).ok()?,
            _ => panic!("the Runtime API has no {method} {target}"),
        }
        stream.write_all(ACCEPTED.as_bytes()).await.ok()?;
    }
}

/// An event with the headers that come with it.
fn next(event: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Lambda-Runtime-Aws-Request-Id: {REQUEST_ID}\r\nLambda-Runtime-Deadline-Ms: {DEADLINE}\r\n\
         Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:tollgate\r\n\
         Lambda-Runtime-Trace-Id: Root=1-69c2e4ae-3a5f1c0e7d9b2f4a6c8e0d1b;Parent=7d9b2f4a6c8e0d1b;Sampled=1\r\n\r\n{event}",
        event.len()
    )
}

async fn copy(mut from: impl AsyncRead + Unpin, log: Arc<Mutex<String>>) {
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        log.lock().expect("no holder panics").push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
}

const NEXT: &str = "/2018-06-01/runtime/invocation/next";
const REQUEST_ID: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
/// Milliseconds since 1970: far away, so that no test depends on the time.
const DEADLINE: u64 = 4_102_444_800_000;
const ACCEPTED: &str =
    "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"status\":\"OK\"}";

/// What Lambda sets. The credentials open nothing.
const LAMBDA: [(&str, &str); 17] = [
    ("_HANDLER", "bootstrap"),
    ("AWS_ACCESS_KEY_ID", "local"),
    ("AWS_DEFAULT_REGION", "eu-west-1"),
    ("AWS_EXECUTION_ENV", "AWS_Lambda_Custom"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_FUNCTION_NAME", "tollgate"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/tollgate"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/21/[$LATEST]4f1c0e7d9b2f4a6c8e0d1b3a5f7c9e2d"),
    ("AWS_REGION", "eu-west-1"),
    ("AWS_SECRET_ACCESS_KEY", "local"),
    ("AWS_SESSION_TOKEN", "local"),
    ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
    ("LAMBDA_TASK_ROOT", "/var/task"),
    ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ("TZ", ":UTC"),
];
