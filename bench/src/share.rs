//! How much of a processor a process gets: a share as Lambda gives it to a memory size, by a cgroup.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The share of a processor that Lambda gives to a memory size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Share {
    /// Microseconds of each [`PERIOD`].
    quota: u32,
}

/// A group of one process that gets no more than its share. It ends after the process.
pub(crate) struct Throttle {
    folder: PathBuf,
}

impl Share {
    /// 1,769 MB are one processor.
    pub(crate) fn of_memory(megabytes: u32) -> Self {
        Self { quota: PERIOD * megabytes / MEGABYTES_OF_ONE_PROCESSOR }
    }

    /// Puts a process into a group of this share, which it gets before others: it leaves the group of
    /// [`prefer`](crate::processor::prefer).
    ///
    /// # Errors
    /// There is no group to write to: it takes root, and cgroups with the controller `cpu`.
    pub(crate) fn limit(self, process: u32) -> io::Result<Throttle> {
        self.limit_in(&Controller::below(Path::new("/sys/fs/cgroup"))?, process)
    }

    fn limit_in(self, controller: &Controller, process: u32) -> io::Result<Throttle> {
        let folder = controller.folder().join(format!("tollgate-bench-{process}"));
        fs::create_dir(&folder)?;
        let throttle = Throttle { folder };
        match controller {
            Controller::First(_) => {
                throttle.write("cpu.cfs_period_us", &PERIOD.to_string())?;
                throttle.write("cpu.cfs_quota_us", &self.quota.to_string())?;
                throttle.write("cpu.shares", "262144")?;
            }
            Controller::Second(_) => {
                throttle.write("cpu.max", &format!("{} {PERIOD}", self.quota))?;
                throttle.write("cpu.weight", "10000")?;
            }
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

/// The folder that groups with the controller `cpu` are made in, by the version of cgroups that has it.
#[derive(Debug, PartialEq, Eq)]
enum Controller {
    First(PathBuf),
    Second(PathBuf),
}

impl Controller {
    /// Looks where cgroups are mounted. Only the root of the second version has the file `cgroup.controllers` right there;
    /// where both are mounted, the first has the controller.
    fn below(mount: &Path) -> io::Result<Self> {
        if mount.join("cgroup.controllers").exists() {
            let handed_down = fs::read_to_string(mount.join("cgroup.subtree_control"))?;
            return if handed_down.split_whitespace().any(|name| name == "cpu") {
                Ok(Self::Second(mount.to_owned()))
            } else {
                let found = format!("{}/cgroup.subtree_control lists no cpu: write +cpu into it", mount.display());
                Err(io::Error::other(format!("{found}, outside of containers")))
            };
        }
        let first = mount.join("cpu");
        if first.join("cgroup.procs").exists() {
            return Ok(Self::First(first));
        }
        Err(io::Error::other(format!(
            "expected cgroups with the controller cpu, of either version, at {}",
            mount.display()
        )))
    }

    fn folder(&self) -> &Path {
        let (Self::First(folder) | Self::Second(folder)) = self;
        folder
    }
}

/// Microseconds, as on Lambda.
const PERIOD: u32 = 20_000;
const MEGABYTES_OF_ONE_PROCESSOR: u32 = 1_769;

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for each test, which looks like a mount of cgroups.
    fn mount(test: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("tollgate-bench-{}-{test}", std::process::id()));
        for (name, content) in files {
            let file = folder.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        folder
    }

    #[test]
    fn memory_buys_a_share_of_a_processor() {
        assert_eq!(Share::of_memory(1_769), Share { quota: 20_000 });
        assert_eq!(Share::of_memory(128), Share { quota: 1_447 });
    }

    #[test]
    fn each_version_is_told_the_same_in_its_own_words() {
        let first = mount("first", &[("cpu/cgroup.procs", ""), ("unified/cgroup.controllers", "")]);
        let second = mount("second", &[("cgroup.controllers", "cpu io"), ("cgroup.subtree_control", "io cpu\n")]);
        for (mount, parent, limits) in [
            (&first, first.join("cpu"), [("cpu.cfs_period_us", "20000"), ("cpu.cfs_quota_us", "1447")]),
            (&second, second.clone(), [("cpu.max", "1447 20000"), ("cpu.weight", "10000")]),
        ] {
            let throttle = Share::of_memory(128).limit_in(&Controller::below(mount).unwrap(), 7).unwrap();
            assert_eq!(throttle.folder, parent.join("tollgate-bench-7"));
            for (file, content) in limits.into_iter().chain([("cgroup.procs", "7")]) {
                assert_eq!(fs::read_to_string(throttle.folder.join(file)).unwrap(), content, "{file}");
            }
            fs::remove_dir_all(mount).unwrap();
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let hands_nothing_down =
            mount("none", &[("cgroup.controllers", "cpu"), ("cgroup.subtree_control", "cpuset\n")]);
        let error = Controller::below(&hands_nothing_down).unwrap_err().to_string();
        assert!(error.contains("cgroup.subtree_control lists no cpu"), "{error}");
        fs::remove_dir_all(hands_nothing_down).unwrap();
        assert!(Controller::below(Path::new("/nowhere")).unwrap_err().to_string().contains("at /nowhere"));
    }
}
