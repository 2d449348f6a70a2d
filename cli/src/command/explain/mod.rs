//! `tollgate explain`: each step of the decision about a call with its fact, and what the caller sees.

mod api_gateway;
mod call;
mod client;
mod credentials;
mod examination;
mod headers;
mod provider;
mod question;
mod scopes;
mod service;
mod token;
mod veil;
mod verdict;

use std::path::PathBuf;

use clap::Args;
use shared::lambda::Settings;

use self::{
    credentials::Credentials,
    examination::Examination,
    question::{Pair, Told},
    veil::Veil,
};
use super::{Failure, event::Shape, report::Report};

/// Explain the decision about a call: each step with its fact, and what the caller sees.
///
/// The access token is read from standard input, and where the service wants an API key, that as the second line. The
/// store is that of the environment, as of the functions.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// Name or spkey of the service that is called.
    #[arg(long, required_unless_present = "request", conflicts_with = "request")]
    service: Option<String>,
    /// The method of the call.
    #[arg(long, default_value = "GET")]
    method: String,
    /// The path below the service's base path.
    #[arg(long, default_value = "/")]
    path: String,
    /// A header of the call; can be repeated.
    #[arg(long = "header", value_name = "NAME: VALUE")]
    headers: Vec<Pair<':'>>,
    /// A query parameter of the call; can be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    query: Vec<Pair<'='>>,
    /// What calls the authorizer.
    #[arg(long, default_value = "rest")]
    shape: Shape,
    /// An authorizer's event in place of these options; - = standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["method", "path", "headers", "query", "shape"])]
    request: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Prints the report.
pub(super) async fn run(arguments: ExplainArguments) -> Result<(), Failure> {
    let settings = Settings::from_environment().map_err(|error| Failure::new(format!("{error}; {HINT}")))?;
    let report = arguments.report(settings).await?;
    if arguments.json {
        anstream::println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        anstream::print!("{report}");
    }
    Ok(())
}

impl ExplainArguments {
    async fn report(&self, settings: Settings) -> Result<Report, Failure> {
        let event = match (&self.request, &self.service) {
            (Some(file), _) => question::from_file(file)?,
            (None, named) => {
                let service = question::service(named.as_deref().unwrap_or_default(), &settings.reader).await?;
                self.told().event(&service, &Credentials::read(question::api_key(&service))?)
            }
        };
        let (world, simple) = (settings.world.clone(), settings.simple_responses);
        let examination = Examination::of(event, settings).await?;
        let veil = Veil::of(examination.credentials());
        let mut steps = examination.steps(&veil, world.clock.now());
        steps.push(verdict::step(examination, simple).await?);
        Ok(Report::new(steps, |text| veil.over(text)))
    }

    fn told(&self) -> Told<'_> {
        let Self { shape, method, path, headers, query, .. } = self;
        Told { shape: *shape, method, path, headers, query }
    }
}

const HINT: &str = "start `tollgate dev` and export the lines it prints, or set what the functions have";
