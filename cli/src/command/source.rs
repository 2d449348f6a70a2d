//! Where the configuration comes from: a file, or the demo.

use std::{fs, path::Path};

use shared::model::configuration::{self, Configuration, Needed, Outline, Report};

use super::Failure;
use crate::{dev::demo, values::Surroundings};

/// Reads a configuration file, or the demo's when none is named.
pub(crate) fn read(file: Option<&Path>) -> Result<Configuration, Failure> {
    let Some(file) = file else { return Ok(demo::configuration(demo::DEFAULT_ADDRESS)) };
    let parsed = configuration::parse(&file.display().to_string(), &text(file)?, &Surroundings::of(file));
    parsed.map_err(|report| refused(file, &report))
}

/// Reads what of a file is needed; references that give nothing elsewhere do not matter.
pub(super) fn outline(file: &Path, needed: Needed) -> Result<Outline, Failure> {
    let parsed = configuration::outline(&file.display().to_string(), &text(file)?, &Surroundings::of(file), needed);
    parsed.map_err(|report| refused(file, &report))
}

fn text(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| Failure::new(format!("{}: {error}", file.display())))
}

fn refused(file: &Path, report: &Report) -> Failure {
    Failure::new(format!("{} mistakes in {}\n{report}", report.mistakes.len(), file.display()))
}
