//! What `tollgate dev` is told.

use std::{net::IpAddr, path::PathBuf, sync::Arc};

use clap::Args;
use shared::{env::World, lambda::Journal};

use super::{Data, Options};
use crate::command::{Failure, source};

/// Run everything on this machine, on an embedded DynamoDB.
#[derive(Debug, Args)]
pub struct DevArguments {
    /// The configuration file; without it, a demo runs.
    #[arg(long)]
    pub(super) config: Option<PathBuf>,
    /// The port of the gateway; 0 = any that is free.
    #[arg(long, default_value_t = DevArguments::PORT)]
    port: u16,
    /// The port of the embedded DynamoDB [default: the gateway's plus 1].
    #[arg(long)]
    dynamodb_port: Option<u16>,
    /// A service, by name or spkey, that runs as an HTTP API instead of a REST API; may be repeated.
    #[arg(long, value_name = "SERVICE")]
    http_api: Vec<String>,
    /// A folder that keeps the data; without it, they are gone at the end.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Seconds that definitions, clients and API keys may be old; 0 = a change counts at once.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    definition_max_age: u64,
    /// The address to listen on. Anyone who reaches it can use what runs here.
    #[arg(long, default_value = DevArguments::LISTEN)]
    listen: IpAddr,
    /// A file that gets a line of each decision and refused answer; `tollgate why --log FILE` reads it.
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
}

impl DevArguments {
    const PORT: u16 = 3000;
    const LISTEN: &'static str = "127.0.0.1";

    /// The system that is to run. `observer` is told of every request, `journal` of every decision.
    pub(super) fn options(
        self,
        observer: Arc<dyn gateway::Observer>,
        journal: Arc<dyn Journal>,
    ) -> Result<Options, Failure> {
        let configuration = match &self.config {
            Some(file) => Some(source::read(Some(file))?),
            None => None,
        };
        let next = if self.port == 0 { 0 } else { self.port.checked_add(1).unwrap_or(0) };
        Ok(Options {
            configuration,
            listen: self.listen,
            port: self.port,
            dynamodb_port: self.dynamodb_port.unwrap_or(next),
            http_apis: self.http_api,
            data: self.data.map_or(Data::InMemory, Data::Folder),
            world: World::system(),
            definition_max_age: self.definition_max_age,
            observer,
            journal,
        })
    }
}

impl Default for DevArguments {
    fn default() -> Self {
        let listen = Self::LISTEN.parse().expect("the loopback address is one");
        Self {
            config: None,
            port: Self::PORT,
            dynamodb_port: None,
            http_api: Vec::new(),
            data: None,
            definition_max_age: 0,
            listen,
            log: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use gateway::{Exchange, Observer};

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: DevArguments,
    }

    struct Unheard;

    impl Observer for Unheard {
        fn answered(&self, _: &Exchange) {}
    }

    #[test]
    fn definitions_are_as_old_as_the_option_says_and_else_not_at_all() {
        let max_age = |line: &[&str]| {
            let arguments = Line::try_parse_from(line).unwrap().arguments;
            arguments.options(Arc::new(Unheard), Arc::new(())).unwrap().definition_max_age
        };
        assert_eq!(max_age(&["dev"]), 0);
        assert_eq!(max_age(&["dev", "--definition-max-age", "30"]), 30);
    }
}
