//! Where the configuration comes from: a file, or the demo.

use std::{fs, path::Path};

use shared::model::configuration::{self, Configuration};

use super::Failure;
use crate::{dev::demo, values::Surroundings};

/// Reads a configuration file, or the demo's when none is named.
pub(crate) fn read(file: Option<&Path>) -> Result<Configuration, Failure> {
    let Some(file) = file else { return Ok(demo::configuration(demo::DEFAULT_ADDRESS)) };
    let text = fs::read_to_string(file).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    configuration::parse(&file.display().to_string(), &text, &Surroundings::of(file))
        .map_err(|report| Failure::new(format!("{} mistakes in {}\n{report}", report.mistakes.len(), file.display())))
}
