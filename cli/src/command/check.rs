//! `tollgate check FILE`.

use std::path::PathBuf;

use clap::Args;

use super::{Failure, source};

/// Report every mistake of a configuration file.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file, YAML or JSON.
    file: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let configuration = source::read(Some(&arguments.file))?;
    for warning in &configuration.warnings {
        anstream::eprintln!("warning: {warning}");
    }
    let clients: usize = configuration.applications.iter().map(|application| application.clients.len()).sum();
    anstream::println!(
        "{}: {} services, {} applications, {clients} clients, {} users, no mistakes",
        arguments.file.display(),
        configuration.services.len(),
        configuration.applications.len(),
        configuration.users.len()
    );
    Ok(())
}
