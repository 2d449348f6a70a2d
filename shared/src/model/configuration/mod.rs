//! The configuration file: YAML or JSON into typed values, and every mistake in one run.

mod application;
mod branding;
mod caching;
mod client;
mod client_texts;
mod decode;
pub mod document;
mod guard;
mod headers;
mod inputs;
mod introspection;
mod issuer;
mod keys;
mod lines;
mod node;
mod open_methods;
mod outline;
mod paths;
mod profile;
mod proxy;
mod redirect_uri;
mod reference;
mod report;
mod route;
mod scope_rules;
mod secrets;
mod service;
mod services;
mod shared_token;
mod unique;
mod unserved;
mod user;
mod validation;
mod yaml;

pub use application::{ApiKeyEntry, ApplicationEntry};
pub use client::ClientEntry;
pub use outline::Outline;
pub use reference::{Needed, Values};
pub use report::{Mistake, Report};
pub use secrets::{GivenSecret, Secrets};
pub use service::{ProviderSecret, ServiceEntry};
pub use user::UserEntry;

use application::Context;
use decode::{Field, Object};
use reference::Resolver;
use report::{Findings, Place};
use services::Services;
use unique::Register;

use pages::Branding;

use crate::model::{HttpUri, TokenPaths};

/// A JSON Schema (2020-12) of the file, for editors. It knows members and words; [`parse`] knows the rest.
pub const SCHEMA: &str = include_str!("schema.json");

/// A file without mistakes.
#[derive(Debug)]
pub struct Configuration {
    /// The issuer; a deployment compares it with its own.
    pub issuer: Option<HttpUri>,
    /// Where the token endpoint is served besides; a deployment compares them with its own.
    pub paths: TokenPaths,
    /// The look of the pages; `None` = as it is.
    pub branding: Option<Branding>,
    /// The services, in the order of the file.
    pub services: Vec<ServiceEntry>,
    /// The applications, in the order of the file.
    pub applications: Vec<ApplicationEntry>,
    /// The users, in the order of the file.
    pub users: Vec<UserEntry>,
    /// What is worth a look.
    pub warnings: Vec<Mistake>,
}

/// Reads a file. `file` is its name for messages; nothing is read from anywhere but `text` and `values`.
///
/// # Errors
/// Every mistake of the file, in its order.
pub fn parse(file: &str, text: &str, values: &dyn Values) -> Result<Configuration, Report> {
    parse_needed(file, text, values, Needed::Everything)
}

/// Reads what of a file is needed. Other references may give nothing, which is a warning.
///
/// # Errors
/// As [`parse`].
pub fn outline(file: &str, text: &str, values: &dyn Values, needed: Needed) -> Result<Outline, Report> {
    parse_needed(file, text, values, needed).map(Outline::of)
}

fn parse_needed(file: &str, text: &str, values: &dyn Values, needed: Needed) -> Result<Configuration, Report> {
    let findings = Findings::new(file);
    let configuration = read(text, values, needed, &findings);
    let warnings = findings.conclude()?;
    let Some(configuration) = configuration else { return Err(Report { mistakes: Vec::new(), warnings }) };
    Ok(Configuration { warnings, ..configuration })
}

fn read(text: &str, values: &dyn Values, needed: Needed, findings: &Findings<'_>) -> Option<Configuration> {
    let mut tree = yaml::read(text, findings)?;
    let place = Place { line: tree.line, column: tree.column, path: String::new() };
    Resolver { values, needed, findings }.resolve(&mut tree, &place);
    let file = Field::root(&tree, findings).object()?;
    let configuration = members(&file, values);
    file.close();
    Some(configuration)
}

fn members(file: &Object<'_>, values: &dyn Values) -> Configuration {
    let issuer = file.read("issuer", None, |field| issuer::read(field).map(Some));
    let branding = file.read("branding", None, |field| branding::read(field).map(Some));
    let services = Services::read(file);
    let context = Context::new(&services, values, file.findings);
    let applications =
        file.read("applications", Vec::new(), |field| field.items(|item| application::read(item, &context)));
    let usernames = Register::new("username", file.findings);
    let users = file.read("users", Vec::new(), |field| field.items(|item| user::read(item, &usernames, &context)));
    unserved::refuse_items(file, "connections");
    unserved::refuse_member(file, "processors");
    let paths = file.read("paths", TokenPaths::default(), |field| paths::read(field, &services));
    let services = services.drafts.into_iter().filter_map(service::Draft::finish).collect();
    Configuration { issuer, paths, branding, services, applications, users, warnings: Vec::new() }
}

#[cfg(test)]
mod tests;
