//! The measurement: every case in every round, forwards and backwards in turn, so that a machine whose speed drifts
//! does so for all alike.

use std::{error::Error, io, path::PathBuf, time::Duration};

use crate::{
    case::Case,
    process::{cpu, peak_memory},
    processor::Processors,
    sandbox::Sandbox,
    share::Share,
    stub::Traffic,
    surroundings::Surroundings,
};

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount {
    /// Environments with warm invokes, of each case.
    pub(crate) rounds: usize,
    /// Warm invokes in each, after as many as a tenth that do not count.
    pub(crate) invokes: usize,
    /// More environments, with the first invoke alone.
    pub(crate) cold: usize,
}

/// Where it is measured.
pub(crate) struct Bench<'a> {
    pub(crate) around: &'a Surroundings,
    pub(crate) binaries: PathBuf,
    pub(crate) processors: Processors,
    pub(crate) share: Option<Share>,
}

/// What was measured of one case. Times are in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    pub(crate) starts: Vec<Start>,
    pub(crate) warm: Vec<Warm>,
}

/// One start: from exec to the first poll, and the first event.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) init: Phase,
    pub(crate) first: Phase,
}

/// A stretch of time and what happened in it.
#[derive(Debug, Default)]
pub(crate) struct Phase {
    /// Time as one sees it.
    pub(crate) wall: f64,
    /// Processor time.
    pub(crate) cpu: f64,
    pub(crate) dynamodb: Traffic,
    pub(crate) provider: Traffic,
}

/// The warm invokes of one environment.
#[derive(Debug, Default)]
pub(crate) struct Warm {
    /// Of each invoke.
    pub(crate) durations: Vec<f64>,
    /// All of them.
    pub(crate) whole: Phase,
    /// KiB at most.
    pub(crate) peak_memory: u64,
    /// Bytes written per invoke, the start's shared out.
    pub(crate) log: f64,
}

impl Bench<'_> {
    /// Measures every case; the result has their order.
    ///
    /// # Errors
    /// The first function that fails.
    pub(crate) fn measure(&self, cases: &[Case], amount: Amount) -> Result<Vec<Samples>, Box<dyn Error>> {
        let mut samples: Vec<Samples> = cases.iter().map(|_| Samples::default()).collect();
        for round in 0..amount.rounds {
            eprintln!("round {} of {}", round + 1, amount.rounds);
            self.round(cases, &turn(cases.len(), round), amount.invokes, &mut samples)?;
        }
        eprintln!("{} starts more of each", amount.cold);
        for round in 0..amount.cold {
            for index in turn(cases.len(), round) {
                let (start, _) = self.start(&cases[index])?;
                samples[index].starts.push(start);
            }
        }
        Ok(samples)
    }

    /// Starts all, then invokes them a few times each in turn.
    fn round(&self, cases: &[Case], order: &[usize], invokes: usize, samples: &mut [Samples]) -> io::Result<()> {
        let mut sandboxes = Vec::new();
        for &index in order {
            let (start, mut sandbox) = self.start(&cases[index])?;
            samples[index].starts.push(start);
            (0..invokes / 10).try_for_each(|_| sandbox.invoke().map(drop))?;
            sandboxes.push((index, sandbox, Warm::default()));
        }
        let mut left = invokes;
        while left > 0 {
            let now = left.min(TURN);
            for (_, sandbox, warm) in &mut sandboxes {
                self.invoke(sandbox, warm, now)?;
            }
            left -= now;
        }
        for (index, sandbox, mut warm) in sandboxes {
            warm.peak_memory = peak_memory(sandbox.process())?;
            warm.log = sandbox.stop();
            samples[index].warm.push(warm);
        }
        Ok(())
    }

    fn start<'c>(&self, case: &'c Case) -> io::Result<(Start, Sandbox<'c>)> {
        let before = self.traffic();
        let binary = self.binaries.join(case.name.binary());
        let (mut sandbox, wall) = Sandbox::start(case, &binary, self.around, (self.processors, self.share))?;
        let (polled, used) = (self.traffic(), cpu(sandbox.process())?);
        let init = phase(wall, used, &before, &polled);
        let first = sandbox.invoke()?;
        let first = phase(first, cpu(sandbox.process())?.saturating_sub(used), &polled, &self.traffic());
        Ok((Start { init, first }, sandbox))
    }

    fn invoke(&self, sandbox: &mut Sandbox<'_>, warm: &mut Warm, times: usize) -> io::Result<()> {
        let (before, used) = (self.traffic(), cpu(sandbox.process())?);
        let mut wall = Duration::ZERO;
        for _ in 0..times {
            let duration = sandbox.invoke()?;
            warm.durations.push(milliseconds(duration));
            wall += duration;
        }
        let turn = phase(wall, cpu(sandbox.process())?.saturating_sub(used), &before, &self.traffic());
        warm.whole.wall += turn.wall;
        warm.whole.cpu += turn.cpu;
        warm.whole.dynamodb.add(&turn.dynamodb);
        warm.whole.provider.add(&turn.provider);
        Ok(())
    }

    fn traffic(&self) -> (Traffic, Traffic) {
        (self.around.dynamodb.stub.traffic(), self.around.provider.traffic())
    }
}

fn phase(wall: Duration, cpu: Duration, before: &(Traffic, Traffic), after: &(Traffic, Traffic)) -> Phase {
    Phase {
        wall: milliseconds(wall),
        cpu: milliseconds(cpu),
        dynamodb: after.0.since(&before.0),
        provider: after.1.since(&before.1),
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// Indices forwards, and backwards in every second round.
fn turn(length: usize, round: usize) -> Vec<usize> {
    if round.is_multiple_of(2) { (0..length).collect() } else { (0..length).rev().collect() }
}

/// Invokes of one case before it is the next one's turn.
const TURN: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_second_round_goes_backwards() {
        assert_eq!(turn(3, 0), [0, 1, 2]);
        assert_eq!(turn(3, 1), [2, 1, 0]);
    }
}
