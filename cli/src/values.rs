//! `${env:NAME}` and `${file:PATH}` in a configuration file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use shared::model::{PublicKey, configuration::Values};

use crate::certificate;

/// The process's environment, and files relative to the configuration file.
#[derive(Debug)]
pub(crate) struct Surroundings {
    folder: PathBuf,
}

impl Surroundings {
    /// Those of a configuration file.
    pub(crate) fn of(file: &Path) -> Self {
        Self { folder: file.parent().map(Path::to_owned).unwrap_or_default() }
    }
}

impl Values for Surroundings {
    #[expect(clippy::disallowed_methods, reason = "this is what the file asks for")]
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn file(&self, path: &str) -> Result<String, String> {
        let text = fs::read_to_string(self.folder.join(path)).map_err(|error| error.to_string())?;
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    fn certified_key(&self, pem: &str) -> Result<PublicKey, String> {
        certificate::public_key(pem)
    }
}
