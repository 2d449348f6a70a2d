//! `tollgate openapi SERVICE`.

use std::path::PathBuf;

use clap::Args;
use shared::{
    model::{
        ServiceDefinition,
        openapi::{self, Placement},
    },
    protocol::Spkey,
};

use super::{Failure, source};

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
    /// The AWS Region, in place of a placeholder for Fn::Sub or templatefile.
    #[arg(long)]
    region: Option<String>,
    /// The ARN of the authorizer's function, in place of a placeholder.
    #[arg(long)]
    authorizer_arn: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let service = definition(arguments)?;
    let default = Placement::default();
    let placement = Placement {
        region: arguments.region.as_deref().unwrap_or(default.region),
        authorizer_arn: arguments.authorizer_arn.as_deref().unwrap_or(default.authorizer_arn),
    };
    let variables = openapi::stage_variables(&service);
    if arguments.snippet {
        anstream::print!("{}", openapi::snippet(&service, &placement));
    } else if arguments.stage_variables {
        anstream::println!("{variables:#}");
    } else {
        anstream::println!("{:#}", openapi::rest_document(&service, &placement));
        anstream::eprintln!("The stage needs these variables (--stage-variables prints them alone): {variables}");
    }
    Ok(())
}

/// The service of the file. An omitted spkey is only known where the file was applied.
fn definition(arguments: &Arguments) -> Result<ServiceDefinition, Failure> {
    let configuration = source::read(arguments.config.as_deref())?;
    let is_asked = |spkey: Option<&Spkey>| spkey.is_some_and(|spkey| spkey.as_str() == arguments.service);
    let entry = configuration
        .services
        .iter()
        .find(|entry| entry.name.as_str() == arguments.service || is_asked(entry.spkey.as_ref()));
    let Some(entry) = entry else {
        let names: Vec<&str> = configuration.services.iter().map(|entry| entry.name.as_str()).collect();
        return Err(Failure::new(format!("no service {:?}; there are: {}", arguments.service, names.join(", "))));
    };
    let Some(spkey) = entry.spkey.clone() else {
        let text = format!("the service {} has no spkey in the file yet: add the one it was given", entry.name);
        return Err(Failure::new(text));
    };
    Ok(entry.without_credentials(spkey))
}
