//! The binaries: building them, and their size.

use std::{
    env,
    error::Error,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
};

use flate2::{Compression, write::DeflateEncoder};

use crate::name::Name;

/// Sizes in KiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// The binary as it is.
    pub(crate) binary: f64,
    /// The zip with it alone, as `bootstrap`, unless it was not asked for.
    pub(crate) zip: Option<f64>,
}

/// Builds release binaries, one package at a time: together, cargo would give each the features that any of them asks
/// for.
///
/// # Errors
/// A build fails.
pub(crate) fn build<'a>(packages: impl IntoIterator<Item = &'a str>) -> Result<(), Box<dyn Error>> {
    for package in packages {
        eprintln!("cargo build --release -p {package}");
        let built = cargo()
            .args(["build", "--release", "--quiet", "-p", package])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()?;
        if !built.success() {
            return Err(format!("cargo build --release -p {package}: {built}").into());
        }
    }
    Ok(())
}

/// Without the variables that `cargo run` has set for this program: a build script that looks at one, such as ring's, would
/// run again, and with it all that depends on it would be built again.
fn cargo() -> Command {
    let mut cargo = Command::new("cargo");
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// The packages of these names, each once.
pub(crate) fn packages(names: &[Name]) -> Vec<&'static str> {
    let mut packages: Vec<_> = names.iter().map(|name| name.package()).collect();
    packages.sort_unstable();
    packages.dedup();
    packages
}

/// Where cargo puts release binaries: beside this program's own folder.
///
/// # Errors
/// The system does not tell where this program is.
pub(crate) fn release_folder() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().nth(2).ok_or_else(|| io::Error::other("this program lies in no target folder"))?;
    Ok(target.join("release"))
}

/// The sizes of a binary.
///
/// # Errors
/// It is not there.
pub(crate) fn size(binary: &Path, with_zip: bool) -> io::Result<Size> {
    let bytes = fs::read(binary)?;
    let zip = with_zip.then(|| zipped(&bytes)).transpose()?;
    let kibibytes = |bytes: usize| bytes as f64 / 1024.0;
    Ok(Size { binary: kibibytes(bytes.len()), zip: zip.map(kibibytes) })
}

fn zipped(bytes: &[u8]) -> io::Result<usize> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len() + ZIP_OVERHEAD)
}

/// Local header, central header and end record of a zip with one file named `bootstrap`.
const ZIP_OVERHEAD: usize = 30 + 9 + 46 + 9 + 22;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_built_once() {
        assert_eq!(packages(&[Name::Token, Name::BareGet, Name::BarePut]), ["bare-handlers", "token"]);
    }
}
