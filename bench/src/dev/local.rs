//! `tollgate dev` as a process.

use std::{
    error::Error,
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{self, Child, ChildStdout, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use crate::processor::Processors;

/// The local system at work. Its process ends with it.
pub(super) struct Local {
    process: Child,
    file: PathBuf,
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// From exec to the ready line.
    pub(super) ready: Duration,
}

impl Local {
    /// Starts it on the processor of what is measured, with a configuration.
    ///
    /// # Errors
    /// It does not start; what it says about that is on standard error.
    pub(super) fn start(
        binary: &Path,
        configuration: &str,
        definition_max_age: u64,
        processors: Processors,
    ) -> Result<Self, Box<dyn Error>> {
        let file = std::env::temp_dir().join(format!("tollgate-bench-{}.yaml", process::id()));
        fs::write(&file, configuration)?;
        let mut command = Command::new(binary);
        command.args(["dev", "--port", "0", "--definition-max-age", &definition_max_age.to_string(), "--config"]);
        command.arg(&file).env("BENCH_CLIENT_SECRET", CLIENT_SECRET).stdin(Stdio::null()).stdout(Stdio::piped());
        let begun = Instant::now();
        let mut process = processors.on_measured(|| command.spawn())?;
        let output = process.stdout.take().ok_or("its output is not ours")?;
        let mut local = Self { process, file, address: SocketAddr::from(([0; 4], 0)), ready: Duration::ZERO };
        (local.address, local.ready) = ready(output, begun).recv_timeout(PATIENCE)?;
        Ok(local)
    }

    /// The process's number.
    pub(super) fn process(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        drop(fs::remove_file(&self.file));
    }
}

/// Waits for the ready line, and reads on so that the process never waits for a reader.
fn ready(output: ChildStdout, begun: Instant) -> mpsc::Receiver<(SocketAddr, Duration)> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = String::new();
        while output.read_line(&mut line).is_ok_and(|read| read > 0) {
            if let Some(address) = address(&line) {
                let _ = sender.send((address, begun.elapsed()));
                break;
            }
            line.clear();
        }
        drop(output.read_to_end(&mut Vec::new()));
    });
    receiver
}

/// The address in the ready line.
fn address(line: &str) -> Option<SocketAddr> {
    line.trim_end().strip_prefix("tollgate ready on http://")?.parse().ok()
}

/// The secret of the client `shop`. It opens nothing but the process that is measured.
pub(super) const CLIENT_SECRET: &str = "tgs_demo-secret-of-the-client-shop";
const PATIENCE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_ready_line_has_the_address() {
        let expected = SocketAddr::from(([127, 0, 0, 1], 3000));
        assert_eq!(address("tollgate ready on http://127.0.0.1:3000\n"), Some(expected));
        assert_eq!(address("export ISSUER=http://127.0.0.1:3000\n"), None);
    }
}
