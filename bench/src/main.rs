//! Measures Tollgate on this machine: its functions under a Lambda Runtime API beside handlers that do nothing but their
//! DynamoDB requests, the authorization server beside another one, and the local system under load.

mod artifact;
mod authority;
mod case;
mod dev;
mod dynamodb;
mod exchange;
mod functions;
mod measure;
mod message;
mod name;
mod peer;
mod process;
mod processor;
mod result;
mod runtime_api;
mod sandbox;
mod share;
mod statistics;
mod stub;
mod surroundings;
mod table;
mod tokens;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Measures Tollgate's functions beside bare handlers.
///
/// Each function's release binary is started as Lambda starts it, against a DynamoDB and a provider on loopback that
/// answer at once over TLS. All take turns in one run, so that their ratios say what the code costs, whatever the
/// machine; milliseconds of different runs do not compare.
#[derive(Debug, Parser)]
#[command(name = "bench", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    functions: functions::Options,
}

#[derive(Debug, Subcommand)]
enum Other {
    /// Measures `tollgate dev` under load: authorized requests per second, their times, and memory.
    Dev(dev::Options),
    /// Measures token and introspection beside oidc-provider (Node), on the same DynamoDB: requests per processor second.
    Peer(peer::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let measured = match &arguments.other {
        None => functions::run(&arguments.functions),
        Some(Other::Dev(options)) => dev::run(options),
        Some(Other::Peer(options)) => peer::run(options),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
