//! A whole Tollgate in the test's process, on ports of its own.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use cli::dev::{Data, Options, System};
use gateway::{Exchange, Observer};
use shared::{
    endpoint,
    lambda::Journal,
    model::{
        DataKey,
        configuration::{self, Values},
    },
    store::{DataKeys, Writer},
};

use crate::{Answer, Call, Lines, ManualClock, store_at};

/// A running Tollgate and its clock.
pub struct Tollgate {
    /// The system.
    pub system: System,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// What it logs of its decisions.
    pub lines: Arc<Lines>,
}

impl Tollgate {
    /// Starts with a configuration file. `BACKEND` and `PROVIDER` in it stand for the addresses of the demo's.
    pub async fn with(file: &str) -> Self {
        Self::with_http_apis(file, &[]).await
    }

    /// Starts with a configuration file whose named services are HTTP APIs.
    pub async fn with_http_apis(file: &str, services: &[&str]) -> Self {
        let (talkers, _server) = cli::dev::demo::serve().await.expect("the demo's server starts");
        let file = file.replace("BACKEND", &format!("http://{talkers}/backend"));
        let file = file.replace("PROVIDER", &format!("http://{talkers}/provider"));
        let configuration = read(&file);
        let http_apis = services.iter().map(ToString::to_string).collect();
        Self::run(Some(configuration), Data::InMemory, http_apis).await
    }

    /// Its store, by its clock.
    pub fn store(&self) -> Writer {
        store_at(self.system.dynamodb, self.clock.world())
    }

    /// Applies another file to the running system, as `tollgate apply` would. `BACKEND` in it leads nowhere.
    pub async fn apply(&self, file: &str) {
        let configuration = read(&file.replace("BACKEND", "http://127.0.0.1:9"));
        let world = self.clock.world();
        let store = self.store();
        let key = DataKey::new(&[0; DataKey::LENGTH]).expect("a key of that length");
        endpoint::apply(&configuration, &store, &DataKeys::local(key), &world).await.expect("the file applies");
    }

    /// Starts the demo.
    pub async fn demo() -> Self {
        Self::start(None, Data::InMemory).await
    }

    /// Starts with what is given.
    pub async fn start(configuration: Option<configuration::Configuration>, data: Data) -> Self {
        Self::run(configuration, data, Vec::new()).await
    }

    async fn run(configuration: Option<configuration::Configuration>, data: Data, http_apis: Vec<String>) -> Self {
        let (clock, lines) = (ManualClock::new(), Arc::new(Lines::default()));
        let options = Options {
            configuration,
            listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            dynamodb_port: 0,
            http_apis,
            data,
            world: clock.world(),
            definition_max_age: 0,
            observer: Arc::new(Unheard),
            journal: Arc::clone(&lines) as Arc<dyn Journal>,
        };
        let system = System::start(options).await.unwrap_or_else(|error| panic!("{error}"));
        Self { system, clock, lines }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.system.address
    }

    /// A call to be sent.
    pub fn call(&self, method: &str, target: &str) -> Call {
        Call::new(self.address(), method, target)
    }

    /// A token request with a Basic header.
    pub async fn token(&self, client: (&str, &str), form: &str) -> Answer {
        self.call("POST", "/oauth2/token").basic(client.0, client.1).form(form).send().await
    }

    /// An access token of a client by client credentials.
    pub async fn access_token(&self, client: (&str, &str), form: &str) -> String {
        let answer = self.token(client, &format!("grant_type=client_credentials&{form}")).await.is(200);
        answer.json()["access_token"].as_str().expect("an access token is a text").to_owned()
    }
}

fn read(file: &str) -> configuration::Configuration {
    configuration::parse("test.yaml", file, &Nothing).unwrap_or_else(|report| panic!("{report}"))
}

/// Hears nothing.
struct Unheard;

impl Observer for Unheard {
    fn answered(&self, _: &Exchange) {}
}

/// Test files ask for nothing.
struct Nothing;

impl Values for Nothing {
    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _path: &str) -> Result<String, String> {
        Err("no files in tests".into())
    }
}
