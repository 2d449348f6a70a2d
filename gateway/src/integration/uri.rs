//! The URI of an HTTP integration, with path variables and stage variables in it.

use std::collections::BTreeMap;

/// A URI with gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UriTemplate(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    PathVariable(String),
    StageVariable(String),
}

impl UriTemplate {
    /// Reads `https://host/{proxy}` or `https://${stageVariables.host}/x`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if !["http://", "https://", "${stageVariables."].iter().any(|start| text.starts_with(start)) {
            return Err(format!("`{text}` is no HTTP address; it begins with http:// or https://"));
        }
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some(at) = rest.find('{') {
            let (before, from) = rest.split_at(at);
            let end = from.find('}').ok_or_else(|| format!("`{text}`: a `{{` is not closed"))?;
            let name = &from[1..end];
            if let Some(name) = name.strip_prefix("stageVariables.") {
                let before = before.strip_suffix('$').ok_or("a stage variable is written ${stageVariables.NAME}")?;
                parts.extend([Part::Text(before.to_owned()), Part::StageVariable(name.to_owned())]);
            } else {
                let name = name.strip_suffix('+').unwrap_or(name);
                parts.extend([Part::Text(before.to_owned()), Part::PathVariable(name.to_owned())]);
            }
            rest = &from[end + 1..];
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    /// The names of its path variables.
    pub(crate) fn path_variables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::PathVariable(name) => Some(name.as_str()),
            Part::Text(_) | Part::StageVariable(_) => None,
        })
    }

    /// The URI for one call; `path` yields path variables as they go into it, percent-encoded.
    ///
    /// # Errors
    /// The stage variable that is not set, in words.
    pub(crate) fn fill<'p>(
        &self,
        path: impl Fn(&str) -> Option<&'p str>,
        stage: &BTreeMap<String, String>,
    ) -> Result<String, String> {
        let mut uri = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => uri.push_str(text),
                Part::PathVariable(name) => uri.push_str(path(name).unwrap_or_default()),
                Part::StageVariable(name) => {
                    uri.push_str(stage.get(name).ok_or_else(|| format!("stage variable `{name}` is not set"))?);
                }
            }
        }
        Ok(uri)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fills_both_kinds_of_variable() {
        let uri = UriTemplate::parse("http://${stageVariables.host}/v1/{proxy}?x=1").unwrap();
        assert_eq!(uri.path_variables().collect::<Vec<_>>(), ["proxy"]);
        let stage = BTreeMap::from([("host".to_owned(), "10.0.0.1:80".to_owned())]);
        let filled = uri.fill(|_| Some("a%2Fb/c"), &stage);
        assert_eq!(filled.as_deref(), Ok("http://10.0.0.1:80/v1/a%2Fb/c?x=1"));
        assert!(uri.fill(|_| None, &BTreeMap::new()).is_err());
    }

    #[test]
    fn refuses_what_is_no_address() {
        for text in ["", "backend/x", "ftp://x", "http://x/{proxy", "http://x/{stageVariables.a}"] {
            assert!(UriTemplate::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "http://\\PC{0,30}") {
            let _ = UriTemplate::parse(&text);
        }
    }
}
