//! The definitions of a file's services, for what is generated of them.

use shared::{
    model::{
        ServiceDefinition,
        configuration::{Configuration, ServiceEntry},
    },
    protocol::Spkey,
};

use super::Failure;

/// The service of a name or an spkey.
pub(super) fn named(configuration: &Configuration, text: &str) -> Result<ServiceDefinition, Failure> {
    let is_asked = |spkey: Option<&Spkey>| spkey.is_some_and(|spkey| spkey.as_str() == text);
    let entry =
        configuration.services.iter().find(|entry| entry.name.as_str() == text || is_asked(entry.spkey.as_ref()));
    let Some(entry) = entry else {
        let names: Vec<&str> = configuration.services.iter().map(|entry| entry.name.as_str()).collect();
        return Err(Failure::new(format!("no service {text:?}; there are: {}", names.join(", "))));
    };
    definition(entry)
}

/// Every service, in the order of the file.
pub(super) fn all(configuration: &Configuration) -> Result<Vec<ServiceDefinition>, Failure> {
    configuration.services.iter().map(definition).collect()
}

/// An omitted spkey is only known where the file was applied.
fn definition(entry: &ServiceEntry) -> Result<ServiceDefinition, Failure> {
    let Some(spkey) = entry.spkey.clone() else {
        let text = format!("the service {} has no spkey in the file yet: add the one it was given", entry.name);
        return Err(Failure::new(text));
    };
    Ok(entry.without_credentials(spkey))
}
