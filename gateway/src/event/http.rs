//! Events of HTTP APIs in payload format 2.0, which leaves out what was not sent.

use serde_json::{Map, Value, json};

use crate::{
    api::ACCOUNT,
    call::{Call, PROTOCOL},
    edge,
    event::{self, EventBody},
    headers::Headers,
};

/// The event of a `request` authorizer.
pub(crate) fn request(call: &Call<'_>, identity: &[String]) -> Value {
    let mut event = start(call);
    event.insert("type".to_owned(), Value::from("REQUEST"));
    event.insert("routeArn".to_owned(), Value::from(call.arn()));
    event.insert("identitySource".to_owned(), if identity.is_empty() { Value::Null } else { json!(identity) });
    event.insert("requestContext".to_owned(), Value::Object(context(call)));
    Value::Object(event)
}

/// The event of a Lambda proxy integration.
pub(crate) fn proxy(call: &Call<'_>, body: EventBody) -> Value {
    let mut event = start(call);
    let mut context = context(call);
    if let Some(authorizer) = &call.authorizer {
        let entries = Value::Object(Map::clone(&authorizer.entries));
        context.insert("authorizer".to_owned(), Value::Object(event::object([("lambda", entries)])));
    }
    event.insert("requestContext".to_owned(), Value::Object(context));
    if let Some(text) = body.text {
        event.insert("body".to_owned(), Value::from(text));
    }
    event.insert("isBase64Encoded".to_owned(), Value::from(body.base64));
    Value::Object(event)
}

fn start(call: &Call<'_>) -> Map<String, Value> {
    let (headers, cookies) = without_cookies(&edge::headers(call));
    let mut event = Map::new();
    event.insert("version".to_owned(), Value::from("2.0"));
    event.insert("routeKey".to_owned(), Value::from(call.resource));
    event.insert("rawPath".to_owned(), Value::from(call.request.path.as_str()));
    event.insert("rawQueryString".to_owned(), Value::from(call.request.query.as_str()));
    if !cookies.is_empty() {
        event.insert("cookies".to_owned(), Value::from(cookies));
    }
    event.insert("headers".to_owned(), Value::Object(event::joined_values(event::fields(&headers))));
    let query = call.request.query_pairs();
    let sent = [
        ("queryStringParameters", event::joined_values(event::pairs(&query))),
        ("pathParameters", event::path_variables(call)),
        ("stageVariables", event::stage_variables(call)),
    ];
    let sent = sent.into_iter().filter(|(_, map)| !map.is_empty());
    event.extend(sent.map(|(name, map)| (name.to_owned(), Value::Object(map))));
    event
}

/// Names in lower case, and the cookies by themselves.
fn without_cookies(headers: &Headers) -> (Headers, Vec<String>) {
    let cookies =
        headers.all("cookie").flat_map(|line| line.split(';')).map(|cookie| cookie.trim().to_owned()).collect();
    let others = headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("cookie"));
    (others.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect(), cookies)
}

fn context(call: &Call<'_>) -> Map<String, Value> {
    let context = json!({
        "accountId": ACCOUNT,
        "apiId": call.deployment.id,
        "domainName": call.request.host(),
        "domainPrefix": call.domain_prefix(),
        "http": {
            "method": call.request.method,
            "path": call.request.path,
            "protocol": PROTOCOL,
            "sourceIp": call.request.peer.to_string(),
            "userAgent": call.request.headers.last("user-agent").unwrap_or_default(),
        },
        "requestId": call.id,
        "routeKey": call.resource,
        "stage": call.deployment.stage,
        "time": call.received.clf(),
        "timeEpoch": call.received.0,
    });
    match context {
        Value::Object(context) => context,
        _ => Map::new(),
    }
}
