//! What `inject_headers` evaluates: one JSONPath or XPath 1.0 expression, tried when it is saved, parsed where it is used.

mod dialect;
mod document;
mod error;
mod filter_rules;
mod guard;
mod header_value;
mod json;
mod json_rules;
mod regex;
mod xpath;
mod xpath_rules;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub use document::{Document, MAX_DOCUMENT_BYTES, XmlDocument};
pub use error::ExpressionError;
pub use header_value::{ControlCharacter, HeaderEncoding, header_value};

use json::JsonPath;
use xpath::XPath;

/// The longest expression that is accepted, in bytes.
pub const MAX_EXPRESSION_BYTES: usize = 512;

/// The longest value an expression may give, in bytes.
pub const MAX_VALUE_BYTES: usize = 64 * 1024;

/// A JSONPath (Jayway's dialect) or an XPath 1.0, parsed and known to be evaluated faithfully.
///
/// It is an XPath when it starts with `/`, `(`, `./` or `../`, or with a name and `(` or `::`
/// (`string(//uid)`, `descendant::uid`); everything else is a JSONPath.
///
/// In an XPath a name without a prefix is in no namespace; `*[local-name()='uid']` finds it in any, and `p:uid` uses
/// the prefix `p` as the root element of the answer declares it.
#[derive(Clone)]
pub struct Expression {
    text: String,
    query: Query,
}

#[derive(Clone)]
enum Query {
    Json(JsonPath),
    Xml(XPath),
}

/// What an expression finds in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A value, as text; it may be empty and is not yet safe as a header value.
    Value(String),
    /// The path selects nothing, or the XPath gives a number that is none (`NaN`).
    NoMatch,
    /// The JSONPath names one value, and it is `null`.
    Null,
    /// A JSONPath met a document that is not JSON, by content type or by content.
    NotJson,
    /// An XPath met a document that is not XML, by content type or by content, or that the guard refuses.
    NotXml,
    /// The value is longer than [`MAX_VALUE_BYTES`], or finding it in this document would cost too much.
    TooLarge,
}

impl Expression {
    /// Reads an expression, blanks around it aside.
    ///
    /// # Errors
    /// The part that cannot be read, or that would be evaluated otherwise than it says.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ExpressionError::new("", "an expression is empty").instead("`$.email` or `//email`"));
        }
        if text.len() > MAX_EXPRESSION_BYTES {
            return Err(ExpressionError::new(text, format!("is longer than {MAX_EXPRESSION_BYTES} bytes")));
        }
        let query = if is_xpath(text) { Query::Xml(XPath::parse(text)?) } else { Query::Json(JsonPath::parse(text)?) };
        Ok(Self { text: text.to_owned(), query })
    }

    /// The expression as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What the expression finds; bounded in time and memory for any document.
    #[must_use]
    pub fn evaluate(&self, document: &Document) -> Found {
        match (&self.query, document) {
            (Query::Json(path), Document::Json(value)) => path.evaluate(value),
            (Query::Xml(path), Document::Xml(document)) => path.evaluate(document),
            (Query::Json(_), _) => Found::NotJson,
            (Query::Xml(_), _) => Found::NotXml,
        }
    }
}

impl FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.text).finish()
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Expression {}

/// An expression as a definition remembers it: one that could be parsed when it was saved.
///
/// Reading a definition parses no expression, so the functions that evaluate none do not carry the engines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExpressionText(String);

impl ExpressionText {
    /// The expression, to be evaluated.
    ///
    /// # Errors
    /// For an item that another hand wrote: the part that cannot be read.
    pub fn parse(&self) -> Result<Expression, ExpressionError> {
        Expression::parse(&self.0)
    }

    /// The expression as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Expression> for ExpressionText {
    fn from(expression: Expression) -> Self {
        Self(expression.text)
    }
}

/// No JSONPath starts with these: its names are followed by `.` or `[`, and its root is `$`.
fn is_xpath(text: &str) -> bool {
    if ["/", "(", "./", "../"].iter().any(|start| text.starts_with(start)) {
        return true;
    }
    let after_name = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-').trim_start();
    after_name.len() < text.len() && (after_name.starts_with('(') || after_name.starts_with("::"))
}

#[cfg(test)]
mod tests;
