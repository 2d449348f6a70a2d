//! One execution environment: a function's process under the Runtime API, and what the system knows of it.

use std::{
    io::{self, Read},
    path::Path,
    process::{Child, Command, Stdio},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{
    case::Case,
    processor::Processors,
    runtime_api::RuntimeApi,
    share::{Share, Throttle},
    surroundings::Surroundings,
};

/// A function at work. Its process ends with it.
pub(crate) struct Sandbox<'a> {
    case: &'a Case,
    process: Child,
    api: RuntimeApi,
    output: Vec<JoinHandle<Vec<u8>>>,
    invokes: u64,
    _throttle: Option<Throttle>,
}

impl<'a> Sandbox<'a> {
    /// Starts a function and waits for its first poll; tells the time from exec to there. The share holds from there on.
    ///
    /// # Errors
    /// The binary does not start, or does not poll: with what it wrote.
    pub(crate) fn start(
        case: &'a Case,
        binary: &Path,
        around: &Surroundings,
        (processors, share): (Processors, Option<Share>),
    ) -> io::Result<(Self, Duration)> {
        let api = RuntimeApi::listen()?;
        let mut command = command(case, binary, around);
        command.env("AWS_LAMBDA_RUNTIME_API", api.address.to_string());
        let begun = Instant::now();
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", binary.display()));
        let mut process = processors.on_measured(|| command.spawn()).map_err(named)?;
        let stdout = process.stdout.take().map(gather);
        let stderr = process.stderr.take().map(gather);
        let output = stdout.into_iter().chain(stderr).collect();
        let mut sandbox = Self { case, process, api, output, invokes: 0, _throttle: None };
        let polled = sandbox.api.polled();
        let polled = polled.map_err(|error| sandbox.failure(&error))?;
        sandbox._throttle = share.map(|share| share.limit(sandbox.process.id())).transpose()?;
        Ok((sandbox, polled - begun))
    }

    /// One event, answered as expected; tells how long it took.
    ///
    /// # Errors
    /// Another answer or none: with what the function wrote.
    pub(crate) fn invoke(&mut self) -> io::Result<Duration> {
        self.invokes += 1;
        let invoked = self.api.invoke(&self.case.event, self.invokes).map_err(|error| self.failure(&error))?;
        if !invoked.answer.contains(self.case.expected) {
            let unexpected = format!("expected {} in the answer {}", self.case.expected, invoked.answer);
            return Err(self.failure(&io::Error::other(unexpected)));
        }
        Ok(invoked.duration)
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// Ends it, and tells how many bytes it wrote per invoke.
    pub(crate) fn stop(mut self) -> f64 {
        let invokes = self.invokes;
        let written: usize = self.end().iter().map(Vec::len).sum();
        written as f64 / invokes as f64
    }

    fn end(&mut self) -> Vec<Vec<u8>> {
        drop(self.process.kill());
        drop(self.process.wait());
        self.output.drain(..).map(|reader| reader.join().unwrap_or_default()).collect()
    }

    /// A failure with the last that the function wrote.
    fn failure(&mut self, error: &io::Error) -> io::Error {
        let written = self.end().concat();
        let last = String::from_utf8_lossy(&written[written.len().saturating_sub(2_000)..]).into_owned();
        io::Error::new(error.kind(), format!("{}: {error}\n{last}", self.case.name.as_str()))
    }
}

impl Drop for Sandbox<'_> {
    fn drop(&mut self) {
        drop(self.end());
    }
}

fn command(case: &Case, binary: &Path, around: &Surroundings) -> Command {
    let mut command = Command::new(binary);
    command.env_clear().envs(LAMBDA).envs(case.environment.iter().map(|(name, value)| (name, value)));
    command.env("AWS_LAMBDA_FUNCTION_NAME", format!("bench-{}", case.name.as_str()));
    command.env("AWS_SESSION_TOKEN", "IQoJb3JpZ2luX2VjEXAMPLETOKEN".repeat(25));
    command.env("AWS_ENDPOINT_URL_DYNAMODB", around.dynamodb.stub.url());
    command.env("AWS_CA_BUNDLE", around.authority.file());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn gather(mut from: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut written = Vec::new();
        // What it wrote until the pipe broke is what it wrote.
        drop(from.read_to_end(&mut written));
        written
    })
}

/// What Lambda sets. The credentials open nothing.
const LAMBDA: [(&str, &str); 16] = [
    ("_HANDLER", "bootstrap"),
    ("_X_AMZN_TRACE_ID", "Root=1-69c2e4ae-3a5f1c0e7d9b2f4a6c8e0d1b;Parent=7d9b2f4a6c8e0d1b;Sampled=1"),
    ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
    ("AWS_DEFAULT_REGION", "eu-west-1"),
    ("AWS_EXECUTION_ENV", "AWS_Lambda_Custom"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/21/[$LATEST]4f1c0e7d9b2f4a6c8e0d1b3a5f7c9e2d"),
    ("AWS_REGION", "eu-west-1"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
    ("LAMBDA_TASK_ROOT", "/var/task"),
    ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ("TZ", ":UTC"),
];
