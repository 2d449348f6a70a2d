//! Pieces of documents.

use std::net::SocketAddr;

use serde_json::{Value, json};

pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:123456789012:function:{name}")
}

/// The ARN by which API Gateway invokes a function.
pub(crate) fn invocation(name: &str) -> String {
    format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations", arn(name))
}

/// An authorizer's answer.
pub(crate) fn policy(statements: Value, context: Value) -> Value {
    json!({
        "principalId": "ada",
        "policyDocument": { "Version": "2012-10-17", "Statement": statements },
        "context": context,
    })
}

/// A REST API with these paths and an authorizer named `auth` where there are settings.
pub(crate) fn rest_api(authorizer: Option<Value>, paths: Value) -> Value {
    let schemes = authorizer.map(|settings| {
        json!({ "auth": {
            "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": settings,
        } })
    });
    json!({
        "openapi": "3.0.1",
        "info": { "title": "test", "version": "1" },
        "components": { "securitySchemes": schemes },
        "paths": paths,
    })
}

/// A request authorizer of a REST API, invoking the function `authorizer`.
pub(crate) fn rest_authorizer(identity: &str, ttl: u64) -> Value {
    json!({
        "type": "request", "authorizerUri": invocation("authorizer"), "identitySource": identity,
        "authorizerResultTtlInSeconds": ttl,
    })
}

/// An operation with the path variable `proxy` and the authorizer `auth`.
pub(crate) fn operation(integration: Value) -> Value {
    json!({
        "parameters": [{ "name": "proxy", "in": "path", "required": true, "schema": { "type": "string" } }],
        "security": [{ "auth": [] }],
        "x-amazon-apigateway-integration": integration,
    })
}

/// A REST integration that passes `proxy` on and has further mappings.
pub(crate) fn http_proxy(backend: SocketAddr, mappings: Value) -> Value {
    let mut parameters = json!({ "integration.request.path.proxy": "method.request.path.proxy" });
    let mappings = mappings.as_object().expect("mappings are an object").clone();
    parameters.as_object_mut().expect("an object").extend(mappings);
    json!({
        "type": "http_proxy", "httpMethod": "ANY", "uri": format!("http://{backend}/{{proxy}}"),
        "requestParameters": parameters,
    })
}

/// A Lambda proxy integration of a REST API.
pub(crate) fn lambda_proxy(name: &str) -> Value {
    json!({ "type": "aws_proxy", "httpMethod": "POST", "uri": invocation(name) })
}
