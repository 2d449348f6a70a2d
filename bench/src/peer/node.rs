//! oidc-provider as a process, and the load that it answers.

use std::{
    error::Error,
    io::{self, BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use tokio::task::JoinSet;

use crate::{exchange::Connection, processor::Processors, surroundings::Surroundings};

/// Where its client is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clients {
    /// In its settings: they are in its memory from the start.
    InSettings,
    /// In DynamoDB, by the adapter.
    Stored,
}

/// The server at work. Its process ends with it.
pub(super) struct Node {
    process: Child,
    /// Where it listens.
    pub(super) address: SocketAddr,
}

/// Connections to a server that are kept, and the request that each sends again as soon as it is answered.
pub(super) struct Load {
    connections: Vec<Connection>,
    request: Arc<str>,
    /// Stands in every right answer.
    expected: &'static str,
}

impl Node {
    /// Installs what it is made of, as locked.
    ///
    /// # Errors
    /// npm fails.
    pub(super) fn install() -> Result<(), Box<dyn Error>> {
        eprintln!("npm ci in {FOLDER}");
        let npm = Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"])
            .current_dir(FOLDER)
            .stdout(io::stderr())
            .status()
            .map_err(|error| format!("npm: {error}"))?;
        if npm.success() { Ok(()) } else { Err(format!("npm ci in {FOLDER}: {npm}").into()) }
    }

    /// Starts it on the processor of what is measured.
    ///
    /// # Errors
    /// It does not start; what it says about that is on standard error.
    pub(super) fn start(
        node: &Path,
        clients: Clients,
        around: &Surroundings,
        processors: Processors,
    ) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(node);
        command.arg(PathBuf::from(FOLDER).join("server.js")).env_clear();
        command.envs(ENVIRONMENT).env("AWS_ENDPOINT_URL_DYNAMODB", around.dynamodb.stub.url());
        command.env("NODE_EXTRA_CA_CERTS", around.authority.file());
        command.env("CLIENTS", if clients == Clients::Stored { "stored" } else { "settings" });
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let process = processors.on_measured(|| command.spawn());
        let mut process = process.map_err(|error| format!("{}: {error}", node.display()))?;
        let output = process.stdout.take().ok_or("its output is not ours")?;
        let mut node = Self { process, address: SocketAddr::from(([0; 4], 0)) };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("ready on http://").ok_or("oidc-provider does not start")?;
        node.address = address.parse()?;
        Ok(node)
    }

    /// The process's number.
    pub(super) fn process(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Load {
    /// Opens the connections.
    ///
    /// # Errors
    /// Nobody listens.
    pub(super) async fn open(
        address: SocketAddr,
        request: String,
        expected: &'static str,
        connections: usize,
    ) -> io::Result<Self> {
        let mut open = Vec::new();
        for _ in 0..connections {
            open.push(Connection::open(address).await?);
        }
        Ok(Self { connections: open, request: request.into(), expected })
    }

    /// How many connections there are.
    pub(super) fn connections(&self) -> usize {
        self.connections.len()
    }

    /// Sends the request this often on each connection.
    ///
    /// # Errors
    /// Another answer.
    pub(super) async fn send(&mut self, times: usize) -> io::Result<()> {
        let mut at_work = JoinSet::new();
        for connection in self.connections.drain(..) {
            at_work.spawn(ask(connection, Arc::clone(&self.request), self.expected, times));
        }
        while let Some(asked) = at_work.join_next().await {
            self.connections.push(asked??);
        }
        Ok(())
    }
}

async fn ask(
    mut connection: Connection,
    request: Arc<str>,
    expected: &'static str,
    times: usize,
) -> io::Result<Connection> {
    for _ in 0..times {
        let answer = connection.exchange(request.as_bytes()).await?;
        let body = String::from_utf8_lossy(&answer.body);
        if answer.status != 200 || !body.contains(expected) {
            return Err(io::Error::other(format!("status {}: {body}", answer.status)));
        }
    }
    Ok(connection)
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/oidc-provider");
/// The credentials open nothing.
const ENVIRONMENT: [(&str, &str); 5] = [
    ("NODE_ENV", "production"),
    ("AWS_REGION", "eu-west-1"),
    ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ("PATH", "/usr/local/bin:/usr/bin:/bin"),
];
