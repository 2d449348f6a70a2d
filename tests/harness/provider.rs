//! A scripted identity provider: a closure says what it answers to each question, down to the bytes, and every
//! question is kept.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

/// The provider. It lives as long as the test's runtime.
pub struct Provider {
    /// Where it listens.
    pub address: SocketAddr,
    record: Arc<Record>,
}

/// What a provider was asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The method.
    pub method: String,
    /// The request target as it was sent: a path, or a whole URL where the provider is taken for a proxy.
    pub target: String,
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// What a provider does about a question.
#[derive(Clone, Debug)]
pub enum Reply {
    /// These bytes, and the connection is kept.
    Bytes(Vec<u8>),
    /// These bytes, and the connection is closed.
    Last(Vec<u8>),
    /// Nothing, ever.
    Hang,
    /// These bytes one by one, with a pause before each.
    Drip(Vec<u8>, Duration),
    /// The connection breaks without a byte.
    Reset,
}

struct Record {
    script: Box<dyn Fn(&Question) -> Reply + Send + Sync>,
    questions: Mutex<Vec<Question>>,
    connections: AtomicUsize,
}

impl Provider {
    /// Starts one in clear.
    pub async fn start(script: impl Fn(&Question) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen(None, script).await
    }

    /// Starts one behind TLS.
    pub async fn over_tls(tls: TlsAcceptor, script: impl Fn(&Question) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen(Some(tls), script).await
    }

    /// Starts one that gives everybody the same answer.
    pub async fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone()).await
    }

    /// Everything it was asked, the oldest first.
    pub fn questions(&self) -> Vec<Question> {
        self.record.questions.lock().expect(UNBROKEN).clone()
    }

    /// Its only question.
    #[track_caller]
    pub fn question(&self) -> Question {
        let questions = self.questions();
        assert_eq!(questions.len(), 1, "{questions:#?}");
        questions[0].clone()
    }

    /// How many connections it has accepted.
    pub fn connections(&self) -> usize {
        self.record.connections.load(Ordering::SeqCst)
    }

    async fn listen(tls: Option<TlsAcceptor>, script: impl Fn(&Question) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a bound listener has an address");
        let record = Record { script: Box::new(script), questions: Mutex::default(), connections: AtomicUsize::new(0) };
        let record = Arc::new(record);
        tokio::spawn(accept(listener, tls, Arc::clone(&record)));
        Self { address, record }
    }
}

impl Question {
    /// The value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The token it is about: that of `Authorization: Bearer`, or the form's.
    pub fn token(&self) -> String {
        let bearer = self.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let form = || form_urlencoded::parse(self.body.as_bytes()).find(|(name, _)| name == "token");
        bearer.map(str::to_owned).or_else(|| form().map(|(_, value)| value.into_owned())).unwrap_or_default()
    }
}

impl Reply {
    /// An answer of a status, a content type and a body.
    pub fn of(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        let length = body.as_ref().len();
        let head = format!("HTTP/1.1 {status} -\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n");
        Self::Bytes([head.as_bytes(), body.as_ref()].concat())
    }

    /// 200 with JSON.
    pub fn json(body: impl AsRef<[u8]>) -> Self {
        Self::of(200, "application/json", body)
    }

    /// 200 with XML.
    pub fn xml(body: impl AsRef<[u8]>) -> Self {
        Self::of(200, "application/xml", body)
    }

    /// An answer of a status alone.
    pub fn status(status: u16) -> Self {
        Self::of(status, "text/plain", "")
    }
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, record: Arc<Record>) {
    while let Ok((stream, _)) = listener.accept().await {
        record.connections.fetch_add(1, Ordering::SeqCst);
        let (tls, record) = (tls.clone(), Arc::clone(&record));
        tokio::spawn(async move {
            match tls {
                None => converse(stream, record).await,
                Some(tls) => converse(tls.accept(stream).await.ok()?, record).await,
            }
        });
    }
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, record: Arc<Record>) -> Option<()> {
    loop {
        let question = question(&mut stream).await?;
        let reply = (record.script)(&question);
        record.questions.lock().expect(UNBROKEN).push(question);
        match reply {
            Reply::Bytes(bytes) => stream.write_all(&bytes).await.ok()?,
            Reply::Last(bytes) => {
                stream.write_all(&bytes).await.ok()?;
                return stream.shutdown().await.ok();
            }
            Reply::Hang => std::future::pending().await,
            Reply::Drip(bytes, pause) => {
                for byte in bytes {
                    tokio::time::sleep(pause).await;
                    stream.write_all(&[byte]).await.ok()?;
                }
            }
            Reply::Reset => return None,
        }
        stream.flush().await.ok()?;
    }
}

/// The next question with the body that its `Content-Length` announces; `None` when the other side has closed.
async fn question(stream: &mut (impl AsyncRead + Unpin)) -> Option<Question> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let (first, fields) = head.split_once("\r\n")?;
    let mut words = first.split(' ');
    let field = |line: &str| line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().into()));
    let mut question = Question {
        method: words.next()?.into(),
        target: words.next()?.into(),
        headers: fields.split("\r\n").filter_map(field).collect(),
        body: String::new(),
    };
    let length = question.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    question.body = String::from_utf8_lossy(&body).into_owned();
    Some(question)
}

const UNBROKEN: &str = "nothing panics while it holds the questions";
