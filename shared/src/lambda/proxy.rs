//! Proxy events of API Gateway and answers to them, by way of lambda_http.

use http::{HeaderName, HeaderValue, header};
use lambda_http::{
    Body, RequestExt,
    aws_lambda_events::apigw::{ApiGatewayProxyRequestContext, ApiGatewayV2httpRequestContext},
    request::{LambdaRequest, RequestContext},
};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::value::RawValue;

use crate::protocol::{Request, Response};

/// An event, read as what its `version` says it is. lambda_http alone reads every event as a REST API's first.
#[derive(Debug)]
pub struct ProxyEvent(LambdaRequest);

impl From<ProxyEvent> for LambdaRequest {
    fn from(event: ProxyEvent) -> Self {
        event.0
    }
}

impl<'de> Deserialize<'de> for ProxyEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Versioned {
            version: Option<String>,
        }
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let versioned: Versioned = serde_json::from_str(text.get()).map_err(Error::custom)?;
        let event = match versioned.version.as_deref() {
            Some("2.0") => serde_json::from_str(text.get()).map(LambdaRequest::ApiGatewayV2),
            _ => serde_json::from_str(text.get()).map(LambdaRequest::ApiGatewayV1),
        };
        event.map(Self).map_err(Error::custom)
    }
}

/// The request of an event. It comes from the `hops`-th address of `X-Forwarded-For`, counted from the right; from the
/// platform's where `hops` is 0 or there are fewer.
pub(super) fn request(event: lambda_http::Request, hops: usize) -> Request {
    let path = event.raw_http_path().to_owned();
    let (platform, request_id) = origin(event.request_context_ref());
    let source = forwarded(&event, hops).or(platform).unwrap_or_default();
    let (parts, body) = event.into_parts();
    let body = match body {
        Body::Text(text) => text.into_bytes(),
        Body::Binary(bytes) => bytes,
        _ => Vec::new(),
    };
    let query = parts.uri.query().filter(|query| !query.is_empty()).map(str::to_owned);
    Request { method: parts.method, path, query, headers: parts.headers, body, source, request_id }
}

/// The answer to an event. Every body is text, so that no platform has to be told of base64.
pub(super) fn response(response: Response) -> lambda_http::Response<Body> {
    let body = match String::from_utf8(response.body) {
        Ok(text) => Body::Text(text),
        Err(bytes) => Body::Binary(bytes.into_bytes()),
    };
    let mut answer = lambda_http::Response::new(body);
    *answer.status_mut() = response.status;
    *answer.headers_mut() = response.headers;
    let media_type = answer.headers().get(header::CONTENT_TYPE);
    if media_type.is_some_and(|media_type| media_type == "application/x-www-form-urlencoded") {
        // lambda_http takes a form for bytes, which a REST API passes on in base64, unless it is told.
        answer.headers_mut().insert(ENCODING, HeaderValue::from_static("text"));
    }
    answer
}

/// Tells lambda_http what a body is.
const ENCODING: HeaderName = HeaderName::from_static("x-lambda-http-content-encoding");

/// The caller's address and the request's id, as the platform tells them.
fn origin(context: Option<&RequestContext>) -> (Option<String>, String) {
    let (source, request_id) = match context {
        Some(RequestContext::ApiGatewayV1(ApiGatewayProxyRequestContext { identity, request_id, .. })) => {
            (identity.source_ip.clone(), request_id.clone())
        }
        Some(RequestContext::ApiGatewayV2(ApiGatewayV2httpRequestContext { http, request_id, .. })) => {
            (http.source_ip.clone(), request_id.clone())
        }
        _ => (None, None),
    };
    (source, request_id.unwrap_or_default())
}

/// The `hops`-th address of `X-Forwarded-For` from the right. API Gateway adds the last: its own peer.
fn forwarded(event: &lambda_http::Request, hops: usize) -> Option<String> {
    let at = hops.checked_sub(1)?;
    let values = event.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let addresses: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    addresses.iter().rev().nth(at).filter(|address| !address.is_empty()).map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use lambda_http::request::RequestOrigin;
    use serde_json::{Value, json};

    use super::*;

    const CLIENT: &str = "203.0.113.7";
    const PROXY: &str = "198.51.100.9";

    /// The source of an event of an HTTP API, whose peer is the proxy.
    fn source(forwarded: &str, hops: usize) -> String {
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/oauth2/token", "rawQueryString": "",
            "headers": { "x-forwarded-for": forwarded }, "isBase64Encoded": false,
            "requestContext": {
                "accountId": "1", "apiId": "api", "stage": "$default", "requestId": "r", "timeEpoch": 0,
                "http": {
                    "method": "POST", "path": "/oauth2/token", "protocol": "HTTP/1.1", "sourceIp": PROXY,
                    "userAgent": "curl",
                },
            },
        });
        request(lambda_http::request::from_str(&event.to_string()).unwrap(), hops).source
    }

    #[test]
    fn the_source_is_the_platforms_address_or_counted_from_the_right() {
        let chain = format!("192.0.2.66, {CLIENT}, {PROXY}");
        for (hops, expected) in [(0, PROXY), (1, PROXY), (2, CLIENT), (3, "192.0.2.66")] {
            assert_eq!(source(&chain, hops), expected, "{hops}");
        }
    }

    #[test]
    fn too_few_addresses_leave_the_platforms() {
        assert_eq!(source(PROXY, 2), PROXY);
        assert_eq!(source(&format!(", {PROXY}"), 2), PROXY);
        assert_eq!(source("", 1), PROXY);
    }

    fn read(event: Value) -> serde_json::Result<LambdaRequest> {
        serde_json::from_value::<ProxyEvent>(event).map(LambdaRequest::from)
    }

    #[test]
    fn an_event_is_what_its_version_says() {
        let rest = json!({"httpMethod": "POST", "path": "/oauth2/token", "requestContext": {"httpMethod": "POST"}});
        let mut first = rest.clone();
        first["version"] = "1.0".into();
        let http = json!({"method": "POST", "path": "/oauth2/token"});
        let second = json!({"version": "2.0", "rawPath": "/oauth2/token", "requestContext": {"http": http}});
        for event in [rest, first] {
            assert!(matches!(read(event).unwrap().request_origin(), RequestOrigin::ApiGatewayV1));
        }
        assert!(matches!(read(second).unwrap().request_origin(), RequestOrigin::ApiGatewayV2));
    }

    #[test]
    fn an_event_of_something_else_is_refused() {
        for event in [json!([]), json!({"version": 2}), json!({"version": "2.0", "requestContext": 1})] {
            assert!(read(event.clone()).is_err(), "{event}");
        }
    }
}
