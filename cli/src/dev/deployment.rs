//! The APIs that run: the token API, and the generated document of each service.

use gateway::{Api, ApiKind};
use serde_json::{Value, json};
use shared::{
    model::{
        Authorizer, ServiceDefinition,
        openapi::{self, Placement},
    },
    protocol::Digest,
};

use super::functions::{INTROSPECTION, SHARED_TOKEN, TOKEN, arn};

/// Every API.
pub(super) fn apis<'a>(services: impl IntoIterator<Item = &'a ServiceDefinition>) -> Vec<Api> {
    services.into_iter().map(service_api).chain([token_api()]).collect()
}

fn service_api(service: &ServiceDefinition) -> Api {
    let function = match service.authorizer {
        Authorizer::Introspection(_) => INTROSPECTION,
        Authorizer::SharedToken(_) | Authorizer::None => SHARED_TOKEN,
    };
    let placement = Placement { region: gateway::REGION, authorizer_arn: &arn(function) };
    let variables = openapi::stage_variables(service);
    let variables = variables.as_object().into_iter().flatten();
    Api {
        id: api_id(service),
        stage: "local".into(),
        base_path: service.base_path.prefix().to_owned(),
        stage_variables: variables
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
        document: openapi::rest_document(service, &placement),
        kind: ApiKind::Rest,
    }
}

/// Ten lower-case letters and digits, the same at each start.
fn api_id(service: &ServiceDefinition) -> String {
    let digest = Digest::of(service.spkey.as_str().as_bytes());
    digest.as_bytes().iter().take(5).map(|byte| format!("{byte:02x}")).collect()
}

/// The token endpoints: an HTTP API whose `$default` route goes to the function `token`.
fn token_api() -> Api {
    Api {
        id: "tokenapi00".into(),
        stage: "$default".into(),
        base_path: String::new(),
        stage_variables: [].into(),
        document: token_document(),
        kind: ApiKind::Http,
    }
}

fn token_document() -> Value {
    let function = arn(TOKEN);
    let region = gateway::REGION;
    let uri = format!("arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function}/invocations");
    json!({
        "openapi": "3.0.1",
        "info": { "title": "tollgate-token", "version": "1" },
        "paths": { "/$default": { "x-amazon-apigateway-any-method": {
            "isDefaultRoute": true,
            "x-amazon-apigateway-integration": {
                "type": "aws_proxy", "httpMethod": "POST", "payloadFormatVersion": "2.0", "uri": uri,
            },
        } } },
    })
}
