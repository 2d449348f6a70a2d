//! `tollgate schema`.

use shared::model::configuration::SCHEMA;

/// Prints the schema of the configuration file.
pub(super) fn run() {
    anstream::print!("{SCHEMA}");
}
