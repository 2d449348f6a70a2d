//! Proxy events of API Gateway and answers to them, by way of lambda_http.

use lambda_http::{
    Body, RequestExt,
    aws_lambda_events::apigw::{ApiGatewayProxyRequestContext, ApiGatewayV2httpRequestContext},
    request::RequestContext,
};

use crate::protocol::{Request, Response};

/// The request of an event. `hops` proxies in front are trusted to add to `X-Forwarded-For`.
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
    answer
}

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

/// The `hops`-th address of `X-Forwarded-For` from the right: what the outermost trusted proxy saw.
fn forwarded(event: &lambda_http::Request, hops: usize) -> Option<String> {
    let at = hops.checked_sub(1)?;
    let values = event.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let addresses: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    addresses.iter().rev().nth(at).map(ToString::to_string)
}
