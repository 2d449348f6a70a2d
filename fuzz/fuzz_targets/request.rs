//! Any request to the endpoints: its first line the query, its second the header Authorization, the rest the body.
//!
//! Run: `cargo +stable fuzz run --sanitizer none request`
#![no_main]

use http::{HeaderMap, HeaderValue, Method, header};
use libfuzzer_sys::fuzz_target;
use shared::{
    client_auth::{Dialect, Presented},
    model::TokenKey,
    protocol::{AuthorizationHeader, AuthorizationRequest, Form, Parameters, Request, Scope},
};

fuzz_target!(|bytes: &[u8]| {
    let mut lines = bytes.splitn(3, |byte| *byte == b'\n');
    let mut next = || lines.next().unwrap_or_default();
    let query = String::from_utf8_lossy(next()).into_owned();
    let authorization = HeaderValue::from_bytes(next()).ok();
    let body = next().to_vec();
    if let Ok(parameters) = Parameters::parse(&query) {
        let _ = AuthorizationRequest::parse(&parameters);
        let again = Parameters::parse(&parameters.to_query()).map(|parameters| parameters.to_query());
        assert!(again.is_ok_and(|again| again == parameters.to_query()), "{query}");
    }
    let headers: HeaderMap = authorization.into_iter().map(|value| (header::AUTHORIZATION, value)).collect();
    let request = Request {
        method: Method::POST,
        path: "/oauth2/token".into(),
        query: Some(query),
        headers,
        body,
        source: "203.0.113.7".into(),
        request_id: String::new(),
    };
    let bearer = request.header(header::AUTHORIZATION).and_then(AuthorizationHeader::parse);
    if let Some(token) = bearer.as_ref().and_then(AuthorizationHeader::bearer) {
        let _ = TokenKey::of(token);
    }
    for dialect in [Dialect::Rfc6749, Dialect::Axway, Dialect::Mediator] {
        let Ok(mut form) = Form::parse(&request.body) else { continue };
        let _ = form.get("scope").map(Scope::parse);
        if let Ok(presented) = Presented::parse(&request, &mut form, dialect) {
            assert!(!presented.is_empty());
        }
    }
});
