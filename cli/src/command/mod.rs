//! The command line.

mod advice;
mod check;
pub mod event;
mod explain;
mod failure;
mod openapi;
mod report;
mod services;
pub(crate) mod source;
mod stack;
mod why;

use clap::{Parser, Subcommand};

pub(crate) use failure::Failure;

use crate::dev;

/// OAuth 2.0 for Amazon API Gateway: the token service, the authorizers and the local gateway.
#[derive(Debug, Parser)]
#[command(name = "tollgate", version, about)]
pub struct Command {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Run everything on this machine, on an embedded DynamoDB (the default).
    Dev(dev::DevArguments),
    /// Report every mistake of a configuration file.
    Check(check::Arguments),
    /// Print the API Gateway document of a service.
    Openapi(openapi::Arguments),
    /// Print a SAM template with the API of every service.
    Stack(stack::Arguments),
    /// Print a sample event with a live token for a function.
    Event(event::EventArguments),
    /// Explain the decision about a call, from its facts to what the caller sees.
    Explain(explain::ExplainArguments),
    /// Print the decision behind an answer, by its request id.
    Why(why::Arguments),
}

impl Command {
    /// Does what was asked for.
    ///
    /// # Errors
    /// What to tell the user.
    pub async fn run(self) -> Result<(), Failure> {
        match self.action.unwrap_or_else(|| Action::Dev(dev::DevArguments::default())) {
            Action::Dev(arguments) => dev::run(arguments).await,
            Action::Check(arguments) => check::run(&arguments),
            Action::Openapi(arguments) => openapi::run(&arguments),
            Action::Stack(arguments) => stack::run(&arguments),
            Action::Event(arguments) => event::run(arguments).await,
            Action::Explain(arguments) => explain::run(arguments).await,
            Action::Why(arguments) => why::run(&arguments),
        }
    }
}
