//! `cargo run -p pages --example gallery -- FOLDER` writes every page, with sample texts, into a folder.

#![expect(clippy::unwrap_used, reason = "the samples are right")]

use std::path::PathBuf;
use std::{env, fs, io};

#[path = "../tests/pages/samples.rs"]
mod samples;

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map_or_else(|| PathBuf::from("target/gallery"), PathBuf::from);
    fs::create_dir_all(&folder)?;
    for (look, theme, texts) in samples::looks() {
        for (name, document) in samples::documents(&theme, &texts) {
            fs::write(folder.join(format!("{look}-{name}.html")), document.html)?;
        }
    }
    Ok(())
}
