//! `bench peer`: token and introspection beside oidc-provider, whose adapter asks the same DynamoDB.

mod contender;
mod node;
mod report;

use std::{error::Error, io, path::PathBuf, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use clap::Args;
use serde_json::Value;
use tokio::runtime::Runtime;

use self::{
    contender::{Answers, Contender},
    node::{Clients, Load, Node},
};
use crate::{
    artifact,
    case::Case,
    exchange::Connection,
    name::Name,
    processor::{self, Processors},
    sandbox::Sandbox,
    surroundings::Surroundings,
    table::Style,
};

/// How the two are measured.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Turns of each that count, after two that do not.
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// Requests in each turn.
    #[arg(long, default_value_t = 1000)]
    requests: usize,
    /// Connections to oidc-provider, each with one request at a time. A function has one event at a time.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// The Node that oidc-provider runs on.
    #[arg(long, default_value = "node", value_name = "PROGRAM")]
    node: PathBuf,
    /// As without `peer`.
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-20..=19))]
    nice: Option<i32>,
    /// Measures the release binaries and the packages of npm as they lie there.
    #[arg(long)]
    no_build: bool,
    /// Prints Markdown.
    #[arg(long)]
    markdown: bool,
}

/// Builds, measures and prints.
///
/// # Errors
/// What could not be built or measured.
pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    if !options.no_build {
        artifact::build(artifact::packages(&[Name::Introspect, Name::Token]))?;
        Node::install()?;
    }
    if let Some(nice) = options.nice {
        processor::prefer(nice).map_err(|error| format!("--nice {nice}: {error}; below 0 it takes root"))?;
    }
    let processors = Processors::divide()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let around = runtime.block_on(Surroundings::build(Duration::ZERO))?;
    around.dynamodb.learn(true);
    let start = |clients| Node::start(&options.node, clients, &around, processors);
    let nodes = [start(Clients::InSettings)?, start(Clients::Stored)?];
    let cases = [Case::of(Name::Introspect, &around)?, Case::of(Name::Token, &around)?.posting(TOKEN_FORM)?];
    let mut contenders = Vec::new();
    for (case, [ours, peers @ ..]) in cases.iter().zip(CONTENDERS) {
        let binary = artifact::release_folder()?.join(case.name.binary());
        let (sandbox, _) = Sandbox::start(case, &binary, &around, (processors, None))?;
        contenders.push(Contender::new(ours, Answers::Function(sandbox)));
        for (name, node) in peers.into_iter().zip(&nodes) {
            let load = runtime.block_on(load(case.name, node, options.connections))?;
            contenders.push(Contender::new(name, Answers::Http { process: node.process(), load }));
        }
    }
    around.dynamodb.learn(false);
    options.measure(&mut contenders, &runtime, &around)?;
    let style = if options.markdown { Style::Markdown } else { Style::Text };
    println!("{}", report::table(&contenders, CONTENDERS[0].len()).render(style));
    Ok(())
}

impl Options {
    /// All in turn, and backwards in every second round.
    fn measure(&self, contenders: &mut [Contender<'_>], runtime: &Runtime, around: &Surroundings) -> io::Result<()> {
        for contender in &mut *contenders {
            eprintln!("warming up: {}", contender.name);
            contender.answer(WARM_UP, runtime)?;
        }
        for round in 0..self.rounds {
            eprintln!("round {} of {}", round + 1, self.rounds);
            for contender in &mut *contenders {
                contender.take_turn(self.requests, runtime, &around.dynamodb)?;
            }
            contenders.reverse();
        }
        if !self.rounds.is_multiple_of(2) {
            contenders.reverse();
        }
        Ok(())
    }
}

/// The load of the same request as the function's, about a token of the server itself.
async fn load(name: Name, node: &Node, connections: usize) -> Result<Load, Box<dyn Error>> {
    let (path, form, expected) = match name {
        Name::Introspect => {
            let answer = Connection::open(node.address).await?.exchange(post("/token", TOKEN_FORM).as_bytes()).await?;
            let answer: Value = serde_json::from_slice(&answer.body)?;
            let token = answer["access_token"].as_str().ok_or_else(|| format!("no token: {answer}"))?;
            ("/token/introspection", format!("token={token}"), "\"active\":true")
        }
        _ => ("/token", TOKEN_FORM.to_owned(), "access_token"),
    };
    Ok(Load::open(node.address, post(path, &form), expected, connections).await?)
}

fn post(path: &str, form: &str) -> String {
    let credentials = BASE64_STANDARD.encode(CREDENTIALS);
    format!(
        "POST {path} HTTP/1.1\r\nHost: id.example.com\r\nAccept: */*\r\nAuthorization: Basic {credentials}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
}

/// What is asked, and who answers it: ours, and oidc-provider with its client in its settings and in DynamoDB.
const CONTENDERS: [[&str; 3]; 2] = [
    [
        "introspect: tollgate",
        "introspect: oidc-provider, client in its settings",
        "introspect: oidc-provider, client in DynamoDB",
    ],
    [
        "client credentials: tollgate",
        "client credentials: oidc-provider, client in its settings",
        "client credentials: oidc-provider, client in DynamoDB",
    ],
];
/// The client of the samples, whom both know.
const CREDENTIALS: &str = "shop:tgs_demo-secret-of-the-client-shop";
/// oidc-provider gives no scope that is not asked for.
const TOKEN_FORM: &str = "grant_type=client_credentials&scope=orders.read+orders.write";
/// Requests: as many as Node needs to have compiled what it runs often.
const WARM_UP: usize = 6_000;
