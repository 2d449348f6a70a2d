//! `tollgate apply FILE`.

use std::{
    io::{self, IsTerminal},
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use shared::{
    endpoint::apply::{IN_FLIGHT, Plan, Progress},
    store::Writer,
};

use super::{
    Failure,
    change::{self, Change, ChangeArguments, Fate},
    drawn,
};

/// Make a deployment as the file says: show the difference, ask, and write.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    change: ChangeArguments,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let change = Change::prepare(arguments.change).await?;
    let store = Writer::new(change.deployment.reader(change.world.clone()));
    let plan = change.plan(store.reader()).await?;
    change::show(&plan, Fate::Written)?;
    if plan.changes() == 0 {
        anstream::println!("nothing to write");
        return Ok(());
    }
    if !arguments.yes && !is_confirmed()? {
        anstream::println!("nothing was written");
        return Ok(());
    }
    write(plan, &store).await
}

/// Asks the person at the terminal.
fn is_confirmed() -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::new("nothing was written: nobody is at a terminal to confirm it; --yes does not ask"));
    }
    anstream::eprint!("Write these changes? [y/N] ");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// Writes. Each generated secret is shown as soon as it counts, so that a run that is killed has lost none.
async fn write(plan: Plan, store: &Writer) -> Result<(), Failure> {
    let bar = bar(plan.changes());
    let stop = stop_signal();
    let told = |Progress { written, drawn }: Progress| {
        bar.set_position(written.try_into().unwrap_or(u64::MAX));
        if let Some(secret) = drawn {
            bar.suspend(|| anstream::println!("{}", drawn::shown(&secret)));
        }
        if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let result = plan.carry_out(store, IN_FLIGHT, told).await;
    bar.finish_and_clear();
    let written = result?;
    anstream::println!("{written} written");
    Ok(())
}

/// A bar, where there is enough to do to look at one.
fn bar(changes: usize) -> ProgressBar {
    if changes < WORTH_A_BAR {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta} left").expect("the template is one");
    ProgressBar::new(changes.try_into().unwrap_or(u64::MAX)).with_style(style)
}

/// Ctrl-C ends a run between two writes; what is on its way is waited for.
fn stop_signal() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            told.store(true, Ordering::Relaxed);
        }
    });
    stop
}

const WORTH_A_BAR: usize = 100;
