//! `tollgate diff FILE`.

use std::process::ExitCode;

use clap::Args;

use super::{
    Failure,
    change::{self, Change, ChangeArguments, Fate},
};

/// Show what `apply` would change. The exit code is 0 without differences, 2 with some, 1 for an error.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    change: ChangeArguments,
}

pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let change = Change::prepare(arguments.change).await?;
    let reader = change.deployment.reader(change.world.clone());
    let plan = change.plan_for_show(&reader).await?;
    change::show(&plan, Fate::Forgotten)?;
    Ok(if plan.changes() == 0 { ExitCode::SUCCESS } else { ExitCode::from(DIFFERENT) })
}

const DIFFERENT: u8 = 2;
