//! `tollgate check FILE`.

use std::path::PathBuf;

use clap::Args;
use shared::model::configuration::{Needed, Outline};

use super::{Failure, source};

/// Report every mistake of a configuration file.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file, YAML or JSON.
    file: PathBuf,
    /// Take a secret whose `${env:…}` or `${file:…}` gives nothing for a warning.
    #[arg(long)]
    without_secrets: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let needed = if arguments.without_secrets { Needed::AllButSecrets } else { Needed::Everything };
    let outline = source::outline(&arguments.file, needed)?;
    for warning in &outline.warnings {
        anstream::eprintln!("warning: {warning}");
    }
    let Outline { services, applications, clients, users, .. } = outline;
    anstream::println!(
        "{}: {} services, {applications} applications, {clients} clients, {users} users, no mistakes",
        arguments.file.display(),
        services.len()
    );
    Ok(())
}
