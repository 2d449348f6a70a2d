//! The command `tollgate`: the local system, and tools around the configuration file.

mod aws;
mod certificate;
mod command;
pub mod dev;
mod stack;
mod values;
mod yaml;

pub use command::{Command, event};
pub use yaml::yaml;
