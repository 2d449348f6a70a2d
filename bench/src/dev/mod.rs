//! `bench dev`: the local system under load. Gateway, authorizer and database have one processor; load and backend have
//! the other.

mod load;
mod local;

use std::{
    error::Error,
    time::{Duration, Instant},
};

use clap::Args;
use serde_json::Value;

use self::{
    load::{Load, Tally},
    local::{CLIENT_SECRET, Local},
};
use crate::{
    artifact,
    exchange::Connection,
    process::{cpu, peak_memory, resident_memory},
    processor::{self, Processors},
    statistics::percentile,
};

/// How the local system is measured.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Seconds of load that count, after two that do not.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Minutes of load, in place of --seconds.
    #[arg(long, conflicts_with = "seconds")]
    minutes: Option<u64>,
    /// Connections, each with one request at a time.
    #[arg(long, default_value_t = 100)]
    connections: usize,
    /// Seconds that definitions and clients may be old (`tollgate dev --definition-max-age`).
    #[arg(long, default_value_t = 30)]
    definition_max_age: u64,
    /// As without `dev`.
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-20..=19))]
    nice: Option<i32>,
    /// Measures the release binary as it lies there.
    #[arg(long)]
    no_build: bool,
}

/// Builds, measures and prints.
///
/// # Errors
/// What could not be built or measured.
pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    if !options.no_build {
        artifact::build(["cli"])?;
    }
    if let Some(nice) = options.nice {
        processor::prefer(nice)?;
    }
    let processors = Processors::divide()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(options, processors))
}

async fn measure(options: &Options, processors: Processors) -> Result<(), Box<dyn Error>> {
    let backend = load::backend().await?;
    let binary = artifact::release_folder()?.join("tollgate");
    let file = FILE.replace("BACKEND", &backend.to_string());
    let local = Local::start(&binary, &file, options.definition_max_age, processors)?;
    println!("ready after {:.0} ms", local.ready.as_secs_f64() * 1_000.0);
    let token = token(&local).await?;
    let request =
        format!("GET /orders/42 HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\r\n", local.address);
    let load = Load::start(local.address, request, options.connections);
    tokio::time::sleep(WARM_UP).await;
    drop(load.take());
    let mut whole = Tally::default();
    let duration = Duration::from_secs(options.minutes.map_or(options.seconds, |minutes| minutes * 60));
    let (begun, cpu_before) = (Instant::now(), cpu(local.process())?);
    for _ in 0..INTERVALS {
        whole.add(interval(&load, &local, duration / INTERVALS, begun).await?);
    }
    let used = cpu(local.process())?.saturating_sub(cpu_before);
    report(&whole, begun.elapsed(), used, peak_memory(local.process())?);
    match whole.first_error {
        None => Ok(()),
        Some(first) => Err(format!("{} requests were not allowed; the first: {first}", whole.errors).into()),
    }
}

/// One line of the time line.
async fn interval(load: &Load, local: &Local, length: Duration, begun: Instant) -> Result<Tally, Box<dyn Error>> {
    let from = Instant::now();
    tokio::time::sleep(length).await;
    let tally = load.take();
    let per_second = tally.durations.len() as f64 / from.elapsed().as_secs_f64();
    let (seconds, memory) = (begun.elapsed().as_secs(), resident_memory(local.process())? as f64 / 1024.0);
    println!("{seconds:>5} s  {per_second:>6.0} requests/s  {:>4} errors  {memory:>6.1} MiB", tally.errors);
    Ok(tally)
}

fn report(whole: &Tally, elapsed: Duration, used: Duration, peak: u64) {
    let (answered, seconds) = (whole.durations.len() as f64, elapsed.as_secs_f64());
    println!("{:.0} authorized requests/s, {} errors", answered / seconds, whole.errors);
    for percent in [50, 99] {
        println!("p{percent} {:.2} ms", percentile(&whole.durations, percent).unwrap_or(f64::NAN));
    }
    println!("{:.3} ms of processor time per request", used.as_secs_f64() * 1_000.0 / answered);
    println!("{:.0} % of one processor, {:.1} MiB at most", 100.0 * used.as_secs_f64() / seconds, peak as f64 / 1024.0);
}

async fn token(local: &Local) -> Result<String, Box<dyn Error>> {
    let form = format!("grant_type=client_credentials&client_id=shop&client_secret={CLIENT_SECRET}");
    let request = format!(
        "POST /oauth2/token HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        local.address,
        form.len()
    );
    let answer = Connection::open(local.address).await?.exchange(request.as_bytes()).await?;
    let body: Value = serde_json::from_slice(&answer.body)?;
    let token = body["access_token"].as_str().ok_or_else(|| format!("no token: status {}, {body}", answer.status))?;
    Ok(token.to_owned())
}

const FILE: &str = include_str!("dev.yaml");
const WARM_UP: Duration = Duration::from_secs(2);
/// Lines of the time line.
const INTERVALS: u32 = 10;
