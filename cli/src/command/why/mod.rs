//! `tollgate why REQUEST_ID`: the decision behind an answer, by the id that the answer carries.

mod answer;
mod cloudwatch;
mod line;
mod request_id;

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use clap::Args;
use shared::{env::World, protocol::Timestamp};

pub(super) use self::line::decision;
use self::{line::Line, request_id::RequestId};
use super::{
    Failure,
    period::Period,
    report::{Report, plain},
};
use crate::aws::{self, AwsArguments};

/// Print the decision behind an answer, by the request id that the answer carries.
///
/// It is looked for in a file, or in the logs of the functions in CloudWatch Logs.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The id: `X-Request-Id` of the answer.
    request_id: RequestId,
    /// A file of decision lines, such as `tollgate dev --log FILE` writes; - = standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["log_groups", "stack"])]
    log: Option<PathBuf>,
    /// A log group in place of those of the stack's functions, or of access logs; can be repeated.
    #[arg(long = "log-group", value_name = "NAME")]
    log_groups: Vec<String>,
    /// How far back log groups are searched, such as 90m, 12h or 7d.
    #[arg(long, default_value = "1h")]
    since: Period,
    #[command(flatten)]
    aws: AwsArguments,
}

/// Prints each decision about the request; where there is none, what an access log has of it.
pub(super) async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let lines = match &arguments.log {
        Some(file) => in_file(file, &arguments.request_id)?,
        None => arguments.in_log_groups(World::system().clock.now()).await?,
    };
    let decisions: Vec<&Line> = lines.iter().filter(|line| matches!(line, Line::Decision(_))).collect();
    let told = if decisions.is_empty() { lines.iter().collect() } else { decisions };
    anstream::print!("{}", Report::new(told.into_iter().map(Line::step).collect(), plain));
    Ok(())
}

impl Arguments {
    async fn in_log_groups(&self, now: Timestamp) -> Result<Vec<Line>, Failure> {
        let client = aws_sdk_cloudwatchlogs::Client::new(&aws::config(&self.aws).await?);
        let groups = match (&*self.log_groups, &self.aws.stack) {
            ([], None) => return Err(Failure::new(NOWHERE)),
            ([], Some(stack)) => cloudwatch::groups_of(stack),
            (named, _) => named.to_vec(),
        };
        let since = Timestamp::from_secs(now.as_secs().saturating_sub(self.since.seconds()));
        let mut lines = Vec::new();
        for group in &groups {
            match cloudwatch::search(group, &self.request_id, since, &client).await {
                Ok(found) => lines.extend(found),
                Err(error) => anstream::eprintln!("warning: {error}"),
            }
        }
        if lines.is_empty() {
            let (id, period, groups) = (&self.request_id, self.since, groups.join(", "));
            return Err(Failure::new(format!(
                "no decision about {id} in the last {period} in {groups}; lines can be a minute late, and --since looks \
                 further back. {UNASKED}: the API's access log has such answers (--log-group NAME; AccessLogs of a stack \
                 that `tollgate stack` made)"
            )));
        }
        Ok(lines)
    }
}

fn in_file(file: &Path, id: &RequestId) -> Result<Vec<Line>, Failure> {
    let name = file.display();
    let unreadable = |error: io::Error| Failure::new(format!("{name}: {error}"));
    let input: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file).map_err(unreadable)?))
    };
    let mut found = Vec::new();
    for line in input.split(b'\n') {
        found.extend(Line::about(id, &String::from_utf8_lossy(&line.map_err(unreadable)?)));
    }
    if found.is_empty() {
        return Err(Failure::new(format!(
            "no decision about {id} in {name}. {UNASKED}: `tollgate dev --log` writes such answers too, deployed the API's \
             access log has them"
        )));
    }
    Ok(found)
}

const UNASKED: &str = "There is none where API Gateway answers by itself (404, 405, 413, 429, a verdict that it keeps) or the \
                       backend does";
const NOWHERE: &str = "where are the lines? --log FILE, --stack NAME or --log-group NAME says it";
