//! `bench`: the functions beside bare handlers.

use std::{error::Error, fs, io, path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::{
    artifact::{self, Size},
    case::Case,
    measure::{Amount, Bench, Samples},
    name::Name,
    processor::{self, Processors},
    result::{Measured, Ratios},
    share::Share,
    surroundings::Surroundings,
    table::{Style, Table},
};

/// How the functions are measured.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Environments with warm invokes, of each function.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Warm invokes in each environment; a tenth as many before them do not count.
    #[arg(long, default_value_t = 1000)]
    invokes: usize,
    /// More environments of each function, with the first invoke alone.
    #[arg(long, default_value_t = 20)]
    cold: usize,
    /// What is measured, repeatable or by comma [default: everything]. Ratios need the handlers they are taken to.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Name>,
    /// Milliseconds that DynamoDB waits before each answer.
    #[arg(long, default_value_t = 0)]
    store_delay_ms: u64,
    /// Gives each function the share of a processor that Lambda gives to this memory, from the end of its init phase on.
    /// It takes root.
    #[arg(long, value_parser = clap::value_parser!(u32).range(128..=10_240))]
    memory_mb: Option<u32>,
    /// Runs before other work of the machine, from -20 (most) to 19; below 0 it takes root. The bench becomes a session of
    /// its own, which Ctrl-C may not reach.
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-20..=19))]
    nice: Option<i32>,
    /// Measures the release binaries as they lie there.
    #[arg(long)]
    no_build: bool,
    /// Measures the binaries of this folder, such as an older build, and builds nothing.
    #[arg(long, value_name = "FOLDER")]
    binaries: Option<PathBuf>,
    /// Leaves the size of the zips out, which takes long for the large binaries of a debug build.
    #[arg(long)]
    no_zip: bool,
    /// Writes every number into a file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Prints Markdown.
    #[arg(long)]
    markdown: bool,
}

/// Builds, measures and prints.
///
/// # Errors
/// What could not be built or measured.
pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let names = if options.only.is_empty() { Name::value_variants() } else { &options.only };
    let binaries = match &options.binaries {
        Some(folder) => folder.clone(),
        None => artifact::release_folder()?,
    };
    if !options.no_build && options.binaries.is_none() {
        artifact::build(artifact::packages(names))?;
    }
    if let Some(nice) = options.nice {
        processor::prefer(nice).map_err(|error| format!("--nice {nice}: {error}; below 0 it takes root"))?;
    }
    let processors = Processors::divide()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let around = runtime.block_on(Surroundings::build(Duration::from_millis(options.store_delay_ms)))?;
    let cases = names.iter().map(|name| Case::of(*name, &around)).collect::<Result<Vec<_>, _>>()?;
    let bench = Bench { around: &around, binaries, processors, share: options.memory_mb.map(Share::of_memory) };
    let samples = bench.measure(&cases, options.amount())?;
    let sizes = names.iter().map(|name| artifact::size(&bench.binaries.join(name.binary()), !options.no_zip));
    options.report(&measured(names, &samples, &sizes.collect::<io::Result<Vec<_>>>()?))
}

impl Options {
    fn amount(&self) -> Amount {
        Amount { rounds: self.rounds, invokes: self.invokes, cold: self.cold }
    }

    fn report(&self, measured: &[Measured]) -> Result<(), Box<dyn Error>> {
        let style = if self.markdown { Style::Markdown } else { Style::Text };
        println!("{}", Table::of_numbers(measured).render(style));
        println!("{}", Table::of_ratios(measured).render(style));
        if let Some(file) = &self.json {
            let report = json!({
                "rounds": self.rounds,
                "invokes": self.invokes,
                "cold": self.cold,
                "store_delay_ms": self.store_delay_ms,
                "memory_mb": self.memory_mb,
                "functions": measured,
            });
            fs::write(file, format!("{report:#}\n")).map_err(|error| format!("{}: {error}", file.display()))?;
        }
        Ok(())
    }
}

fn measured(names: &[Name], samples: &[Samples], sizes: &[Size]) -> Vec<Measured> {
    let of = |((name, own), size): ((&Name, &Samples), &Size)| {
        let ratios = name.beside().iter().filter_map(|to| {
            let index = names.iter().position(|name| name == to)?;
            Some(Ratios::of(own, *to, &samples[index]))
        });
        Measured { ratios: ratios.collect(), ..Measured::of(*name, own, *size) }
    };
    names.iter().zip(samples).zip(sizes).map(of).collect()
}
