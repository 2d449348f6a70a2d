//! Events of REST APIs, which are also payload format 1.0 of HTTP APIs.

use serde_json::{Map, Value, json};

use crate::{
    api::{ACCOUNT, ApiKind},
    call::{Call, PROTOCOL},
    edge,
    event::{self, EventBody},
    headers::Headers,
};

/// The event of a `TOKEN` authorizer.
pub(crate) fn token(call: &Call<'_>, token: &str) -> Value {
    json!({ "type": "TOKEN", "authorizationToken": token, "methodArn": call.arn() })
}

/// The event of a `REQUEST` authorizer; its maps are empty, not null, where nothing was sent.
pub(crate) fn request(call: &Call<'_>) -> Value {
    let mut event = parts(call, Value::Object);
    event["type"] = Value::from("REQUEST");
    event["methodArn"] = Value::from(call.arn());
    event["requestContext"] = context(call);
    event
}

/// The event of a `request` authorizer with payload format 1.0.
pub(crate) fn http_request(call: &Call<'_>, identity: &[String]) -> Value {
    let mut event = request(call);
    let identity = (!identity.is_empty()).then(|| identity.join(","));
    event["version"] = Value::from("1.0");
    event["identitySource"] = Value::from(identity.clone());
    event["authorizationToken"] = Value::from(identity);
    event
}

/// The event of a Lambda proxy integration; its maps are null where nothing was sent.
pub(crate) fn proxy(call: &Call<'_>, body: EventBody) -> Value {
    let mut event = parts(call, |map| if map.is_empty() { Value::Null } else { Value::Object(map) });
    if call.deployment.kind == ApiKind::Http {
        event["version"] = Value::from("1.0");
    }
    let mut context = context(call);
    if let Some(authorizer) = authorizer(call) {
        context["authorizer"] = authorizer;
    }
    event["requestContext"] = context;
    event["body"] = Value::from(body.text);
    event["isBase64Encoded"] = Value::from(body.base64);
    event
}

fn parts(call: &Call<'_>, map: impl Fn(Map<String, Value>) -> Value) -> Value {
    let (headers, query) = (spelled(call), call.request.query_pairs());
    Value::Object(event::object([
        ("resource", Value::from(resource(call))),
        ("path", Value::from(call.request.path.as_str())),
        ("httpMethod", Value::from(call.request.method.as_str())),
        ("headers", map(event::last_values(event::fields(&headers)))),
        ("multiValueHeaders", map(event::all_values(event::fields(&headers)))),
        ("queryStringParameters", map(event::last_values(event::pairs(&query)))),
        ("multiValueQueryStringParameters", map(event::all_values(event::pairs(&query)))),
        ("pathParameters", map(event::path_variables(call))),
        ("stageVariables", map(event::stage_variables(call))),
    ]))
}

/// REST APIs keep the client's spelling of header names, HTTP APIs write them in lower case.
fn spelled(call: &Call<'_>) -> Headers {
    let headers = edge::headers(call);
    match call.deployment.kind {
        ApiKind::Rest => headers,
        ApiKind::Http => headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(),
    }
}

/// The route's template; an HTTP API's route key has the method before it.
fn resource<'a>(call: &Call<'a>) -> &'a str {
    call.resource.split_once(' ').map_or(call.resource, |(_, template)| template)
}

fn context(call: &Call<'_>) -> Value {
    let mut context = json!({
        "resourceId": call.resource,
        "resourcePath": resource(call),
        "httpMethod": call.request.method,
        "extendedRequestId": call.id,
        "requestTime": call.received.clf(),
        "path": call.request.path,
        "accountId": ACCOUNT,
        "protocol": PROTOCOL,
        "stage": call.deployment.stage,
        "domainPrefix": call.domain_prefix(),
        "requestTimeEpoch": call.received.0,
        "requestId": call.id,
        "domainName": call.request.host(),
        "apiId": call.deployment.id,
    });
    context["identity"] = identity(call);
    context
}

fn identity(call: &Call<'_>) -> Value {
    json!({
        "cognitoIdentityPoolId": null,
        "accountId": null,
        "cognitoIdentityId": null,
        "caller": null,
        "sourceIp": call.request.peer.to_string(),
        "principalOrgId": null,
        "accessKey": null,
        "cognitoAuthenticationType": null,
        "cognitoAuthenticationProvider": null,
        "userArn": null,
        "userAgent": call.request.headers.last("user-agent"),
        "user": null,
    })
}

/// Context entries and principal side by side.
fn authorizer(call: &Call<'_>) -> Option<Value> {
    let context = call.authorizer.as_ref()?;
    let mut entries = Map::clone(&context.entries);
    if let Some(principal) = &context.principal {
        entries.insert("principalId".to_owned(), Value::from(principal.as_str()));
    }
    Some(Value::Object(entries))
}
