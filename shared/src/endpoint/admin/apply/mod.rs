//! Making a configuration so: read what is there, compare, show, write what differs. A second run writes nothing.

mod credentials;
mod difference;
mod error;
mod index;
mod plan;
mod planner;
mod rivals;
mod server;
mod step;

pub use difference::{Action, Difference, Member, MemberChange};
pub use error::{ApplyError, StopCause, Stopped};
pub use plan::{Plan, Progress, plan};
pub use step::DrawnSecret;

use std::ops::ControlFlow;

use crate::{
    env::World,
    model::configuration::Configuration,
    store::{DataKeys, Writer},
};

/// What is to be made so.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The file.
    pub configuration: &'a Configuration,
    /// Whether what the file does not list is removed.
    pub prune: bool,
    /// Whether the secrets for providers are sealed anew: those of the file without opening what is stored.
    pub reseal: bool,
}

impl<'a> Wanted<'a> {
    /// The file, with everything else kept.
    pub fn of(configuration: &'a Configuration) -> Self {
        Self { configuration, prune: false, reseal: false }
    }
}

/// What was done.
#[derive(Debug, Default)]
pub struct Applied {
    /// Items written.
    pub written: usize,
    /// Secrets that were drawn: to be shown once, for no later run knows them.
    pub drawn: Vec<DrawnSecret>,
}

/// Applies a configuration without asking.
///
/// # Errors
/// [`ApplyError`].
pub async fn apply(
    wanted: &Configuration,
    store: &Writer,
    data_keys: &DataKeys,
    world: &World,
) -> Result<Applied, ApplyError> {
    let plan = plan(&Wanted::of(wanted), store.reader(), data_keys, world).await?;
    let mut done = Applied::default();
    let told = |progress: Progress| {
        done.written = progress.written;
        done.drawn.extend(progress.drawn);
        ControlFlow::Continue(())
    };
    match plan.carry_out(store, IN_FLIGHT, told).await {
        Ok(_) => Ok(done),
        Err(stopped) => Err(ApplyError::Write { done, stopped }),
    }
}

/// Writes on their way at the same time: enough to hide the way to DynamoDB, few enough not to be throttled.
pub const IN_FLIGHT: usize = 16;
