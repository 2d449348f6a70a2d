//! How clients of Axway API Gateway write scopes, and the formats of its token answers.

/// Format of an answer, as the parameter `format` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxwayFormat {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    UrlEncoded,
    /// `text/xml`.
    Xml,
}

impl AxwayFormat {
    /// The format of a name. The product's samples say `query` for `urlencoded` too.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "urlencoded" | "query" => Some(Self::UrlEncoded),
            "xml" => Some(Self::Xml),
            _ => None,
        }
    }
}

/// A `scope` with one space between its words, where clients may have written commas.
pub fn spaced_scopes(scope: &str) -> String {
    let words: Vec<&str> = scope.split([',', ' ']).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}
