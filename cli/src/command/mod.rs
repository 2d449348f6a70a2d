//! The command line.

mod advice;
mod apply;
mod change;
mod check;
mod client;
mod diff;
pub(crate) mod drawn;
pub mod event;
mod explain;
mod export;
mod failure;
mod openapi;
mod period;
mod report;
mod schema;
mod served;
mod services;
pub(crate) mod source;
mod stack;
mod user;
mod why;

use std::process::ExitCode;

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
    /// Show what `apply` would change in a deployment on AWS.
    Diff(diff::Arguments),
    /// Make a deployment on AWS as the file says.
    Apply(apply::Arguments),
    /// Change a client of a deployment on AWS.
    #[command(subcommand)]
    Client(client::Action),
    /// Change the resource owners of a deployment on AWS.
    #[command(subcommand)]
    User(user::Action),
    /// Print what a deployment on AWS has as a configuration file, without secrets.
    Export(export::Arguments),
    /// Print the JSON Schema of the configuration file, for editors.
    Schema,
    /// Print the API Gateway document of a service.
    Openapi(openapi::Arguments),
    /// Print a SAM template with the API of every service.
    Stack(stack::Arguments),
    /// Print a sample event with a live token for a function.
    Event(event::EventArguments),
    /// Explain the decision about a call or a request, from its facts to what the caller sees.
    Explain(Box<explain::ExplainArguments>),
    /// Print the decision behind an answer, by its request id.
    Why(why::Arguments),
}

impl Command {
    /// Does what was asked for, and tells how it went: only `diff` has more to tell than success.
    ///
    /// # Errors
    /// What to tell the user.
    pub async fn run(self) -> Result<ExitCode, Failure> {
        match self.action.unwrap_or_else(|| Action::Dev(dev::DevArguments::default())) {
            Action::Diff(arguments) => return diff::run(arguments).await,
            Action::Dev(arguments) => dev::run(arguments).await,
            Action::Check(arguments) => check::run(&arguments),
            Action::Apply(arguments) => apply::run(arguments).await,
            Action::Schema => {
                schema::run();
                Ok(())
            }
            Action::User(action) => user::run(action).await,
            Action::Client(action) => client::run(&action).await,
            Action::Export(arguments) => export::run(&arguments).await,
            Action::Openapi(arguments) => openapi::run(&arguments),
            Action::Stack(arguments) => stack::run(&arguments),
            Action::Event(arguments) => event::run(arguments).await,
            Action::Explain(arguments) => explain::run(&arguments).await,
            Action::Why(arguments) => why::run(&arguments).await,
        }
        .map(|()| ExitCode::SUCCESS)
    }
}
