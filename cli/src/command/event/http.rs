//! Events of HTTP APIs, payload formats 1.0 and 2.0: header names in lower case, form bodies in base64.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::{
    request::Request,
    shape::{ACCOUNT, API, EXTENDED_REQUEST_ID, REQUEST_ID, SOURCE_IP, TIME, TIME_EPOCH, USER_AGENT},
};

/// The event of an authorizer, payload format 1.0.
pub(super) fn authorizer_event_1_0(request: &Request) -> Value {
    json!({
        "version": "1.0",
        "type": "REQUEST",
        "methodArn": route_arn(request),
        "identitySource": request.authorization(),
        "authorizationToken": request.authorization(),
        "resource": PROXY,
        "path": request.whole_path(),
        "httpMethod": request.method,
        "headers": request.lower_case_headers(),
        "queryStringParameters": request.query_map(),
        "pathParameters": request.path_parameters(),
        "stageVariables": request.stage_variables,
        "requestContext": context_1_0(request),
    })
}

/// The event of an authorizer, payload format 2.0, which leaves out what was not sent.
pub(super) fn authorizer_event_2_0(request: &Request) -> Value {
    let identity: Vec<&str> = request.authorization().into_iter().collect();
    let mut event = json!({
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": route_arn(request),
        "identitySource": identity,
    });
    append(&mut event, start_2_0(request));
    event
}

/// The event of a Lambda proxy integration, payload format 1.0.
pub(super) fn proxy_event_1_0(request: &Request) -> Value {
    json!({
        "version": "1.0",
        "resource": DEFAULT,
        "path": request.whole_path(),
        "httpMethod": request.method,
        "headers": request.lower_case_headers(),
        "multiValueHeaders": lists(request.lower_case_headers()),
        "queryStringParameters": or_null(request.query_map()),
        "multiValueQueryStringParameters": or_null(request.query_lists()),
        "requestContext": context_1_0(request),
        "pathParameters": null,
        "stageVariables": or_null(request.stage_variables.clone()),
        "body": base64_body(request),
        "isBase64Encoded": request.body.is_some(),
    })
}

/// The event of a Lambda proxy integration, payload format 2.0.
pub(super) fn proxy_event_2_0(request: &Request) -> Value {
    let mut event = json!({ "version": "2.0" });
    append(&mut event, start_2_0(request));
    event["routeKey"] = DEFAULT.into();
    event["requestContext"]["routeKey"] = DEFAULT.into();
    if let Value::Object(event) = &mut event {
        event.shift_remove("pathParameters");
    }
    if let Some(body) = base64_body(request) {
        event["body"] = body.into();
    }
    event["isBase64Encoded"] = request.body.is_some().into();
    event
}

fn start_2_0(request: &Request) -> Value {
    let (query, variables) = (request.query_map(), &request.stage_variables);
    let mut event = json!({
        "routeKey": ROUTE,
        "rawPath": request.whole_path(),
        "rawQueryString": request.raw_query(),
        "headers": request.lower_case_headers(),
    });
    if !query.is_empty() {
        event["queryStringParameters"] = query.into();
    }
    event["requestContext"] = context_2_0(request);
    event["pathParameters"] = request.path_parameters().into();
    if !variables.is_empty() {
        event["stageVariables"] = variables.clone().into();
    }
    event
}

fn context_1_0(request: &Request) -> Value {
    json!({
        "accountId": ACCOUNT,
        "apiId": API,
        "domainName": request.host,
        "domainPrefix": domain_prefix(request),
        "extendedRequestId": EXTENDED_REQUEST_ID,
        "httpMethod": request.method,
        "identity": {
            "accessKey": null,
            "accountId": null,
            "caller": null,
            "cognitoAmr": null,
            "cognitoAuthenticationProvider": null,
            "cognitoAuthenticationType": null,
            "cognitoIdentityId": null,
            "cognitoIdentityPoolId": null,
            "principalOrgId": null,
            "sourceIp": SOURCE_IP,
            "user": null,
            "userAgent": USER_AGENT,
            "userArn": null,
        },
        "path": request.whole_path(),
        "protocol": "HTTP/1.1",
        "requestId": EXTENDED_REQUEST_ID,
        "requestTime": TIME,
        "requestTimeEpoch": TIME_EPOCH,
        "resourceId": null,
        "resourcePath": PROXY,
        "stage": STAGE,
    })
}

fn context_2_0(request: &Request) -> Value {
    json!({
        "accountId": ACCOUNT,
        "apiId": API,
        "domainName": request.host,
        "domainPrefix": domain_prefix(request),
        "http": {
            "method": request.method,
            "path": request.whole_path(),
            "protocol": "HTTP/1.1",
            "sourceIp": SOURCE_IP,
            "userAgent": USER_AGENT,
        },
        "requestId": REQUEST_ID,
        "routeKey": ROUTE,
        "stage": STAGE,
        "time": TIME,
        "timeEpoch": TIME_EPOCH,
    })
}

fn route_arn(request: &Request) -> String {
    request.arn(STAGE, &format!("{}{}", request.method, request.path))
}

fn domain_prefix(request: &Request) -> &str {
    request.host.split('.').next().unwrap_or_default()
}

fn base64_body(request: &Request) -> Option<String> {
    request.body.as_ref().map(|body| STANDARD.encode(body))
}

fn lists(map: Map<String, Value>) -> Map<String, Value> {
    map.into_iter().map(|(name, value)| (name, json!([value]))).collect()
}

fn or_null(map: Map<String, Value>) -> Value {
    if map.is_empty() { Value::Null } else { Value::Object(map) }
}

fn append(event: &mut Value, members: Value) {
    if let (Value::Object(event), Value::Object(members)) = (event, members) {
        event.extend(members);
    }
}

const STAGE: &str = "$default";
const PROXY: &str = "/{proxy+}";
const ROUTE: &str = "ANY /{proxy+}";
const DEFAULT: &str = "$default";
