//! `tollgate why REQUEST_ID`: the decision behind an answer, by the id that the answer carries.

mod line;
mod request_id;

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use clap::Args;

use self::{line::Line, request_id::RequestId};
use super::{
    Failure,
    report::{Report, plain},
};

/// Print the decision behind an answer, by the request id that the answer carries.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The id: `X-Request-Id` of the answer.
    request_id: RequestId,
    /// A file of decision lines, such as `tollgate dev --log FILE` writes; - = standard input.
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
}

/// Prints each decision about the request.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let lines = in_file(&arguments.log, &arguments.request_id)?;
    anstream::print!("{}", Report::new(lines.iter().map(Line::step).collect(), plain));
    Ok(())
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
        return Err(Failure::new(format!("no decision about {id} in {name}")));
    }
    Ok(found)
}
