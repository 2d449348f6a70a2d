//! The request that an event tells of.

use base64::{Engine, engine::general_purpose::STANDARD};
use form_urlencoded::{Serializer, byte_serialize};
use serde_json::{Map, Value, json};
use shared::protocol::Spkey;

/// A request, with what API Gateway knows of where it arrived.
pub(in crate::command) struct Request {
    pub(super) method: String,
    /// Below the base path.
    pub(super) path: String,
    pub(super) host: &'static str,
    /// What the domain's mapping takes away: empty for none.
    pub(super) base_path: String,
    pub(super) stage_variables: Map<String, Value>,
    pub(super) body: Option<String>,
    headers: Vec<(String, String)>,
    query: Vec<(String, String)>,
}

impl Request {
    /// A request with what every client and API Gateway itself add.
    pub(in crate::command) fn new(method: &str, path: &str) -> Self {
        let headers = [
            ("Accept", "*/*"),
            ("User-Agent", super::shape::USER_AGENT),
            ("X-Amzn-Trace-Id", "Root=1-69c2e4ae-3a5f1c0e7d9b2f4a6c8e0d1b"),
            ("X-Forwarded-For", super::shape::SOURCE_IP),
            ("X-Forwarded-Port", "443"),
            ("X-Forwarded-Proto", "https"),
        ];
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            host: "",
            base_path: String::new(),
            stage_variables: Map::new(),
            body: None,
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            query: Vec::new(),
        }
    }

    /// Where it arrived.
    pub(in crate::command) fn at(mut self, host: &'static str, base_path: &str) -> Self {
        self.host = host;
        self.base_path = base_path.to_owned();
        self.header("Host", host)
    }

    /// Names the service, as the generated stage does.
    pub(in crate::command) fn of_service(mut self, spkey: &Spkey) -> Self {
        self.stage_variables.insert("spkey".into(), spkey.as_str().into());
        self
    }

    /// Adds a header.
    pub(in crate::command) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a query parameter.
    pub(in crate::command) fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Presents an access token (RFC 6750 section 2.1).
    pub(in crate::command) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// Presents a client (RFC 6749 section 2.3.1).
    pub(super) fn basic(self, id: &str, secret: &str) -> Self {
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let pair = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
        self.header("Authorization", &format!("Basic {pair}"))
    }

    /// Sends a form.
    pub(super) fn form(mut self, pairs: &[(&str, String)]) -> Self {
        let body = Serializer::new(String::new()).extend_pairs(pairs).finish();
        let length = body.len().to_string();
        self.body = Some(body);
        self.header("Content-Type", "application/x-www-form-urlencoded").header("Content-Length", &length)
    }

    /// The path as the client called it.
    pub(super) fn whole_path(&self) -> String {
        format!("{}{}", self.base_path, self.path)
    }

    /// What `/{proxy+}` stands for.
    pub(super) fn path_parameters(&self) -> Map<String, Value> {
        [("proxy".to_owned(), self.path.trim_start_matches('/').into())].into_iter().collect()
    }

    /// The ARN of the method, or of a WebSocket's route.
    pub(super) fn arn(&self, stage: &str, method_and_path: &str) -> String {
        format!(
            "arn:aws:execute-api:eu-west-1:{}:{}/{stage}/{method_and_path}",
            super::shape::ACCOUNT,
            super::shape::API
        )
    }

    /// The header's value, if it has been sent.
    pub(super) fn authorization(&self) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == "Authorization").map(|(_, value)| value.as_str())
    }

    /// Headers by name as sent.
    pub(super) fn headers(&self) -> Map<String, Value> {
        sorted(&self.headers).map(|(name, value)| (name.clone(), json!(value))).collect()
    }

    /// Headers by name in lower case, as HTTP APIs write them.
    pub(super) fn lower_case_headers(&self) -> Map<String, Value> {
        sorted(&self.headers).map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect()
    }

    /// Headers as lists.
    pub(super) fn header_lists(&self) -> Map<String, Value> {
        lists(sorted(&self.headers))
    }

    /// Query parameters by name.
    pub(super) fn query_map(&self) -> Map<String, Value> {
        self.query.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
    }

    /// Query parameters as lists.
    pub(super) fn query_lists(&self) -> Map<String, Value> {
        lists(self.query.iter())
    }

    /// The query as it was sent.
    pub(super) fn raw_query(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.query).finish()
    }
}

/// The values of each name.
fn lists<'p>(pairs: impl Iterator<Item = &'p (String, String)>) -> Map<String, Value> {
    let mut lists = Map::new();
    for (name, value) in pairs {
        if let Value::Array(values) = lists.entry(name.as_str()).or_insert_with(|| json!([])) {
            values.push(json!(value));
        }
    }
    lists
}

fn sorted(pairs: &[(String, String)]) -> impl Iterator<Item = &(String, String)> {
    let mut pairs: Vec<_> = pairs.iter().collect();
    pairs.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    pairs.into_iter()
}
