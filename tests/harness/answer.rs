//! An answer, with the questions that tests ask of it.

use serde_json::Value;

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Header names as sent, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// Reads an answer off the wire, whose end was the end of the connection.
    #[track_caller]
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status line");
        let header = |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        Self { status, headers: lines.filter_map(header).collect(), body: body.to_owned() }
    }

    /// Expects a status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    /// Expects a member of the JSON body.
    #[track_caller]
    pub fn says(self, member: &str, value: impl Into<Value>) -> Self {
        assert_eq!(self.json()[member], value.into(), "{self:#?}");
        self
    }

    /// Expects that the JSON body has not this member.
    #[track_caller]
    pub fn lacks(self, member: &str) -> Self {
        assert!(self.json().get(member).is_none(), "{self:#?}");
        self
    }

    /// Expects a header.
    #[track_caller]
    pub fn has(self, name: &str, value: &str) -> Self {
        assert_eq!(self.header(name), Some(value), "{self:#?}");
        self
    }

    /// What a caller can compare of it: status, headers and body, without what is new in each answer.
    pub fn told(mut self) -> (u16, Vec<(String, String)>, String) {
        let new = ["apigw-requestid", "date", "x-request-id"];
        self.headers.retain(|(name, _)| !new.contains(&name.to_ascii_lowercase().as_str()));
        (self.status, self.headers, self.body)
    }

    /// The first value of a header, its name compared without case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The headers that reached the echo backend, by lower-case name.
    #[track_caller]
    pub fn reached(&self, header: &str) -> Option<String> {
        self.json()["headers"].get(header).and_then(Value::as_str).map(str::to_owned)
    }
}
