//! The gateway of a service, made of the same definition that its authorizer reads.

mod authorizer;
mod cors;
mod gateway_responses;
mod http_api;
mod http_routes;
mod http_snippet;
mod integration;
mod mapping;
mod mock;
mod paths;
mod snippet;

use serde_json::{Value, json};

use super::{Authorizer, HttpUri, ServiceDefinition};

pub use http_api::{HttpAnswers, HttpApi, NotAnHttpApi};
pub use http_snippet::http_snippet;
pub use snippet::snippet;

/// Where the things are that a document names. All are texts and stand in it as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement<'a> {
    /// The partition of AWS, such as `aws` or `aws-cn`.
    pub partition: &'a str,
    /// The AWS Region.
    pub region: &'a str,
    /// The ARN of the authorizer's function.
    pub authorizer_arn: &'a str,
    /// The ARN of the load balancer's listener that a VPC link leads an HTTP API to.
    pub listener_arn: &'a str,
    /// Who issues the tokens, where that is known: challenges then lead to the resource's metadata.
    pub issuer: Option<&'a HttpUri>,
}

impl<'a> Placement<'a> {
    /// Where a function is, in the partition of its ARN.
    pub fn of(region: &'a str, authorizer_arn: &'a str) -> Self {
        let default = Placement::default();
        let partition = authorizer_arn.strip_prefix("arn:").and_then(|rest| rest.split(':').next());
        Self { partition: partition.unwrap_or(default.partition), region, authorizer_arn, ..default }
    }
}

/// Placeholders as `Fn::Sub` and Terraform's `templatefile` both fill them.
impl Default for Placement<'static> {
    fn default() -> Self {
        Self {
            partition: "aws",
            region: "${Region}",
            authorizer_arn: "${AuthorizerArn}",
            listener_arn: "${ListenerArn}",
            issuer: None,
        }
    }
}

/// The OpenAPI 3.0.1 document of a REST API that guards the service and forwards to its backend.
///
/// It is relative to the service's base path, which a custom domain maps to the API. Its stage needs the variables
/// that [`stage_variables`] tells, for they are no part of OpenAPI.
pub fn rest_document(service: &ServiceDefinition, placement: &Placement<'_>) -> Value {
    let mut document = json!({
        "openapi": "3.0.1",
        "info": { "title": service.name.as_str(), "version": "1" },
        "paths": paths::paths(service),
    });
    if is_guarded(service) {
        document["components"] = json!({ "securitySchemes": authorizer::security_schemes(service, placement) });
    }
    let responses = gateway_responses::gateway_responses(service, placement.issuer);
    document["x-amazon-apigateway-gateway-responses"] = Value::Object(responses);
    document["x-amazon-apigateway-binary-media-types"] = json!(["*/*"]);
    document
}

/// The variables of the stage that the document is deployed to: they tell the authorizer which service it decides for.
pub fn stage_variables(service: &ServiceDefinition) -> Value {
    json!({ "spkey": service.spkey.as_str() })
}

fn is_guarded(service: &ServiceDefinition) -> bool {
    !matches!(service.authorizer, Authorizer::None)
}

#[cfg(test)]
mod tests;
