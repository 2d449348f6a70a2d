//! `tollgate stack FILE`.

use std::path::PathBuf;

use clap::Args;

use super::{Failure, openapi::Kind, services::Documented};
use crate::stack::{self, Product};

/// Print a SAM template with the API of every service.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The configuration file.
    file: PathBuf,
    #[command(flatten)]
    kind: Kind,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let file = Documented::read(Some(&arguments.file))?;
    let product = arguments.kind.http_answers().map_or(Product::Rest, Product::Http);
    let template = stack::template(&file.all()?, file.issuer(), product)?;
    anstream::print!("{}", stack::yaml(&template));
    Ok(())
}
