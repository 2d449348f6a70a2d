//! JSONPath: jsonpath-rust behind one type, asked only what it answers right, on documents it can afford.

use std::io;

use jsonpath_rust::{
    parser::{errors::JsonPathError, model::JpQuery, parse_json_path},
    query::js_path_process,
};
use serde::Serialize;
use serde_json::Value;

use super::{
    Found, MAX_VALUE_BYTES, dialect,
    error::ExpressionError,
    json_rules::{Shape, shape},
};

/// A parsed JSONPath.
#[derive(Clone)]
pub(super) struct JsonPath {
    query: JpQuery,
    shape: Shape,
}

impl JsonPath {
    pub(super) fn parse(text: &str) -> Result<Self, ExpressionError> {
        let rfc9535 = dialect::to_rfc9535(text)?;
        let query = parse_json_path(&rfc9535).map_err(|error| syntax_error(&rfc9535, &error))?;
        Ok(Self { shape: shape(&query)?, query })
    }

    /// A path that names one value gives it; any other gives the array of all it selects, also of one.
    pub(super) fn evaluate(&self, document: &Value) -> Found {
        if !self.shape.definite && !self.affords(document) {
            return Found::TooLarge;
        }
        let matches = js_path_process(&self.query, document).unwrap_or_default();
        match &*matches {
            [] => Found::NoMatch,
            [one] if self.shape.definite => text(one.val),
            many => compact(&many.iter().map(|one| one.val).collect::<Vec<_>>()),
        }
    }

    /// Whether the engine may search the document: it writes the path of every value it passes, and compiles a
    /// regular expression again for every value it looks at.
    fn affords(&self, document: &Value) -> bool {
        let mut cost = Cost { bytes: MAX_PATH_BYTES / self.shape.copies, nodes: usize::MAX };
        if let Some(nodes) = MAX_FILTER_WORK.checked_div(self.shape.filter_work) {
            cost.nodes = nodes;
        }
        cost.pays_for(document, 0)
    }
}

/// What may still be spent.
struct Cost {
    bytes: usize,
    nodes: usize,
}

impl Cost {
    /// Recursion ends with the document's depth, which its parser bounds.
    fn pays_for(&mut self, value: &Value, path: usize) -> bool {
        let (Some(bytes), Some(nodes)) = (self.bytes.checked_sub(path + POINTER_BYTES), self.nodes.checked_sub(1))
        else {
            return false;
        };
        (self.bytes, self.nodes) = (bytes, nodes);
        match value {
            Value::Array(items) => items.iter().all(|item| self.pays_for(item, path + INDEX_BYTES)),
            Value::Object(members) => members.iter().all(|(key, item)| self.pays_for(item, path + key.len() + 4)),
            _ => true,
        }
    }
}

fn text(value: &Value) -> Found {
    match value {
        Value::Null => Found::Null,
        Value::String(text) if text.len() > MAX_VALUE_BYTES => Found::TooLarge,
        Value::String(text) => Found::Value(text.clone()),
        other => compact(other),
    }
}

fn compact(value: &impl Serialize) -> Found {
    let mut out = Bounded(Vec::new());
    match serde_json::to_writer(&mut out, value) {
        Ok(()) => String::from_utf8(out.0).map_or(Found::TooLarge, Found::Value),
        Err(_) => Found::TooLarge,
    }
}

/// Takes as much as a value may have, then fails, so that no more is ever built.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_VALUE_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Where the parser stopped; it tells that only in the text of its error (`--> 1:COLUMN`).
fn syntax_error(rfc9535: &str, error: &JsonPathError) -> ExpressionError {
    let message = error.to_string();
    let column = message.split_once("--> 1:").map_or("", |(_, rest)| rest);
    let column: String = column.chars().take_while(char::is_ascii_digit).collect();
    let before = column.parse::<usize>().unwrap_or(1).saturating_sub(1);
    let rest: String = rfc9535.chars().skip(before).collect();
    match &*rest {
        "" => ExpressionError::new(rfc9535, "ends too early for a JSONPath"),
        rest => ExpressionError::new(rest, "cannot be read as JSONPath (RFC 9535)"),
    }
}

/// Bytes of all the paths of a document, far above any user profile's and well within a small function's memory.
const MAX_PATH_BYTES: usize = 16 * 1024 * 1024;
/// Comparisons in all, where a regular expression counts for [`super::json_rules::REGEX_WORK`].
const MAX_FILTER_WORK: usize = 500_000;
const POINTER_BYTES: usize = 48;
const INDEX_BYTES: usize = 8;
