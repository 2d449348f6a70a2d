//! The JSON events that API Gateway sends to Lambda functions.

pub(crate) mod http;
pub(crate) mod rest;

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::{call::Call, headers::Headers};

/// A request's body as an event carries it.
pub(crate) struct EventBody {
    /// JSON `null` when nothing was sent.
    pub(crate) text: Option<String>,
    pub(crate) base64: bool,
}

impl EventBody {
    /// The call's body, in base64 when `binary`.
    pub(crate) fn of(call: &Call<'_>, binary: bool) -> Self {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let body = call.request.body();
        if body.is_empty() {
            return Self { text: None, base64: false };
        }
        let text = if binary { STANDARD.encode(body) } else { String::from_utf8_lossy(body).into_owned() };
        Self { text: Some(text), base64: binary }
    }
}

/// An object of these members; unlike `json!` it moves them, and events hold large ones.
fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// One value to a name: the last one sent.
fn last_values<'n>(pairs: impl Iterator<Item = (&'n str, Cow<'n, str>)>) -> Map<String, Value> {
    pairs.map(|(name, value)| (name.to_owned(), Value::from(value.into_owned()))).collect()
}

/// All values of a name, in the order sent.
fn all_values<'n>(pairs: impl Iterator<Item = (&'n str, Cow<'n, str>)>) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in pairs {
        let list = map.entry(name.to_owned()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(Value::from(value.into_owned()));
        }
    }
    map
}

/// All values of a name joined with commas.
fn joined_values<'n>(pairs: impl Iterator<Item = (&'n str, Cow<'n, str>)>) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, value) in pairs {
        match map.entry(name.to_owned()).or_insert(Value::Null) {
            Value::String(joined) => joined.extend([",", &value]),
            empty => *empty = Value::from(value.into_owned()),
        }
    }
    map
}

fn fields(headers: &Headers) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    headers.iter().map(|(name, value)| (name, Cow::Borrowed(value)))
}

fn pairs(query: &[(String, String)]) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    query.iter().map(|(name, value)| (name.as_str(), Cow::Borrowed(value.as_str())))
}

fn path_variables(call: &Call<'_>) -> Map<String, Value> {
    last_values(call.path_variables.iter().map(|(name, value)| (*name, percent_decode_str(value).decode_utf8_lossy())))
}

fn stage_variables(call: &Call<'_>) -> Map<String, Value> {
    let variables = &call.deployment.stage_variables;
    last_values(variables.iter().map(|(name, value)| (name.as_str(), Cow::Borrowed(value.as_str()))))
}
