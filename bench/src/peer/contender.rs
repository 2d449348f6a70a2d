//! One who answers requests of one kind, and what its answers cost.

use std::io;

use tokio::runtime::Runtime;

use super::node::Load;
use crate::{
    dynamodb::DynamoDb,
    process::{cpu, peak_memory},
    sandbox::Sandbox,
};

/// A server and the request that it answers.
pub(super) struct Contender<'a> {
    /// What is asked of it, and who it is.
    pub(super) name: &'static str,
    pub(super) answers: Answers<'a>,
    pub(super) turns: Vec<Turn>,
}

/// How it is asked.
pub(super) enum Answers<'a> {
    /// A function under the Runtime API: one request at a time, as on Lambda.
    Function(Sandbox<'a>),
    /// A server over HTTP: many at a time, which costs it less for each.
    Http { process: u32, load: Load },
}

/// What so many requests cost.
pub(super) struct Turn {
    pub(super) requests: usize,
    /// Milliseconds of processor time of all threads.
    pub(super) cpu: f64,
    pub(super) dynamodb: u64,
    /// KiB at most until then.
    pub(super) peak_memory: u64,
}

impl<'a> Contender<'a> {
    /// One who has not answered yet.
    pub(super) fn new(name: &'static str, answers: Answers<'a>) -> Self {
        Self { name, answers, turns: Vec::new() }
    }

    /// Answers at least this many requests; tells how many.
    ///
    /// # Errors
    /// The first wrong answer.
    pub(super) fn answer(&mut self, requests: usize, runtime: &Runtime) -> io::Result<usize> {
        match &mut self.answers {
            Answers::Function(sandbox) => {
                (0..requests).try_for_each(|_| sandbox.invoke().map(drop))?;
                Ok(requests)
            }
            Answers::Http { load, .. } => {
                let each = requests.div_ceil(load.connections());
                runtime.block_on(load.send(each))?;
                Ok(each * load.connections())
            }
        }
    }

    /// Sends the requests and measures them.
    ///
    /// # Errors
    /// The first wrong answer.
    pub(super) fn take_turn(&mut self, requests: usize, runtime: &Runtime, dynamodb: &DynamoDb) -> io::Result<()> {
        let process = match &self.answers {
            Answers::Function(sandbox) => sandbox.process(),
            Answers::Http { process, .. } => *process,
        };
        let (before, used) = (dynamodb.stub.traffic(), cpu(process)?);
        let requests = self.answer(requests, runtime)?;
        let cpu = cpu(process)?.saturating_sub(used).as_secs_f64() * 1_000.0;
        let asked = dynamodb.stub.traffic().since(&before).total();
        self.turns.push(Turn { requests, cpu, dynamodb: asked, peak_memory: peak_memory(process)? });
        Ok(())
    }
}
