//! A file as it is looked at, which is less than is needed to write it.

use super::{Configuration, Mistake, ServiceEntry};
use crate::model::HttpUri;

/// What can be told of a file whose secrets may be missing. It cannot be applied.
#[derive(Debug)]
pub struct Outline {
    /// The issuer.
    pub issuer: Option<HttpUri>,
    /// The services, in the order of the file.
    pub services: Vec<ServiceEntry>,
    /// How many applications there are.
    pub applications: usize,
    /// How many clients they have.
    pub clients: usize,
    /// How many users there are.
    pub users: usize,
    /// What is worth a look.
    pub warnings: Vec<Mistake>,
}

impl Outline {
    pub(super) fn of(configuration: Configuration) -> Self {
        let Configuration { issuer, services, applications, users, warnings, .. } = configuration;
        let clients = applications.iter().map(|application| application.clients.len()).sum();
        Self { issuer, services, applications: applications.len(), clients, users: users.len(), warnings }
    }
}
