//! Parameter expressions: where a mapped value, or a part of an identity, comes from.

use crate::{api::ApiKind, call::Call};

/// A place in the request, its context or the document that yields one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A static text.
    Text(String),
    Header(String),
    Query(String),
    PathVariable(String),
    /// The path without stage and base path (HTTP APIs).
    Path,
    /// A context variable, also `authorizer.…`.
    Context(String),
    StageVariable(String),
}

impl Source {
    /// Reads an expression of a REST API: `method.request.header.X`, `context.x`, `stageVariables.x` or `'text'`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn rest(text: &str) -> Result<Self, String> {
        if let Some(inner) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
            return Ok(Self::Text(inner.to_owned()));
        }
        Self::request_part(text, "method.request.").or_else(|| Self::elsewhere(text)).ok_or_else(|| {
            format!(
                "`{text}` is no mapping expression; write method.request.{{header,querystring,path}}.NAME, \
                 context.NAME, stageVariables.NAME or 'text'"
            )
        })
    }

    /// Reads an expression of an HTTP API: `$request.header.x`, `$context.x`, `$stageVariables.x` or a static text.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn http(text: &str) -> Result<Self, String> {
        let Some(expression) = text.strip_prefix('$') else {
            return if text.contains('$') {
                Err(format!("`{text}`: expressions inside a text are not modelled; use one expression or one text"))
            } else {
                Ok(Self::Text(text.to_owned()))
            };
        };
        if expression == "request.path" {
            return Ok(Self::Path);
        }
        Self::request_part(expression, "request.").or_else(|| Self::elsewhere(expression)).ok_or_else(|| {
            format!(
                "`{text}` is no expression; write $request.{{header,querystring,path}}.NAME, $context.NAME or \
                 $stageVariables.NAME"
            )
        })
    }

    fn request_part(text: &str, prefix: &str) -> Option<Self> {
        let (place, name) = text.strip_prefix(prefix)?.split_once('.').filter(|(_, name)| is_name(name))?;
        match place {
            "header" => Some(Self::Header(name.to_owned())),
            "querystring" => Some(Self::Query(name.to_owned())),
            "path" => Some(Self::PathVariable(name.to_owned())),
            _ => None,
        }
    }

    fn elsewhere(text: &str) -> Option<Self> {
        let (place, name) = text.split_once('.').filter(|(_, name)| is_name(name))?;
        match place {
            "context" => Some(Self::Context(name.to_owned())),
            "stageVariables" => Some(Self::StageVariable(name.to_owned())),
            _ => None,
        }
    }

    /// The value for one call; `None` when it is absent or empty, which API Gateway does not tell apart here.
    pub(crate) fn resolve(&self, call: &Call<'_>) -> Option<String> {
        let value = match self {
            Self::Text(text) => Some(text.clone()),
            Self::Header(name) => header(call, name),
            Self::Query(name) => query(call, name),
            Self::PathVariable(name) => call.path_variable(name).map(str::to_owned),
            Self::Path => Some(call.path.to_owned()),
            Self::Context(name) => call.variable(name),
            Self::StageVariable(name) => call.deployment.stage_variables.get(name).cloned(),
        };
        value.filter(|value| !value.is_empty())
    }
}

/// A repeated header counts with its last value on REST APIs, joined with commas on HTTP APIs.
fn header(call: &Call<'_>, name: &str) -> Option<String> {
    match call.deployment.kind {
        ApiKind::Rest => call.request.headers.last(name).map(str::to_owned),
        ApiKind::Http => call.request.headers.joined(name),
    }
}

fn query(call: &Call<'_>, name: &str) -> Option<String> {
    let values: Vec<String> =
        call.request.query_pairs().into_iter().filter(|(key, _)| key == name).map(|(_, value)| value).collect();
    match call.deployment.kind {
        ApiKind::Rest => values.into_iter().last(),
        ApiKind::Http => Some(values.join(",")),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_every_place_of_a_rest_api() {
        assert_eq!(Source::rest("method.request.header.X-Key"), Ok(Source::Header("X-Key".into())));
        assert_eq!(Source::rest("method.request.querystring.a"), Ok(Source::Query("a".into())));
        assert_eq!(Source::rest("method.request.path.proxy"), Ok(Source::PathVariable("proxy".into())));
        assert_eq!(Source::rest("context.authorizer.sub"), Ok(Source::Context("authorizer.sub".into())));
        assert_eq!(Source::rest("stageVariables.spkey"), Ok(Source::StageVariable("spkey".into())));
        assert_eq!(Source::rest("'it''s'"), Ok(Source::Text("it''s".into())));
    }

    #[test]
    fn reads_every_place_of_an_http_api() {
        assert_eq!(Source::http("$request.header.Authorization"), Ok(Source::Header("Authorization".into())));
        assert_eq!(Source::http("$request.path"), Ok(Source::Path));
        assert_eq!(Source::http("$context.routeKey"), Ok(Source::Context("routeKey".into())));
        assert_eq!(Source::http("plain"), Ok(Source::Text("plain".into())));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for text in ["", "plain", "'", "method.request.body", "method.request.header.", "context.", "$context.a"] {
            assert!(Source::rest(text).is_err(), "{text}");
        }
        for text in ["$", "$request.header.", "a $context.b", "$method.request.header.a"] {
            assert!(Source::http(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "\\PC{0,30}") {
            let _ = (Source::rest(&text), Source::http(&text));
        }

        #[test]
        fn any_header_name_is_read_back(name in "[A-Za-z0-9_-]{1,20}") {
            prop_assert_eq!(Source::rest(&format!("method.request.header.{name}")), Ok(Source::Header(name)));
        }
    }
}
