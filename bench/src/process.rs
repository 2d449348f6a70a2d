//! What the system knows of a running process.

use std::{fs, io, time::Duration};

/// The processor time of all its threads so far.
///
/// # Errors
/// The process has ended.
pub(crate) fn cpu(process: u32) -> io::Result<Duration> {
    let mut nanoseconds = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread that has just ended has no file.
        let text = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
        nanoseconds += text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// The most resident memory that it has had at once, in KiB.
///
/// # Errors
/// The process has ended.
pub(crate) fn peak_memory(process: u32) -> io::Result<u64> {
    memory(process, "VmHWM")
}

/// Its resident memory, in KiB.
///
/// # Errors
/// The process has ended.
pub(crate) fn resident_memory(process: u32) -> io::Result<u64> {
    memory(process, "VmRSS")
}

fn memory(process: u32, line: &str) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    kibibytes(&status, line).ok_or_else(|| io::Error::other(format!("the system does not tell {line}")))
}

/// The value of a line such as `VmHWM:      5120 kB` of `/proc/PID/status`.
fn kibibytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_of_memory_is_read_off_the_status() {
        let status = "Name:\tbootstrap\nVmPeak:\t  123456 kB\nVmHWM:\t    5848 kB\n";
        assert_eq!(kibibytes(status, "VmHWM"), Some(5_848));
        assert_eq!(kibibytes("Name:\tzombie\n", "VmHWM"), None);
    }
}
