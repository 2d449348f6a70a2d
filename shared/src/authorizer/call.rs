//! A call to a protected API, whatever event told of it.

use std::{collections::BTreeMap, fmt};

use crate::protocol::{AuthorizationHeader, Secret};

/// Which kind of event told of the call. It decides how the verdict is worded, never what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// REST API, type `REQUEST`.
    Rest,
    /// REST API, type `TOKEN`: only the token and the method ARN.
    RestToken,
    /// HTTP API, payload format 1.0.
    Http1,
    /// HTTP API, payload format 2.0.
    Http2,
    /// WebSocket API, `$connect`.
    WebSocket,
}

impl Shape {
    /// Whether the API has gateway responses, which tell a refused caller more than a status.
    pub fn has_gateway_responses(self) -> bool {
        matches!(self, Self::Rest | Self::RestToken)
    }

    /// Whether header names are compared with their case (REST alone does).
    pub fn is_case_sensitive(self) -> bool {
        matches!(self, Self::Rest | Self::RestToken)
    }

    /// Whether the event shows headers and query.
    pub fn shows_request(self) -> bool {
        self != Self::RestToken
    }
}

/// A call.
#[derive(Clone)]
pub struct Call {
    /// Which kind of event told of it.
    pub shape: Shape,
    /// What is called.
    pub target: MethodArn,
    /// Every header value with its name as sent.
    pub headers: Vec<(String, String)>,
    /// Every query parameter, decoded.
    pub query: Vec<(String, String)>,
    /// The stage's variables.
    pub stage_variables: BTreeMap<String, String>,
    /// API Gateway's id of the request.
    pub request_id: String,
    /// The X-Ray trace that the call belongs to, as `X-Amzn-Trace-Id` has it.
    pub xray_trace_id: Option<String>,
}

/// The caller's `Authorization`.
#[derive(Debug)]
pub enum Authorization {
    /// None, or an empty one.
    Absent,
    /// One, as it was sent.
    One(AuthorizationHeader, Secret),
    /// Several: which one counts would be a guess.
    Repeated,
}

/// Without the values of headers and query, where credentials are.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |pairs: &[(String, String)]| pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        f.debug_struct("Call")
            .field("shape", &self.shape)
            .field("target", &self.target)
            .field("headers", &names(&self.headers))
            .field("query", &names(&self.query))
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl Call {
    /// The method; a WebSocket is opened by GET (RFC 6455 section 4.1).
    pub fn method(&self) -> &str {
        if self.shape == Shape::WebSocket { "GET" } else { self.target.method() }
    }

    /// The values of a header, its name compared without case.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The values of a query parameter.
    pub fn query<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The caller's `Authorization`.
    pub fn authorization(&self) -> Authorization {
        let mut values = self.header("authorization").filter(|value| !value.trim().is_empty());
        let Some(value) = values.next() else { return Authorization::Absent };
        if values.next().is_some() || (!self.shape.is_case_sensitive() && joins_several(value)) {
            return Authorization::Repeated;
        }
        let header = AuthorizationHeader::parse(value);
        header.map_or(Authorization::Absent, |header| Authorization::One(header, Secret::new(value.trim().to_owned())))
    }
}

/// HTTP APIs join repeated headers with commas: whether a later part starts with a scheme of its own, as in
/// `Bearer a,Bearer b`, unlike the parameters of `Digest a="b", c="d"`.
fn joins_several(value: &str) -> bool {
    let starts_scheme = |part: &str| {
        let (word, rest) = part.trim().split_once(' ').unwrap_or((part.trim(), ""));
        !word.is_empty() && !word.contains('=') && !rest.is_empty()
    };
    value.split(',').skip(1).any(starts_scheme)
}

/// `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodArn {
    text: String,
    stage_end: usize,
    api: std::ops::Range<usize>,
}

impl MethodArn {
    /// Parses the ARN; `None` when it is not one of `execute-api`.
    pub fn parse(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let mut fields = text.splitn(6, ':');
        let is_api = fields.next()? == "arn" && fields.nth(1)? == "execute-api";
        let resource = fields.nth(2)?;
        let start = text.len() - resource.len();
        let api_end = start + resource.find('/')?;
        let stage = text[api_end + 1..].find('/').map_or(text.len(), |at| api_end + 1 + at);
        let complete = is_api && api_end > start && stage > api_end + 1;
        complete.then_some(Self { text, stage_end: stage, api: start..api_end })
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// API Gateway's id of the API.
    pub fn api_id(&self) -> &str {
        &self.text[self.api.clone()]
    }

    /// Everything up to and with the API's id.
    pub fn api(&self) -> &str {
        &self.text[..self.api.end]
    }

    /// Everything up to and with the stage.
    pub fn base(&self) -> &str {
        &self.text[..self.stage_end]
    }

    /// The method, or a WebSocket's route such as `$connect`.
    pub fn method(&self) -> &str {
        self.method_and_path().0
    }

    /// The path, without stage and base path; `/` when there is none.
    pub fn path(&self) -> &str {
        self.method_and_path().1
    }

    fn method_and_path(&self) -> (&str, &str) {
        let rest = self.text[self.stage_end..].trim_start_matches('/');
        match rest.find('/') {
            Some(at) => (&rest[..at], &rest[at..]),
            None => (rest, "/"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_method_arn_has_an_api_a_stage_a_method_and_a_path() {
        let arn = MethodArn::parse("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/items/a:b").unwrap();
        assert_eq!((arn.api_id(), arn.method(), arn.path()), ("a1b2c3d4e5", "GET", "/items/a:b"));
        assert_eq!(arn.api(), "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5");
        assert_eq!(arn.base(), "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod");
        for root in ["arn:aws:execute-api:r:1:api/$default/GET/", "arn:aws:execute-api:r:1:api/$default/GET"] {
            assert_eq!(MethodArn::parse(root).unwrap().path(), "/");
        }
        assert_eq!(MethodArn::parse("arn:aws-cn:execute-api:r:1:api/s/$connect").unwrap().method(), "$connect");
    }

    #[test]
    fn other_arns_are_none() {
        for bad in
            ["", "arn:aws:lambda:r:1:function:x", "arn:aws:execute-api:r:1:api", "arn:aws:execute-api:r:1:/s/GET"]
        {
            assert!(MethodArn::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn an_http_api_shows_a_repeated_authorization_as_a_comma() {
        assert!(joins_several("Bearer a,Bearer b") && joins_several("Bearer a, Basic b"));
        assert!(!joins_several("Digest a=\"b c\", d=\"e f\"") && !joins_several("Bearer a"));
    }

    proptest! {
        #[test]
        fn any_text_is_an_arn_or_not(text: String) {
            if let Some(arn) = MethodArn::parse(text) {
                let _ = (arn.api_id(), arn.base(), arn.method(), arn.path());
            }
        }
    }
}
