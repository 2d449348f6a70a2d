//! Proxy events of API Gateway as requests, and answers to them.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use lambda_http::{
    Body,
    aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayV2httpResponse},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::value::RawValue;

use super::pairs::{List, Pairs, pairs};
use crate::protocol::{Request, Response};

/// The request of an event, and how its answer is written. No more of an event is read than the endpoints use, and
/// nothing in one ends the process: lambda_http itself reads every member, which costs more than the decision, and panics
/// over a `Host` that makes no URL.
#[derive(Debug)]
pub struct ProxyEvent {
    format: PayloadFormat,
    request: Request,
}

/// API Gateway's payload format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PayloadFormat {
    /// Of REST APIs, and 1.0 of HTTP APIs.
    V1,
    /// 2.0 of HTTP APIs.
    V2,
}

impl ProxyEvent {
    /// The request. It comes from the `hops`-th address of `X-Forwarded-For`, counted from the right; from the
    /// platform's where `hops` is 0 or there are fewer.
    pub fn request(self, hops: usize) -> Request {
        let source = forwarded(&self.request.headers, hops).unwrap_or(self.request.source);
        Request { source, ..self.request }
    }

    pub(super) fn format(&self) -> PayloadFormat {
        self.format
    }
}

/// Taken whole and then read, so that the runtime does not track the path to every member of it.
impl<'de> Deserialize<'de> for ProxyEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let members: Members<'_> = serde_json::from_str(text.get()).map_err(Error::custom)?;
        members.event().map_err(Error::custom)
    }
}

/// The members that count, of both formats.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Members<'a> {
    version: Option<String>,
    http_method: Option<String>,
    path: Option<String>,
    raw_path: Option<String>,
    raw_query_string: Option<String>,
    #[serde(borrow)]
    query_string_parameters: Option<&'a RawValue>,
    multi_value_query_string_parameters: Option<Pairs<List>>,
    #[serde(borrow)]
    headers: Option<&'a RawValue>,
    multi_value_headers: Option<Pairs<List>>,
    cookies: Option<Vec<String>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
    #[serde(default)]
    request_context: RequestContext,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    request_id: Option<String>,
    http: Option<Peer>,
    identity: Option<Peer>,
}

/// Who has sent the request, and in format 2.0 its method.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Peer {
    method: Option<String>,
    source_ip: Option<String>,
}

impl Members<'_> {
    fn event(self) -> serde_json::Result<ProxyEvent> {
        let format = if self.version.as_deref() == Some("2.0") { PayloadFormat::V2 } else { PayloadFormat::V1 };
        let RequestContext { request_id, http, identity } = self.request_context;
        let (method, path, peer) = match format {
            PayloadFormat::V1 => (self.http_method, self.path, identity.unwrap_or_default()),
            PayloadFormat::V2 => {
                let mut peer = http.unwrap_or_default();
                (peer.method.take(), self.raw_path, peer)
            }
        };
        let (Some(method), Some(path)) = (method, path) else { return Err(Error::custom(NO_REQUEST)) };
        let query = match self.raw_query_string {
            Some(raw) => raw,
            None => encoded(&pairs(self.query_string_parameters, self.multi_value_query_string_parameters)?),
        };
        let request = Request {
            method: Method::from_bytes(method.as_bytes()).map_err(Error::custom)?,
            path,
            query: Some(query).filter(|query| !query.is_empty()),
            headers: header_map(pairs(self.headers, self.multi_value_headers)?, self.cookies)?,
            body: decoded(self.body.unwrap_or_default(), self.is_base64_encoded == Some(true))?,
            source: peer.source_ip.unwrap_or_default(),
            request_id: request_id.unwrap_or_default(),
        };
        Ok(ProxyEvent { format, request })
    }
}

/// Format 1.0 has the parameters decoded.
fn encoded(parameters: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

/// Format 2.0 has the cookies beside the headers.
fn header_map(pairs: Vec<(String, String)>, cookies: Option<Vec<String>>) -> serde_json::Result<HeaderMap> {
    let mut headers = HeaderMap::with_capacity(pairs.len() + 1);
    for (name, value) in pairs {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(Error::custom)?;
        headers.append(name, HeaderValue::try_from(value).map_err(Error::custom)?);
    }
    if let Some(cookies) = cookies.filter(|cookies| !cookies.is_empty()) {
        headers.insert(header::COOKIE, HeaderValue::try_from(cookies.join("; ")).map_err(Error::custom)?);
    }
    Ok(headers)
}

fn decoded(body: String, is_base64: bool) -> serde_json::Result<Vec<u8>> {
    if is_base64 { STANDARD.decode(body).map_err(Error::custom) } else { Ok(body.into_bytes()) }
}

/// The `hops`-th address of `X-Forwarded-For` from the right. API Gateway adds the last: its own peer.
fn forwarded(headers: &HeaderMap, hops: usize) -> Option<String> {
    let at = hops.checked_sub(1)?;
    let values = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let addresses: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    addresses.iter().rev().nth(at).filter(|address| !address.is_empty()).map(ToString::to_string)
}

/// An answer in the payload format of its event. Every body that is text is sent as text, so that no platform has to be
/// told of base64.
#[derive(Serialize)]
#[serde(untagged)]
pub enum ProxyAnswer {
    /// To a REST API, and to format 1.0.
    V1(ApiGatewayProxyResponse),
    /// To format 2.0.
    V2(ApiGatewayV2httpResponse),
}

impl ProxyAnswer {
    pub(super) fn new(response: Response, format: PayloadFormat) -> Self {
        let Response { status, headers, body } = response;
        let (body, is_base64_encoded) = match String::from_utf8(body) {
            Ok(text) => (Body::Text(text), false),
            Err(bytes) => (Body::Binary(bytes.into_bytes()), true),
        };
        match format {
            PayloadFormat::V1 => {
                let mut answer = ApiGatewayProxyResponse::default();
                answer.status_code = status.as_u16().into();
                answer.multi_value_headers = headers;
                answer.body = Some(body);
                answer.is_base64_encoded = is_base64_encoded;
                Self::V1(answer)
            }
            PayloadFormat::V2 => {
                let mut answer = ApiGatewayV2httpResponse::default();
                answer.status_code = status.as_u16().into();
                (answer.headers, answer.cookies) = without_cookies(headers);
                answer.body = Some(body);
                answer.is_base64_encoded = is_base64_encoded;
                Self::V2(answer)
            }
        }
    }
}

/// Format 2.0 takes cookies beside the headers, for it has one value under each name.
fn without_cookies(mut headers: HeaderMap) -> (HeaderMap, Vec<String>) {
    let cookies = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies = cookies.map(str::to_owned).collect();
    headers.remove(header::SET_COOKIE);
    (headers, cookies)
}

const NO_REQUEST: &str = "found no method and path, expected a proxy event of API Gateway, of format 1.0 or 2.0";

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const CLIENT: &str = "203.0.113.7";
    const PROXY: &str = "198.51.100.9";

    fn read(event: &Value) -> serde_json::Result<ProxyEvent> {
        serde_json::from_str(&event.to_string())
    }

    fn request(event: &Value) -> Request {
        read(event).unwrap().request(0)
    }

    /// An event of format 2.0 with these members besides.
    fn second(members: Value) -> Value {
        let mut event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/oauth2/token", "rawQueryString": "",
            "headers": {}, "isBase64Encoded": false,
            "requestContext": { "requestId": "r", "http": { "method": "POST", "sourceIp": PROXY } },
        });
        let Value::Object(members) = members else { panic!("expected an object") };
        event.as_object_mut().unwrap().extend(members);
        event
    }

    /// An event of format 1.0 with these members besides.
    fn first(members: Value) -> Value {
        let mut event = json!({
            "httpMethod": "POST", "path": "/oauth2/token",
            "requestContext": { "requestId": "r", "identity": { "sourceIp": PROXY } },
        });
        let Value::Object(members) = members else { panic!("expected an object") };
        event.as_object_mut().unwrap().extend(members);
        event
    }

    fn source(forwarded: &str, hops: usize) -> String {
        read(&second(json!({"headers": { "x-forwarded-for": forwarded }}))).unwrap().request(hops).source
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

    #[test]
    fn an_event_is_what_its_version_says() {
        for (event, format) in [
            (first(json!({})), PayloadFormat::V1),
            (first(json!({"version": "1.0"})), PayloadFormat::V1),
            (second(json!({})), PayloadFormat::V2),
        ] {
            let event = read(&event).unwrap();
            assert_eq!(event.format(), format);
            let Request { method, path, source, request_id, .. } = event.request(0);
            assert_eq!((method.as_str(), path.as_str()), ("POST", "/oauth2/token"));
            assert_eq!((source.as_str(), request_id.as_str()), (PROXY, "r"));
        }
    }

    #[test]
    fn an_event_of_something_else_is_refused() {
        let rest_in_new_words = first(json!({"version": "2.0"}));
        for event in
            [json!([]), json!({}), json!({"version": 2}), second(json!({"requestContext": 1})), rest_in_new_words]
        {
            assert!(read(&event).is_err(), "{event}");
        }
    }

    #[test]
    fn nulls_are_absences() {
        let request = request(&first(json!({
            "headers": null, "multiValueHeaders": null, "queryStringParameters": null,
            "multiValueQueryStringParameters": null, "body": null, "isBase64Encoded": null,
        })));
        assert!(request.headers.is_empty() && request.query.is_none() && request.body.is_empty());
    }

    #[test]
    fn a_repeated_header_keeps_each_of_its_values() {
        let request = request(&first(json!({
            "headers": {"Authorization": "Basic b"}, "multiValueHeaders": {"Authorization": ["Basic a", "Basic b"]},
        })));
        let values: Vec<_> = request.headers.get_all(header::AUTHORIZATION).iter().collect();
        assert_eq!(values, ["Basic a", "Basic b"]);
        assert_eq!(request.header(header::AUTHORIZATION), None);
    }

    #[test]
    fn the_query_is_as_it_was_sent_or_encoded_anew() {
        let query = |event: Value| request(&event).query;
        assert_eq!(query(second(json!({"rawQueryString": "a=%20&b"}))).as_deref(), Some("a=%20&b"));
        assert_eq!(query(second(json!({}))), None);
        let decoded = json!({"queryStringParameters": {"scope": "a b&c"}});
        assert_eq!(query(first(decoded)).as_deref(), Some("scope=a+b%26c"));
        let repeated = json!({
            "queryStringParameters": {"a": "2"}, "multiValueQueryStringParameters": {"a": ["1", "2"]},
        });
        assert_eq!(query(first(repeated)).as_deref(), Some("a=1&a=2"));
    }

    #[test]
    fn cookies_are_one_header() {
        let request = request(&second(json!({"cookies": ["a=1", "b=2"]})));
        assert_eq!(request.header(header::COOKIE), Some("a=1; b=2"));
    }

    #[test]
    fn a_body_in_base64_is_decoded_and_a_bad_one_refused() {
        let body = |text: &str| read(&second(json!({"body": text, "isBase64Encoded": true})));
        assert_eq!(body("YT0x").unwrap().request(0).body, b"a=1");
        assert!(body("a=1").is_err());
    }

    #[test]
    fn a_host_and_a_path_that_make_no_url_are_no_matter() {
        let request = request(&second(json!({
            "headers": {"host": "[", "x-forwarded-proto": "no scheme"}, "rawPath": "/a b\u{7f}\"<%",
        })));
        assert_eq!(request.path, "/a b\u{7f}\"<%");
    }

    fn answer(format: PayloadFormat) -> Value {
        let mut response = Response::new("text/plain", b"yes".to_vec()).with_status(StatusCode::CREATED);
        for cookie in ["a=1", "b=2"] {
            response.headers.append(header::SET_COOKIE, HeaderValue::from_static(cookie));
        }
        serde_json::to_value(ProxyAnswer::new(response, format)).unwrap()
    }

    #[test]
    fn an_answer_is_in_the_format_of_its_event() {
        let rest = answer(PayloadFormat::V1);
        assert_eq!((&rest["statusCode"], &rest["body"]), (&json!(201), &json!("yes")));
        assert_eq!(rest["multiValueHeaders"]["set-cookie"], json!(["a=1", "b=2"]));
        assert_eq!(rest["multiValueHeaders"]["content-type"], json!(["text/plain"]));
        let http = answer(PayloadFormat::V2);
        assert_eq!((&http["statusCode"], &http["body"]), (&json!(201), &json!("yes")));
        assert_eq!(http["cookies"], json!(["a=1", "b=2"]));
        assert_eq!(
            (&http["headers"]["content-type"], &http["headers"]["set-cookie"]),
            (&json!("text/plain"), &json!(null))
        );
    }

    proptest! {
        #[test]
        fn any_texts_are_read_without_a_panic(name: String, value: String, path: String, body: String, base64: bool) {
            let headers = json!({&name: &value});
            let members = json!({
                "headers": headers, "path": path, "rawPath": path, "cookies": [value], "body": body,
                "isBase64Encoded": base64, "queryStringParameters": {&name: &value}, "rawQueryString": value,
            });
            for event in [first(members.clone()), second(members)] {
                drop(read(&event));
            }
        }
    }
}
