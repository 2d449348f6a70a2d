//! Which processor runs what, before whom, and how much of it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

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

/// The share of a processor that Lambda gives to a memory size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// Microseconds of each [`PERIOD`].
    quota: u32,
}

/// A group of one process that gets no more than its share. It ends with the process.
pub(crate) struct Throttle {
    folder: PathBuf,
}

impl Share {
    /// 1,769 MB are one processor.
    pub(crate) fn of_memory(megabytes: u32) -> Self {
        Self { quota: PERIOD * megabytes / MEGABYTES_OF_ONE_PROCESSOR }
    }

    /// Puts a process into a group of this share, which it gets before others: it leaves the group of [`prefer`].
    ///
    /// # Errors
    /// There is no group to write to: it takes root, and cgroups with the controller `cpu`.
    pub(crate) fn limit(self, process: u32) -> io::Result<Throttle> {
        let (parent, is_second) = controller()?;
        let folder = parent.join(format!("tollgate-bench-{process}"));
        fs::create_dir(&folder)?;
        let throttle = Throttle { folder };
        if is_second {
            throttle.write("cpu.max", &format!("{} {PERIOD}", self.quota))?;
            throttle.write("cpu.weight", "10000")?;
        } else {
            throttle.write("cpu.cfs_period_us", &PERIOD.to_string())?;
            throttle.write("cpu.cfs_quota_us", &self.quota.to_string())?;
            throttle.write("cpu.shares", "262144")?;
        }
        throttle.write("cgroup.procs", &process.to_string())?;
        Ok(throttle)
    }
}

impl Throttle {
    fn write(&self, file: &str, value: &str) -> io::Result<()> {
        let path = self.folder.join(file);
        fs::write(&path, value).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
    }
}

impl Drop for Throttle {
    fn drop(&mut self) {
        drop(fs::remove_dir(&self.folder));
    }
}

/// The folder of the processor's groups, and whether they are of the second version.
fn controller() -> io::Result<(PathBuf, bool)> {
    let (first, second) = (Path::new("/sys/fs/cgroup/cpu"), Path::new("/sys/fs/cgroup"));
    if first.join("cpu.cfs_quota_us").exists() || first.join("cgroup.procs").exists() {
        return Ok((first.to_owned(), false));
    }
    let controllers = fs::read_to_string(second.join("cgroup.subtree_control")).unwrap_or_default();
    if controllers.split_whitespace().any(|name| name == "cpu") {
        return Ok((second.to_owned(), true));
    }
    Err(io::Error::other("there is no cgroup with the controller cpu: expected /sys/fs/cgroup/cpu or cgroup v2"))
}

/// Microseconds, as on Lambda.
const PERIOD: u32 = 20_000;
const MEGABYTES_OF_ONE_PROCESSOR: u32 = 1_769;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_buys_a_share_of_a_processor() {
        assert_eq!(Share::of_memory(1_769), Share { quota: 20_000 });
        assert_eq!(Share::of_memory(128), Share { quota: 1_447 });
    }
}
