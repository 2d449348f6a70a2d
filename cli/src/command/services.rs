//! The definitions of a file's services, for what is generated of them for AWS.

use std::path::Path;

use shared::{
    model::{
        HttpUri, ServiceDefinition,
        configuration::{Needed, Outline, ServiceEntry},
    },
    protocol::Spkey,
};

use super::{Failure, source};

/// The services of a file, or of the demo, which need nothing else to be documented.
pub(super) struct Documented {
    issuer: Option<HttpUri>,
    services: Vec<ServiceEntry>,
    file: String,
}

impl Documented {
    /// Reads a file; without one, the demo's.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(file) = file else {
            return Ok(Self { issuer: None, services: source::read(None)?.services, file: "demo.yaml".to_owned() });
        };
        let Outline { issuer, services, .. } = source::outline(file, Needed::Services)?;
        Ok(Self { issuer, services, file: file.display().to_string() })
    }

    /// Who issues the tokens, where the file says so.
    pub(super) fn issuer(&self) -> Option<&HttpUri> {
        self.issuer.as_ref()
    }

    /// The service of a name or an spkey.
    pub(super) fn named(&self, text: &str) -> Result<ServiceDefinition, Failure> {
        let is_asked = |spkey: Option<&Spkey>| spkey.is_some_and(|spkey| spkey.as_str() == text);
        let entry = self.services.iter().find(|entry| entry.name.as_str() == text || is_asked(entry.spkey.as_ref()));
        let Some(entry) = entry else {
            let names: Vec<&str> = self.services.iter().map(|entry| entry.name.as_str()).collect();
            return Err(Failure::new(format!("no service {text:?}; there are: {}", names.join(", "))));
        };
        self.definition(entry)
    }

    /// Every service, in the order of the file.
    pub(super) fn all(&self) -> Result<Vec<ServiceDefinition>, Failure> {
        self.services.iter().map(|entry| self.definition(entry)).collect()
    }

    /// An omitted spkey is only known where the file was applied. What is worth a look is printed.
    fn definition(&self, entry: &ServiceEntry) -> Result<ServiceDefinition, Failure> {
        let Some(spkey) = entry.spkey.clone() else {
            let text = format!("the service {} has no spkey in the file yet: add the one it was given", entry.name);
            return Err(Failure::new(text));
        };
        for doubt in entry.doubts_on_aws(&self.file) {
            anstream::eprintln!("warning: {doubt}");
        }
        Ok(entry.without_credentials(spkey))
    }
}
