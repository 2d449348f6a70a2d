//! `tollgate explain`: each step of the decision about a call or a request with its fact, and what the caller sees.

mod account;
mod api_gateway;
mod authorization;
mod call;
mod client;
mod credentials;
mod examination;
mod headers;
mod provider;
mod question;
mod rehearsal;
mod request;
mod scopes;
mod service;
mod status;
mod token;
mod veil;
mod verdict;

use std::path::PathBuf;

use clap::{ArgAction, Args};
use serde_json::Value;
use shared::{
    env::World,
    model::{HttpUri, TokenPaths},
    protocol::Spkey,
    store::DataKeys,
};

use self::{
    credentials::Credentials,
    examination::{Examination, Surroundings},
    question::{Event, Pair, Told},
    rehearsal::Endpoint,
    veil::Veil,
};
use super::{Failure, change::data_key, event::Shape, report::Report};
use crate::aws::{AwsArguments, Deployment};

/// Explain the decision about a call or a request: each step with its fact, and what the caller sees.
///
/// The access token is read from standard input, and where the service wants an API key, that as the second line.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// Name or spkey of the service that is called.
    #[arg(long, required_unless_present = "request", conflicts_with = "request")]
    service: Option<String>,
    /// The method of the call.
    #[arg(long, default_value = "GET")]
    method: String,
    /// The path below the service's base path.
    #[arg(long, default_value = "/", value_parser = absolute)]
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
    /// An event of an authorizer, or of the function token, token-status or authorize, in place of these options; - = standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["method", "path", "headers", "query", "shape"])]
    request: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// The service of the function itself, for events that name none.
    #[arg(long, env = "SPKEY", value_parser = spkey, hide_short_help = true)]
    spkey: Option<Spkey>,
    /// Whether the function answers HTTP APIs (2.0) with `isAuthorized`.
    #[arg(long, env = "AUTHORIZER_SIMPLE_RESPONSES", default_value_t = false, action = ArgAction::Set, hide_short_help = true)]
    simple_responses: bool,
    /// The issuer of the functions, where no stack says it.
    #[arg(long, value_name = "URL", env = "ISSUER", value_parser = issuer, hide_short_help = true)]
    issuer: Option<HttpUri>,
    /// The old paths of the token endpoint, where no stack says them.
    #[arg(long, env = "PATHS", value_parser = paths, hide_short_help = true)]
    paths: Option<TokenPaths>,
    /// Which address of `X-Forwarded-For`, counted from the right, is the caller's of a request.
    #[arg(long, env = "TRUSTED_PROXY_HOPS", default_value_t = 0, hide_short_help = true)]
    trusted_proxy_hops: usize,
    /// A file of 32 bytes that opens secrets where there is no KMS key.
    #[arg(long, value_name = "FILE", env = "DATA_KEY_FILE", hide_short_help = true)]
    data_key_file: Option<PathBuf>,
    #[command(flatten)]
    aws: AwsArguments,
}

/// Prints the report.
pub(super) async fn run(arguments: &ExplainArguments) -> Result<(), Failure> {
    let report = arguments.report().await?;
    if arguments.json {
        anstream::println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        anstream::print!("{report}");
    }
    Ok(())
}

impl ExplainArguments {
    async fn report(&self) -> Result<Report, Failure> {
        let deployment = self.deployment().await?;
        let surroundings = self.surroundings(&deployment)?;
        let event = match (&self.request, &self.service) {
            (Some(file), _) => match question::from_file(file)? {
                Event::Call(event) => event,
                Event::Request(event) => return self.rehearsed(&event, surroundings, &deployment).await,
            },
            (None, named) => {
                let service = question::service(named.as_deref().unwrap_or_default(), &surroundings).await?;
                self.told().event(&service, &Credentials::read(question::api_key(&service))?)
            }
        };
        let now = surroundings.world.clock.now();
        let examination = Examination::of(event, surroundings).await?;
        let veil = Veil::of(examination.credentials());
        let mut steps = examination.steps(&veil, now);
        steps.push(verdict::step(examination, self.simple_responses, self.request.is_some()).await?);
        Ok(Report::new(steps, |text| veil.over_words(text)))
    }

    async fn rehearsed(&self, event: &Value, with: Surroundings, deployment: &Deployment) -> Result<Report, Failure> {
        let (endpoint, reader) = (self.endpoint(deployment)?, deployment.reader(World::system()));
        let (steps, veil) = request::steps(event, with, endpoint, &reader).await?;
        Ok(Report::new(steps, |text| veil.over_words(text)))
    }

    async fn deployment(&self) -> Result<Deployment, Failure> {
        Deployment::find(&self.aws).await.map_err(|error| Failure::new(format!("{error}; {HINT}")))
    }

    /// What a function of the deployment would have.
    fn surroundings(&self, deployment: &Deployment) -> Result<Surroundings, Failure> {
        let local = self.data_key_file.as_deref().map(data_key).transpose()?.map(DataKeys::local).unwrap_or_default();
        let world = World::system();
        Ok(Surroundings {
            reader: deployment.reader(world.clone()),
            target: deployment.target(),
            world,
            spkey: self.spkey.clone(),
            data_keys: deployment.data_keys(local),
        })
    }

    /// What its functions would have besides: what the stack says, else the environment.
    fn endpoint(&self, deployment: &Deployment) -> Result<Endpoint, Failure> {
        let outputs = deployment.outputs.as_ref();
        let issuer = outputs.and_then(|outputs| HttpUri::parse(outputs.get("Issuer")?).ok());
        let paths = outputs.and_then(|outputs| TokenPaths::parse_list(outputs.parameter("Paths")?).ok());
        Ok(Endpoint {
            issuer: issuer.or_else(|| self.issuer.clone()).ok_or_else(|| Failure::new(NO_ISSUER))?,
            paths: paths.or_else(|| self.paths.clone()).unwrap_or_default(),
            trusted_proxy_hops: self.trusted_proxy_hops,
        })
    }

    fn told(&self) -> Told<'_> {
        let Self { shape, method, path, headers, query, .. } = self;
        Told { shape: *shape, method, path, headers, query }
    }
}

fn absolute(text: &str) -> Result<String, String> {
    if text.starts_with('/') { Ok(text.to_owned()) } else { Err("expected a path that begins with /".into()) }
}

fn spkey(text: &str) -> Result<Spkey, String> {
    Spkey::parse(text).map_err(|error| error.to_string())
}

fn issuer(text: &str) -> Result<HttpUri, String> {
    HttpUri::parse(text).map_err(|error| error.to_string())
}

fn paths(text: &str) -> Result<TokenPaths, String> {
    TokenPaths::parse_list(text).map_err(|error| error.to_string())
}

const NO_ISSUER: &str = "the issuer is missing: --stack NAME, --issuer URL or the variable ISSUER (an `export` line of \
    `tollgate dev`)";
const HINT: &str = "for a running `tollgate dev` export the lines that it prints";
