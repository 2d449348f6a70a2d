//! The local system: database, functions, gateway, and what the demo talks to.

use std::{
    fmt, io, mem,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use gateway::{Gateway, Observer};
use shared::{
    authorizer::{IntrospectionAuthorizer, SharedTokenAuthorizer},
    endpoint::{self, ApplyError, AuthorizeEndpoint, DrawnSecret, StatusEndpoint, TokenEndpoint},
    env::World,
    lambda::{
        AuthorizeFunction, IntrospectionFunction, Journal, Log, SharedTokenFunction, TokenFunction, TokenStatusFunction,
    },
    model::{
        DataKey, HttpUri, ServiceDefinition, TokenPaths,
        configuration::{Configuration, Mistake},
    },
    protocol::{ServiceName, Spkey},
    store::{DataKeys, Reader, Tables, Writer},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::{database, demo, deployment, functions};

/// What the system is to be.
pub struct Options {
    /// What is configured; `None` = the demo.
    pub configuration: Option<Configuration>,
    /// The address that the gateway listens on. The database has no locks and stays on loopback.
    pub listen: IpAddr,
    /// The gateway's port; 0 = any.
    pub port: u16,
    /// The database's port; 0 = any.
    pub dynamodb_port: u16,
    /// Services, by name or spkey, that run as HTTP APIs; the others are REST APIs.
    pub http_apis: Vec<String>,
    /// Where the data live.
    pub data: Data,
    /// Time and randomness of the functions.
    pub world: World,
    /// Seconds that definitions, clients and keys may be old.
    pub definition_max_age: u64,
    /// Is told of every request.
    pub observer: Arc<dyn Observer>,
    /// Is told of every decision.
    pub journal: Arc<dyn Journal>,
}

/// Where the data live.
#[derive(Clone, Debug)]
pub enum Data {
    /// In memory: gone at the end.
    InMemory,
    /// In a folder: they survive a restart, also one by `kill -9`.
    Folder(PathBuf),
}

/// A running system.
pub struct System {
    /// Where the gateway listens.
    pub address: SocketAddr,
    /// Where the database listens.
    pub dynamodb: SocketAddr,
    /// Where the demo's backends and its identity provider listen.
    pub demo: Option<SocketAddr>,
    /// Secrets that were drawn because the file gives none.
    pub drawn: Vec<DrawnSecret>,
    /// The spkeys of services that the file gives none.
    pub spkeys: Vec<(ServiceName, Spkey)>,
    /// What is worth a look in the configuration.
    pub warnings: Vec<Mistake>,
    /// Keeps the data's folder to this process.
    _storage: database::Storage,
    stop: oneshot::Sender<()>,
    gateway: JoinHandle<io::Result<()>>,
    others: Vec<JoinHandle<()>>,
}

/// Why the system did not start.
#[derive(Debug)]
pub enum DevError {
    /// The port is taken, or not allowed.
    Listen {
        /// Where.
        address: SocketAddr,
        /// Which option names another.
        option: &'static str,
        /// What the operating system says.
        error: io::Error,
    },
    /// The data are not usable.
    Data(String),
    /// The configuration could not be applied.
    Apply(ApplyError),
    /// A service cannot run as an HTTP API.
    HttpApi(String),
    /// A generated document is not one that the gateway runs.
    Documents(Vec<gateway::DocumentError>),
}

impl fmt::Display for DevError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, option, error } => {
                write!(f, "cannot listen on {address}: {error}; name another port with {option}")
            }
            Self::Data(text) => write!(f, "the data are not usable: {text}"),
            Self::Apply(error) => error.fmt(f),
            Self::HttpApi(text) => write!(f, "--http-api: {text}"),
            Self::Documents(errors) => {
                let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
                write!(f, "a generated document is wrong: {}", lines.join("; "))
            }
        }
    }
}

impl std::error::Error for DevError {}

/// The system did not start, perhaps after secrets were drawn: they are to be shown all the same.
#[derive(Debug)]
pub struct StartError {
    /// Secrets that were drawn and that no later start knows.
    pub drawn: Vec<DrawnSecret>,
    /// What happened.
    pub cause: DevError,
}

impl From<DevError> for StartError {
    fn from(mut cause: DevError) -> Self {
        let drawn = match &mut cause {
            DevError::Apply(ApplyError::Write { done, .. }) => mem::take(&mut done.drawn),
            _ => Vec::new(),
        };
        Self { drawn, cause }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl std::error::Error for StartError {}

impl System {
    /// Starts everything; when it returns, requests are answered.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let listener = listen(options.listen, options.port, "--port").await?;
        let address = local(&listener);
        let database_listener = listen(Ipv4Addr::LOCALHOST.into(), options.dynamodb_port, "--dynamodb-port").await?;
        let dynamodb = local(&database_listener);
        let storage = database::Storage::open(&options.data, &options.world)?;
        let mut others = vec![storage.serve(database_listener)];
        let (mut configuration, demo) = match options.configuration {
            Some(configuration) => (configuration, None),
            None => {
                let (address, server) = demo::serve().await?;
                others.push(server);
                (demo::configuration(&address.to_string()), Some(address))
            }
        };
        let Options { world, definition_max_age: max_age, journal, .. } = options;
        let backstage = Backstage { dynamodb, world, max_age, journal };
        let issuer = HttpUri::parse(url(address)).expect("an address makes a URL");
        configuration.services.iter_mut().for_each(|service| service.name_by_address(&issuer));
        let drawn = backstage.apply(&configuration, &storage.data_key).await?;
        let functions = backstage.functions(issuer.clone(), configuration.paths.clone(), &storage.data_key);
        let deployed = backstage.services(&configuration, demo.is_some()).await.and_then(|services| {
            let apis = deployment::apis(&services, &options.http_apis, &issuer)?;
            let gateway = Gateway::new(&apis, &functions, options.observer);
            Ok((gateway.map_err(DevError::Documents)?, services))
        });
        let (gateway, services) = match deployed {
            Ok(deployed) => deployed,
            Err(cause) => return Err(StartError { drawn, cause }),
        };
        let spkeys = spkeys_given(&configuration, &services);
        let (stop, stopped) = oneshot::channel();
        let gateway = tokio::spawn(Arc::new(gateway).serve(listener, async move { drop(stopped.await) }));
        let warnings = configuration.warnings;
        Ok(Self { address, dynamodb, demo, drawn, spkeys, warnings, _storage: storage, stop, gateway, others })
    }

    /// The URL of the gateway, as this machine reaches it.
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// Answers what is on its way, then stops.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        drop(self.gateway.await);
        self.others.iter().for_each(JoinHandle::abort);
    }
}

/// The spkeys of services that the file gives none.
fn spkeys_given(configuration: &Configuration, services: &[ServiceDefinition]) -> Vec<(ServiceName, Spkey)> {
    let without = |service: &&ServiceDefinition| {
        configuration.services.iter().any(|entry| entry.name == service.name && entry.spkey.is_none())
    };
    services.iter().filter(without).map(|service| (service.name.clone(), service.spkey.clone())).collect()
}

/// What stands behind the gateway.
struct Backstage {
    dynamodb: SocketAddr,
    world: World,
    max_age: u64,
    journal: Arc<dyn Journal>,
}

impl Backstage {
    async fn apply(&self, configuration: &Configuration, data_key: &[u8]) -> Result<Vec<DrawnSecret>, DevError> {
        database::create_tables(&database::client(self.dynamodb), &Tables::default()).await?;
        let store = Writer::new(self.reader());
        let applied = endpoint::apply(configuration, &store, &DataKeys::local(key(data_key)), &self.world).await;
        applied.map(|applied| applied.drawn).map_err(DevError::Apply)
    }

    /// The definitions of what is configured, with the demo's tokens beside them.
    async fn services(&self, configuration: &Configuration, is_demo: bool) -> Result<Vec<ServiceDefinition>, DevError> {
        let store = Writer::new(self.reader());
        if is_demo {
            demo::issue_tokens(&store, &self.world).await.map_err(|error| DevError::Data(error.to_string()))?;
        }
        let snapshot = store.reader().snapshot().await.map_err(|error| DevError::Data(error.to_string()))?;
        let configured =
            |definition: &ServiceDefinition| configuration.services.iter().any(|entry| entry.name == definition.name);
        Ok(snapshot.services.into_values().map(|stored| stored.value).filter(configured).collect())
    }

    fn functions(&self, issuer: HttpUri, paths: TokenPaths, data_key: &[u8]) -> gateway::Functions {
        let (store, world) = (|| Writer::new(self.reader()), || self.world.clone());
        let made = functions::Made {
            token: TokenFunction {
                endpoint: TokenEndpoint::new(store(), world(), issuer.clone()).also_at(paths),
                trusted_proxy_hops: 0,
                log: self.log(functions::TOKEN),
            },
            token_status: TokenStatusFunction {
                endpoint: StatusEndpoint::new(store(), world(), issuer.clone()),
                trusted_proxy_hops: 0,
                log: self.log(functions::TOKEN_STATUS),
            },
            authorize: AuthorizeFunction {
                endpoint: AuthorizeEndpoint::new(store(), world(), issuer),
                trusted_proxy_hops: 0,
                log: self.log(functions::AUTHORIZE),
            },
            shared_token: SharedTokenFunction {
                authorizer: SharedTokenAuthorizer { spkey: None },
                reader: self.reader(),
                world: world(),
                simple_responses: false,
                log: self.log(functions::SHARED_TOKEN),
            },
            introspection: IntrospectionFunction {
                authorizer: IntrospectionAuthorizer::new(None, DataKeys::local(key(data_key))),
                reader: self.reader(),
                simple_responses: false,
                log: self.log(functions::INTROSPECTION),
            },
        };
        made.by_arn()
    }

    fn log(&self, function: &str) -> Log {
        Log::new(function, self.world.clone(), Arc::clone(&self.journal))
    }

    /// Each function has connections and freshness of its own, as in Lambda.
    fn reader(&self) -> Reader {
        Reader::new(database::client(self.dynamodb), Tables::default(), self.world.clone(), self.max_age)
    }
}

fn key(bytes: &[u8]) -> DataKey {
    DataKey::new(bytes).expect("a data key has the length of one")
}

/// An unspecified address, which means all of the machine's, is none that anybody calls: loopback is one of them.
fn url(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        let loopback = if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        address.set_ip(loopback);
    }
    format!("http://{address}")
}

async fn listen(address: IpAddr, port: u16, option: &'static str) -> Result<TcpListener, DevError> {
    let address = SocketAddr::new(address, port);
    TcpListener::bind(address).await.map_err(|error| DevError::Listen { address, option, error })
}

fn local(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().expect("a bound listener has an address")
}
