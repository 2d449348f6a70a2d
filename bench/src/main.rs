//! Measures Tollgate on this machine: its functions under a Lambda Runtime API beside handlers that do nothing but their
//! DynamoDB requests.

mod artifact;
mod authority;
mod case;
mod dynamodb;
mod functions;
mod measure;
mod message;
mod processor;
mod result;
mod runtime_api;
mod sandbox;
mod statistics;
mod stub;
mod surroundings;
mod table;

use std::process::ExitCode;

use clap::Parser;

/// Measures Tollgate's functions beside bare handlers.
///
/// Each function's release binary is started as Lambda starts it, against a DynamoDB and a provider on loopback that
/// answer at once over TLS. All take turns in one run, so that their ratios say what the code costs, whatever the
/// machine; milliseconds of different runs do not compare.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Arguments {
    #[command(flatten)]
    functions: functions::Options,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match functions::run(&arguments.functions) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
