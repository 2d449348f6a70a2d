//! `tollgate export`.

use clap::Args;
use shared::{env::World, model::configuration::document};

use super::Failure;
use crate::{
    aws::{AwsArguments, Deployment},
    yaml,
};

/// Print what is configured as a configuration file, without secrets: applying it keeps them.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    aws: AwsArguments,
}

pub(super) async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let deployment = Deployment::find(&arguments.aws).await?;
    let snapshot = deployment.reader(World::system()).snapshot().await;
    let snapshot = snapshot.map_err(|error| deployment.target().failure(error))?;
    anstream::print!("{}", yaml(&document::file(snapshot.configured())));
    Ok(())
}
