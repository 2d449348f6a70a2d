//! One deployable SAM template with the API of every service of a file.

mod access_log;
mod apis;
mod domain;
mod logging;
mod names;
mod parameters;

use serde_json::{Map, Value, json};
use shared::model::{
    HttpUri, ServiceDefinition,
    openapi::{HttpAnswers, NotAnHttpApi},
};

/// Which of API Gateway's products serves the services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    /// REST APIs.
    Rest,
    /// HTTP APIs, whose authorizers answer so.
    Http(HttpAnswers),
}

/// A service under the name that its resources begin with.
#[derive(Clone, Debug)]
struct NamedService<'a> {
    id: String,
    service: &'a ServiceDefinition,
    issuer: Option<&'a HttpUri>,
}

/// Why there is no template.
#[derive(Debug)]
pub(crate) enum StackError {
    /// No HTTP API can do what these services ask for.
    NotHttpApis(Vec<NotAnHttpApi>),
    /// A custom domain cannot map this base path.
    BasePath(String),
    /// There is nothing to deploy.
    NoServices,
}

impl std::fmt::Display for StackError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotHttpApis(services) => {
                let lines: Vec<String> = services.iter().map(ToString::to_string).collect();
                f.write_str(&lines.join("\n"))
            }
            Self::BasePath(path) => {
                write!(f, "the base_path {path} has a ~, which API Gateway maps under no custom domain")
            }
            Self::NoServices => f.write_str("the file has no services"),
        }
    }
}

impl std::error::Error for StackError {}

/// The template. Where the issuer is known, challenges lead to the metadata of resources.
///
/// # Errors
/// [`StackError`].
pub(crate) fn template(
    services: &[ServiceDefinition],
    issuer: Option<&HttpUri>,
    product: Product,
) -> Result<Value, StackError> {
    if services.is_empty() {
        return Err(StackError::NoServices);
    }
    let services = names::named(services, issuer);
    let mut resources = Map::new();
    resources.extend(logging::resources(product));
    resources.extend(apis::resources(&services, product)?);
    resources.extend(domain::resources(&services)?);
    let mut conditions = domain::conditions();
    conditions.extend(logging::conditions(product));
    Ok(json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Description": "The APIs of the services that Tollgate guards",
        "Parameters": parameters::parameters(&services, product),
        "Rules": domain::rules(),
        "Conditions": conditions,
        "Resources": resources,
        "Outputs": domain::outputs(&services, product),
    }))
}

/// The template as the text of a file.
pub(crate) fn yaml(template: &Value) -> String {
    format!(
        "# Made by `tollgate stack`: change the configuration file and make it again.\n{}",
        crate::yaml::yaml(template)
    )
}

#[cfg(test)]
mod tests;
