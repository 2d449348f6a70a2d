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
    let snapshot = Deployment::find(&arguments.aws).await?.reader(World::system()).snapshot().await?;
    anstream::print!("{}", yaml(&document::file(snapshot.configured())));
    Ok(())
}
