//! `tollgate openapi SERVICE`.

use std::path::PathBuf;

use clap::Args;
use shared::model::{
    ServiceDefinition,
    openapi::{self, HttpAnswers, HttpApi, Placement},
};

use super::{Failure, services::Documented};

/// Print the API Gateway document of a service.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Name or spkey of the service.
    service: String,
    /// The configuration file; without it, the demo's.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Print what an existing API needs instead of a whole document.
    #[arg(long, conflicts_with = "stage_variables")]
    snippet: bool,
    /// Print the stage's variables, which are no part of OpenAPI.
    #[arg(long)]
    stage_variables: bool,
    #[command(flatten)]
    kind: Kind,
    /// The AWS Region, in place of a placeholder for Fn::Sub or templatefile.
    #[arg(long)]
    region: Option<String>,
    /// The ARN of the authorizer's function, in place of a placeholder.
    #[arg(long)]
    authorizer_arn: Option<String>,
    /// The ARN of the listener behind the VPC link of an HTTP API, in place of a placeholder.
    #[arg(long, requires = "http_api")]
    listener_arn: Option<String>,
}

/// Which of API Gateway's two products is meant.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Kind {
    /// An HTTP API instead of a REST API.
    #[arg(long)]
    http_api: bool,
    /// Let the authorizer answer the HTTP API with isAuthorized; its function needs AUTHORIZER_SIMPLE_RESPONSES=true.
    #[arg(long, requires = "http_api")]
    simple_responses: bool,
}

impl Kind {
    /// How the authorizer answers an HTTP API; `None` = a REST API is meant.
    pub(super) fn http_answers(self) -> Option<HttpAnswers> {
        let answers = if self.simple_responses { HttpAnswers::Simple } else { HttpAnswers::Policy };
        self.http_api.then_some(answers)
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = Documented::read(arguments.config.as_deref())?;
    let service = file.named(&arguments.service)?;
    let placement = Placement { issuer: file.issuer(), ..arguments.placement() };
    let answers = arguments.kind.http_answers();
    if arguments.snippet {
        let text = match answers {
            None => openapi::snippet(&service, &placement),
            Some(answers) => openapi::http_snippet(&service, &placement, answers),
        };
        anstream::print!("{text}");
    } else if arguments.stage_variables {
        anstream::println!("{:#}", openapi::stage_variables(&service));
    } else {
        print_document(&service, &placement, answers)?;
    }
    Ok(())
}

fn print_document(
    service: &ServiceDefinition,
    placement: &Placement<'_>,
    answers: Option<HttpAnswers>,
) -> Result<(), Failure> {
    let document = match answers {
        None => openapi::rest_document(service, placement),
        Some(answers) => HttpApi::of(service, answers)?.document(placement),
    };
    anstream::println!("{document:#}");
    let variables = openapi::stage_variables(service);
    anstream::eprintln!("The stage needs these variables (--stage-variables prints them alone): {variables}");
    Ok(())
}

impl Arguments {
    fn placement(&self) -> Placement<'_> {
        let default = Placement::default();
        let region = self.region.as_deref().unwrap_or(default.region);
        let authorizer_arn = self.authorizer_arn.as_deref().unwrap_or(default.authorizer_arn);
        let listener_arn = self.listener_arn.as_deref().unwrap_or(default.listener_arn);
        Placement { listener_arn, ..Placement::of(region, authorizer_arn) }
    }
}
