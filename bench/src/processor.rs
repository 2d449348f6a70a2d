//! Which processor runs what, and before whom.

use std::{fs, io, path::Path};

use rustix::{
    process::{setpriority_process, setsid},
    thread::{CpuSet, sched_getaffinity, sched_setaffinity},
};

/// The processor of the harness, and the one of what it measures; the same one where there is only one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Processors {
    harness: usize,
    measured: usize,
}

impl Processors {
    /// The first and the last that this process may use, and the harness is moved to the first.
    ///
    /// # Errors
    /// The system does not say or does not allow it.
    pub(crate) fn divide() -> io::Result<Self> {
        let allowed = sched_getaffinity(None)?;
        let mut usable = (0..CpuSet::MAX_CPU).filter(|number| allowed.is_set(*number));
        let harness = usable.next().unwrap_or(0);
        let processors = Self { harness, measured: usable.next_back().unwrap_or(harness) };
        pin(processors.harness)?;
        Ok(processors)
    }

    /// Starts something on the processor of what is measured: a new process runs where its parent ran.
    ///
    /// # Errors
    /// That of `start`.
    pub(crate) fn on_measured<T>(self, start: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        pin(self.measured)?;
        let started = start();
        pin(self.harness)?;
        started
    }
}

fn pin(number: usize) -> io::Result<()> {
    let mut one = CpuSet::new();
    one.set(number);
    Ok(sched_setaffinity(None, &one)?)
}

/// Runs this process and what it starts before others, from -20 (most) to 19. With automatic groups the priority counts
/// within a session only, so it becomes one of its own, and Ctrl-C no longer reaches it where it was not one before.
///
/// # Errors
/// The system does not allow it: below 0 it takes root.
pub(crate) fn prefer(nice: i32) -> io::Result<()> {
    setpriority_process(None, nice)?;
    let group = Path::new("/proc/self/autogroup");
    if group.exists() {
        // It fails for a process that leads a group already, and then the priority is that group's.
        let _ = setsid();
        fs::write(group, nice.to_string())?;
    }
    Ok(())
}
