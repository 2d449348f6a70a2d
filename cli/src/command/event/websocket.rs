//! The event of an authorizer at the `$connect` route of a WebSocket API.

use serde_json::{Map, Value, json};

use super::{
    request::Request,
    shape::{API, EXTENDED_REQUEST_ID, REQUEST_ID, SOURCE_IP, TIME, TIME_EPOCH},
};

/// The event; a WebSocket has neither method nor path.
pub(super) fn authorizer_event(request: &Request) -> Value {
    let mut headers = request.headers();
    let mut lists = request.header_lists();
    for (name, value) in HANDSHAKE {
        headers.insert(name.into(), value.into());
        lists.insert(name.into(), json!([value]));
    }
    json!({
        "type": "REQUEST",
        "methodArn": request.arn(STAGE, ROUTE),
        "headers": headers,
        "multiValueHeaders": lists,
        "queryStringParameters": request.query_map(),
        "multiValueQueryStringParameters": request.query_lists(),
        "stageVariables": request.stage_variables,
        "requestContext": context(request),
    })
}

fn context(request: &Request) -> Map<String, Value> {
    let context = json!({
        "routeKey": ROUTE,
        "eventType": "CONNECT",
        "extendedRequestId": EXTENDED_REQUEST_ID,
        "requestTime": TIME,
        "messageDirection": "IN",
        "stage": STAGE,
        "connectedAt": TIME_EPOCH,
        "requestTimeEpoch": TIME_EPOCH + 2,
        "identity": { "sourceIp": SOURCE_IP },
        "requestId": REQUEST_ID,
        "domainName": request.host,
        "connectionId": "Zx8mPf5cDoECEPQ=",
        "apiId": API,
    });
    match context {
        Value::Object(context) => context,
        _ => Map::new(),
    }
}

const STAGE: &str = "production";
const ROUTE: &str = "$connect";
const HANDSHAKE: [(&str, &str); 5] = [
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
    ("Upgrade", "websocket"),
];
