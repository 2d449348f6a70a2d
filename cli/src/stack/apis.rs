//! The APIs themselves: each service's generated document with what only a deployment knows filled in by CloudFormation.

use serde_json::{Map, Value, json};
use shared::model::{
    ServiceDefinition,
    openapi::{self, HttpAnswers, HttpApi, NotAnHttpApi, Placement},
};

use super::{NamedService, Product, StackError, access_log, logging, parameters};

/// The stage of every REST API.
pub(super) const STAGE: &str = "live";

impl NamedService<'_> {
    /// The resource of its API.
    pub(super) fn api(&self) -> String {
        format!("{}Api", self.id)
    }
}

/// One API for each service.
pub(super) fn resources(services: &[NamedService<'_>], product: Product) -> Result<Map<String, Value>, StackError> {
    let (mut resources, mut refused) = (Map::new(), Vec::new());
    for named in services {
        match api(named, product) {
            Ok(api) => {
                resources.insert(named.api(), api);
            }
            Err(reasons) => refused.push(reasons),
        }
    }
    if refused.is_empty() { Ok(resources) } else { Err(StackError::NotHttpApis(refused)) }
}

fn api(named: &NamedService<'_>, product: Product) -> Result<Value, NotAnHttpApi> {
    match product {
        Product::Rest => Ok(rest_api(named)),
        Product::Http(answers) => http_api(named, answers),
    }
}

fn rest_api(named: &NamedService<'_>) -> Value {
    json!({
        "Type": "AWS::Serverless::Api",
        "Properties": {
            "Name": name(named.service),
            "StageName": STAGE,
            "OpenApiVersion": "3.0.1",
            "EndpointConfiguration": { "Type": "REGIONAL" },
            "TracingEnabled": true,
            "Variables": openapi::stage_variables(named.service),
            "AccessLogSetting": access_log(named.service, Product::Rest),
            "DefinitionBody": substituted(placed(named, openapi::rest_document)),
        },
    })
}

fn http_api(named: &NamedService<'_>, answers: HttpAnswers) -> Result<Value, NotAnHttpApi> {
    let document = placed(named, |service, placement| Ok(HttpApi::of(service, answers)?.document(placement)))?;
    let mut document = substituted(document);
    // SAM takes the name of an HTTP API from its document alone.
    document["info"]["title"] = name(named.service);
    Ok(json!({
        "Type": "AWS::Serverless::HttpApi",
        "Properties": {
            "StageVariables": openapi::stage_variables(named.service),
            "AccessLogSettings": access_log(named.service, Product::Http(answers)),
            "DefinitionBody": document,
        },
    }))
}

fn name(service: &ServiceDefinition) -> Value {
    json!({ "Fn::Sub": format!("${{AWS::StackName}}-{}", service.name) })
}

fn access_log(service: &ServiceDefinition, product: Product) -> Value {
    json!({
        "DestinationArn": { "Fn::GetAtt": [logging::GROUP, "Arn"] },
        "Format": access_log::format(service, product),
    })
}

/// A document whose Region, authorizer, VPC link and listener are parameters of the stack.
fn placed<D>(named: &NamedService<'_>, document: impl FnOnce(&ServiceDefinition, &Placement<'_>) -> D) -> D {
    let parameter = |name: &str| format!("${{{name}}}");
    let authorizer = parameters::authorizer_arn(&named.service.authorizer).map(parameter).unwrap_or_default();
    let listener = parameter(&named.listener());
    let link = named.service.vpc_link.as_ref().map(|_| parameter(&named.vpc_link()));
    let service = ServiceDefinition { vpc_link: link, ..named.service.clone() };
    let placement = Placement {
        partition: "${AWS::Partition}",
        region: "${AWS::Region}",
        authorizer_arn: &authorizer,
        listener_arn: &listener,
        issuer: named.issuer,
    };
    document(&service, &placement)
}

/// Hands every text that has a placeholder to CloudFormation; the documents have no others.
fn substituted(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains("${") => json!({ "Fn::Sub": text }),
        Value::Array(items) => items.into_iter().map(substituted).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, substituted(value))).collect(),
        other => other,
    }
}
