//! The formats of Axway API Gateway's token answers.

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
