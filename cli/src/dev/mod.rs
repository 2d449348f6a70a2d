//! `tollgate dev`: everything on this machine, on an embedded DynamoDB.

mod arguments;
mod database;
pub mod demo;
mod deployment;
pub(crate) mod functions;
mod log_file;
mod report;
mod system;

pub use arguments::DevArguments;
pub use deployment::{AUTHORIZE_PATHS, TOKEN_STATUS_PATHS};
pub(crate) use deployment::{authorizer_arn, rest_api};
pub use report::{Console, Reasons};
pub use system::{Data, DevError, Options, StartError, System};

use std::sync::Arc;

use gateway::Observer;
use shared::lambda::Journal;

use self::log_file::LogFile;
use crate::command::Failure;

/// Runs until Ctrl-C.
pub(crate) async fn run(arguments: DevArguments) -> Result<(), Failure> {
    let reasons = Arc::new(Reasons::default());
    let is_demo = arguments.config.is_none();
    let journal: Arc<dyn Journal> = Arc::clone(&reasons) as Arc<dyn Journal>;
    let observer: Arc<dyn Observer> = Arc::new(Console::new(reasons));
    let (journal, observer) = match &arguments.log {
        Some(file) => {
            let opened = LogFile::open(file, journal, observer);
            let log = Arc::new(opened.map_err(|error| Failure::new(format!("{}: {error}", file.display())))?);
            (Arc::clone(&log) as Arc<dyn Journal>, log as Arc<dyn Observer>)
        }
        None => (journal, observer),
    };
    let options = arguments.options(observer, journal)?;
    let started = System::start(options).await;
    report::drawn(started.as_ref().map_or_else(|failed| &failed.drawn, |system| &system.drawn));
    let system = started?;
    report::spkeys(&system.spkeys);
    report::surroundings(&system);
    report::exposure(&system, is_demo);
    if is_demo {
        report::demo(&system);
    } else {
        report::warnings(&system.warnings);
    }
    anstream::println!("tollgate ready on {}", system.url());
    stop_signal().await;
    system.stop().await;
    Ok(())
}

/// Ctrl-C, or the signal that other programs stop one with.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    let mut terminate =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).expect("SIGTERM can be listened for");
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
