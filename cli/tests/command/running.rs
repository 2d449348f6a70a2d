//! `tollgate` as a process.

use std::{
    net::SocketAddr,
    path::PathBuf,
    process::{ExitStatus, Output, Stdio},
};

use tests::{Answer, Call};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    task::JoinHandle,
};

/// Runs the command to its end.
pub(crate) async fn tollgate(arguments: &[&str], environment: &[(String, String)]) -> Output {
    command(arguments).envs(environment.iter().cloned()).output().await.expect("the command starts")
}

/// Runs the command to its end, with a text on its standard input.
pub(crate) async fn tollgate_told(arguments: &[&str], environment: &[(String, String)], input: &str) -> Output {
    let mut command = command(arguments);
    let command = command.envs(environment.iter().cloned()).stdin(Stdio::piped());
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts");
    let mut stdin = process.stdin.take().expect("it is piped");
    // A command that fails early reads nothing.
    drop(stdin.write_all(input.as_bytes()).await);
    drop(stdin);
    process.wait_with_output().await.expect("the process is ours")
}

/// Runs the command, which is to fail, and tells what it says about that.
pub(crate) async fn complaint(arguments: &[&str], environment: &[(String, String)]) -> String {
    let output = tollgate(arguments, environment).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).expect("the command writes text")
}

/// `tollgate dev` at work, on ports of its own.
pub(crate) struct Dev {
    /// Where the gateway listens.
    pub(crate) address: SocketAddr,
    /// What it printed before the ready line.
    pub(crate) preface: String,
    process: Child,
    output: Lines<BufReader<ChildStdout>>,
    errors: JoinHandle<String>,
}

impl Dev {
    /// Starts it and waits for the ready line.
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let ports = ["dev", "--port", "0"];
        let mut command = command(&[&ports, arguments].concat());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts");
        let mut stderr = process.stderr.take().expect("it is piped");
        let errors = tokio::spawn(async move {
            let mut text = String::new();
            drop(stderr.read_to_string(&mut text).await);
            text
        });
        let mut output = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        let mut preface = String::new();
        while let Some(line) = output.next_line().await.expect("the command writes text") {
            if let Some(address) = line.strip_prefix("tollgate ready on http://") {
                let address = address.parse().expect("the ready line ends with an address");
                return Self { address, preface, process, output, errors };
            }
            preface.push_str(&line);
            preface.push('\n');
        }
        panic!("it ended before it was ready: {preface}{}", errors.await.unwrap_or_default());
    }

    /// A call to be sent.
    pub(crate) fn call(&self, method: &str, target: &str) -> Call {
        Call::new(self.address, method, target)
    }

    /// A token by client credentials.
    pub(crate) async fn token(&self, client: (&str, &str)) -> Answer {
        let form = "grant_type=client_credentials";
        self.call("POST", "/oauth2/token").basic(client.0, client.1).form(form).send().await
    }

    /// The environment of the lines to export.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let lines = self.preface.lines().filter_map(|line| line.trim().strip_prefix("export ")?.split_once('='));
        lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Where the embedded DynamoDB listens.
    pub(crate) fn dynamodb(&self) -> SocketAddr {
        let environment = self.environment();
        let (_, url) = environment.iter().find(|(name, _)| name == "AWS_ENDPOINT_URL_DYNAMODB").expect("it is printed");
        url.trim_start_matches("http://").parse().expect("the URL is an address")
    }

    /// Sends a signal, and tells how it ended and what it wrote since the ready line.
    pub(crate) async fn stop_by(mut self, signal: &str) -> (ExitStatus, String) {
        let id = self.process.id().expect("it runs").to_string();
        let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {id}")]).status().await;
        assert!(sent.expect("there is a shell").success());
        let status = self.process.wait().await.expect("the process is ours");
        let mut text = String::new();
        while let Some(line) = self.output.next_line().await.expect("the command writes text") {
            text.push_str(&line);
            text.push('\n');
        }
        (status, text + &self.errors.await.expect("the reader does not panic"))
    }
}

/// A folder that is this test's alone, empty at its start.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).expect("cargo's folder for tests can be written");
    folder
}

/// The command, to be started without this process's environment.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.args(arguments).env_clear().kill_on_drop(true);
    command
}
