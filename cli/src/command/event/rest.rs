//! Events of REST APIs: header names as sent, every map twice, nulls where a proxy integration has nothing.

use serde_json::{Map, Value, json};

use super::{
    request::Request,
    shape::{ACCOUNT, API, EXTENDED_REQUEST_ID, REQUEST_ID, SOURCE_IP, TIME, TIME_EPOCH, USER_AGENT},
};

/// The event of an authorizer of type `REQUEST`.
pub(super) fn authorizer_event(request: &Request) -> Value {
    json!({
        "type": "REQUEST",
        "methodArn": method_arn(request),
        "resource": PROXY,
        "path": request.whole_path(),
        "httpMethod": request.method,
        "headers": request.headers(),
        "multiValueHeaders": request.header_lists(),
        "queryStringParameters": request.query_map(),
        "multiValueQueryStringParameters": request.query_lists(),
        "pathParameters": request.path_parameters(),
        "stageVariables": request.stage_variables,
        "requestContext": context(request),
    })
}

/// The event of an authorizer of type `TOKEN`.
pub(super) fn token_event(request: &Request) -> Value {
    json!({
        "type": "TOKEN",
        "authorizationToken": request.authorization(),
        "methodArn": method_arn(request),
    })
}

/// The event of a Lambda proxy integration.
pub(super) fn proxy_event(request: &Request) -> Value {
    json!({
        "resource": PROXY,
        "path": request.whole_path(),
        "httpMethod": request.method,
        "headers": request.headers(),
        "multiValueHeaders": request.header_lists(),
        "queryStringParameters": or_null(request.query_map()),
        "multiValueQueryStringParameters": or_null(request.query_lists()),
        "pathParameters": request.path_parameters(),
        "stageVariables": or_null(request.stage_variables.clone()),
        "requestContext": context(request),
        "body": request.body,
        "isBase64Encoded": false,
    })
}

fn method_arn(request: &Request) -> String {
    request.arn(STAGE, &format!("{}{}", request.method, request.path))
}

fn or_null(map: Map<String, Value>) -> Value {
    if map.is_empty() { Value::Null } else { Value::Object(map) }
}

fn context(request: &Request) -> Value {
    let (prefix, _) = request.host.split_once('.').unwrap_or_default();
    json!({
        "resourceId": "x7k2p9",
        "resourcePath": PROXY,
        "httpMethod": request.method,
        "extendedRequestId": EXTENDED_REQUEST_ID,
        "requestTime": TIME,
        "path": request.whole_path(),
        "accountId": ACCOUNT,
        "protocol": "HTTP/1.1",
        "stage": STAGE,
        "domainPrefix": prefix,
        "requestTimeEpoch": TIME_EPOCH,
        "requestId": REQUEST_ID,
        "identity": {
            "cognitoIdentityPoolId": null,
            "accountId": null,
            "cognitoIdentityId": null,
            "caller": null,
            "sourceIp": SOURCE_IP,
            "principalOrgId": null,
            "accessKey": null,
            "cognitoAuthenticationType": null,
            "cognitoAuthenticationProvider": null,
            "userArn": null,
            "userAgent": USER_AGENT,
            "user": null,
        },
        "domainName": request.host,
        "deploymentId": "d4k8w2",
        "apiId": API,
    })
}

const STAGE: &str = "prod";
const PROXY: &str = "/{proxy+}";
