//! The command `tollgate`: the local system, and tools around the configuration file.

mod command;
pub mod dev;
mod stack;
mod values;

pub use command::{Command, event};
