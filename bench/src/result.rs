//! The numbers of one case: medians over rounds, and ratios to its floors.

use serde::Serialize;

use crate::{
    artifact::Size,
    measure::{Phase, Samples, Start},
    name::Name,
    statistics::{median, paired_ratio, percentile},
    stub::Traffic,
};

/// What is told of one case. Times are milliseconds and medians; a time is `None` where nothing was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    /// Exec to the first poll.
    pub(crate) start: Option<f64>,
    pub(crate) start_cpu: Option<f64>,
    /// The first event to its answer.
    pub(crate) first: Option<f64>,
    pub(crate) first_cpu: Option<f64>,
    /// Both.
    pub(crate) start_and_first: Option<f64>,
    pub(crate) p50: Option<f64>,
    pub(crate) p90: Option<f64>,
    pub(crate) p99: Option<f64>,
    /// Processor time of a warm invoke.
    pub(crate) cpu: Option<f64>,
    /// The most of any environment, in MiB.
    pub(crate) peak_memory: f64,
    pub(crate) init_phase: Requests,
    pub(crate) first_invoke: Requests,
    /// On average.
    pub(crate) warm_invoke: Requests,
    /// KiB.
    pub(crate) binary: f64,
    /// KiB.
    pub(crate) zip: Option<f64>,
    /// Bytes of a warm environment per invoke.
    pub(crate) log: Option<f64>,
    pub(crate) ratios: Vec<Ratios>,
}

/// Requests and new connections, on average.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Requests {
    pub(crate) dynamodb: f64,
    pub(crate) provider: f64,
    pub(crate) connections: f64,
}

/// Medians of the ratios within a round.
#[derive(Debug, Serialize)]
pub(crate) struct Ratios {
    pub(crate) to: &'static str,
    pub(crate) start: Option<f64>,
    pub(crate) start_and_first: Option<f64>,
    pub(crate) p50: Option<f64>,
    pub(crate) cpu: Option<f64>,
}

/// One number of a start.
type OfStart = fn(&Start) -> f64;

impl Measured {
    /// The numbers of a case, without ratios.
    pub(crate) fn of(name: Name, samples: &Samples, size: Size) -> Self {
        let of_starts = |number: OfStart| median(&starts(samples, number));
        let invokes = samples.warm.iter().map(|warm| warm.durations.len()).sum();
        let (init, first) = (samples.starts.iter().map(|s| &s.init), samples.starts.iter().map(|s| &s.first));
        let peak = samples.warm.iter().map(|warm| warm.peak_memory).max().unwrap_or(0);
        Self {
            name: name.as_str(),
            start: of_starts(|start| start.init.wall),
            start_cpu: of_starts(|start| start.init.cpu),
            first: of_starts(|start| start.first.wall),
            first_cpu: of_starts(|start| start.first.cpu),
            start_and_first: of_starts(until_answer),
            p50: median(&percentiles(samples, 50)),
            p90: median(&percentiles(samples, 90)),
            p99: median(&percentiles(samples, 99)),
            cpu: median(&cpus(samples)),
            peak_memory: peak as f64 / 1024.0,
            init_phase: Requests::average(init, samples.starts.len()),
            first_invoke: Requests::average(first, samples.starts.len()),
            warm_invoke: Requests::average(samples.warm.iter().map(|warm| &warm.whole), invokes),
            binary: size.binary,
            zip: size.zip,
            log: median(&samples.warm.iter().map(|warm| warm.log).collect::<Vec<_>>()),
            ratios: Vec::new(),
        }
    }
}

impl Requests {
    fn average<'a>(phases: impl Iterator<Item = &'a Phase>, times: usize) -> Self {
        let (mut dynamodb, mut provider) = (Traffic::default(), Traffic::default());
        for phase in phases {
            dynamodb.add(&phase.dynamodb);
            provider.add(&phase.provider);
        }
        let average = |sum: u64| if times == 0 { 0.0 } else { sum as f64 / times as f64 };
        Self {
            dynamodb: average(dynamodb.total()),
            provider: average(provider.total()),
            connections: average(dynamodb.connections + provider.connections),
        }
    }
}

impl Ratios {
    /// How many times a floor a case takes.
    pub(crate) fn of(samples: &Samples, to: Name, floor: &Samples) -> Self {
        let of_starts = |number: OfStart| paired_ratio(&starts(samples, number), &starts(floor, number));
        Self {
            to: to.as_str(),
            start: of_starts(|start| start.init.wall),
            start_and_first: of_starts(until_answer),
            p50: paired_ratio(&percentiles(samples, 50), &percentiles(floor, 50)),
            cpu: paired_ratio(&cpus(samples), &cpus(floor)),
        }
    }
}

fn until_answer(start: &Start) -> f64 {
    start.init.wall + start.first.wall
}

fn starts(samples: &Samples, number: OfStart) -> Vec<f64> {
    samples.starts.iter().map(number).collect()
}

fn percentiles(samples: &Samples, percent: usize) -> Vec<f64> {
    samples.warm.iter().filter_map(|warm| percentile(&warm.durations, percent)).collect()
}

fn cpus(samples: &Samples) -> Vec<f64> {
    samples.warm.iter().map(|warm| warm.whole.cpu / warm.durations.len() as f64).collect()
}
