//! The gateway of a service, made of the same definition that its authorizer reads.

mod authorizer;
mod cors;
mod gateway_responses;
mod integration;
mod mapping;
mod mock;
mod paths;
mod snippet;

use serde_json::{Value, json};

use super::{Authorizer, ServiceDefinition};

pub use snippet::snippet;

/// Where the authorizer is. Both are texts and stand in the document as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement<'a> {
    /// The AWS Region.
    pub region: &'a str,
    /// The ARN of the authorizer's function.
    pub authorizer_arn: &'a str,
}

/// Placeholders as `Fn::Sub` and Terraform's `templatefile` both fill them.
impl Default for Placement<'static> {
    fn default() -> Self {
        Self { region: "${Region}", authorizer_arn: "${AuthorizerArn}" }
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
    let responses = gateway_responses::gateway_responses(service);
    if !responses.is_empty() {
        document["x-amazon-apigateway-gateway-responses"] = Value::Object(responses);
    }
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
