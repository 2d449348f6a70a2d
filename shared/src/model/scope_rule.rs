//! Which scopes which calls of a service need.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Methods;
use crate::protocol::{InvalidId, Scope, ServiceName};

/// One entry of `required_scopes`: a call that it matches needs these scopes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeRule {
    /// Methods it is for.
    pub methods: Methods,
    /// Paths it is for, below the service's base path.
    pub path: PathPattern,
    /// What they need.
    pub need: ScopeNeed,
}

impl ScopeRule {
    /// Whether the rule is for this call.
    pub fn matches(&self, method: &str, path: &str) -> bool {
        self.is_for(method) && self.path.matches(path)
    }

    /// Whether the rule is for every call of a method on the paths of a pattern.
    pub fn guards(&self, method: &str, path: &PathPattern) -> bool {
        self.is_for(method) && self.path.covers(path)
    }

    /// Whether a token's scope meets the rule; the service's own name meets every rule.
    pub fn is_met_by(&self, scope: &Scope, service: &ServiceName) -> bool {
        scope.contains(service.as_str()) || self.need.is_met_by(scope)
    }

    /// The calls that the rule is for, as IAM resource patterns below the stage, such as `GET/items/*`. IAM's `*` may be
    /// empty and crosses slashes, so it stands for the method only where the path is every path, and a pattern with a
    /// `*` for one segment has no resources at all. A rule for every method names each that API Gateway knows: an API
    /// that the authorizer is attached to may serve more than the definition says.
    pub fn resources(&self) -> Vec<String> {
        let path = self.path.as_str();
        if self.methods == Methods::Any && path == "/**" {
            return vec!["*".to_owned()];
        }
        let paths = match path.strip_suffix("/**") {
            _ if self.path.has_single_wildcard() => Vec::new(),
            Some("") => vec!["/*".to_owned()],
            Some(stem) => vec![stem.to_owned(), format!("{stem}/*")],
            None if path == "/" => vec![path.to_owned()],
            None => vec![path.to_owned(), format!("{path}/")],
        };
        let methods = self.method_names().unwrap_or_else(|| Methods::KNOWN.to_vec());
        methods.iter().flat_map(|method| paths.iter().map(move |path| format!("{method}{path}"))).collect()
    }

    fn is_for(&self, method: &str) -> bool {
        self.method_names().is_none_or(|names| names.contains(&method))
    }

    /// The methods by name; `None` = every one. Whoever may not GET may not HEAD, which backends answer alike.
    fn method_names(&self) -> Option<Vec<&str>> {
        let Methods::Only(list) = &self.methods else { return None };
        let mut names: Vec<&str> = list.iter().map(http::Method::as_str).collect();
        if names.contains(&"GET") && !names.contains(&"HEAD") {
            names.push("HEAD");
        }
        Some(names)
    }
}

/// How many of the scopes are needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScopeNeed {
    /// Every one.
    All(Scope),
    /// At least one.
    Any(Scope),
}

impl ScopeNeed {
    /// The scopes.
    pub fn scopes(&self) -> &Scope {
        let (Self::All(scope) | Self::Any(scope)) = self;
        scope
    }

    fn is_met_by(&self, scope: &Scope) -> bool {
        match self {
            Self::All(needed) => needed.iter().all(|token| scope.contains(token.as_str())),
            Self::Any(needed) => needed.iter().any(|token| scope.contains(token.as_str())),
        }
    }
}

/// A path with `*` for one segment and `**` at the end for any rest or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PathPattern(String);

impl PathPattern {
    /// What a pattern looks like, for messages.
    pub const EXPECTED: &'static str =
        "a path such as /items/*/lines or /items/**: '*' is one whole segment, '**' only the last, no '?' and no '%'";

    /// Parses a pattern.
    ///
    /// # Errors
    /// [`InvalidId`] when it does not start with `/`, has an empty segment, a `*` that is not a whole segment, a `**`
    /// before the end, or characters that a path compared as text cannot hold.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
        let text = text.into();
        let invalid = InvalidId { expected: Self::EXPECTED };
        let rest = text.strip_prefix('/').ok_or_else(|| invalid.clone())?;
        let segments: Vec<&str> = rest.split('/').collect();
        let plain = |s: &str| s.chars().all(|c| c.is_ascii_alphanumeric() || "._~=:@-".contains(c));
        let good = |(at, s): (usize, &&str)| match *s {
            "**" => at + 1 == segments.len(),
            "*" => true,
            "" => segments.len() == 1,
            "." | ".." => false,
            other => plain(other),
        };
        if text.len() <= 256 && segments.iter().enumerate().all(good) { Ok(Self(text)) } else { Err(invalid) }
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has a `*` for one segment, which an IAM resource cannot say.
    pub fn has_single_wildcard(&self) -> bool {
        self.0.split('/').any(|segment| segment == "*")
    }

    /// Whether it matches a path. A slash at the path's end is no difference, since few backends make one.
    pub fn matches(&self, path: &str) -> bool {
        let path = path.strip_suffix('/').filter(|stem| !stem.is_empty()).unwrap_or(path);
        let mut segments = path.split('/');
        for wanted in self.0.split('/') {
            match (wanted, segments.next()) {
                ("**", _) => return true,
                ("*", Some(segment)) if !segment.is_empty() => {}
                (wanted, Some(segment)) if wanted == segment => {}
                _ => return false,
            }
        }
        segments.next().is_none()
    }

    /// Whether it matches every path that another one matches.
    pub fn covers(&self, other: &Self) -> bool {
        let mut segments = other.0.split('/');
        for wanted in self.0.split('/') {
            match (wanted, segments.next()) {
                ("**", _) => return true,
                ("*", Some(segment)) if !matches!(segment, "" | "**") => {}
                (wanted, Some(segment)) if wanted == segment => {}
                _ => return false,
            }
        }
        segments.next().is_none()
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PathPattern {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(text)
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> String {
        pattern.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        PathPattern::parse(pattern).unwrap().matches(path)
    }

    #[test]
    fn two_stars_are_any_rest_or_none_and_one_star_is_one_segment() {
        assert!(matches("/**", "/") && matches("/**", "/a/b"));
        assert!(matches("/a/**", "/a") && matches("/a/**", "/a/") && matches("/a/**", "/a/b/c"));
        assert!(!matches("/a/**", "/ab"));
        assert!(matches("/a/*/c", "/a/b/c") && !matches("/a/*/c", "/a/b/b/c") && !matches("/a/*", "/a/"));
        assert!(matches("/", "/") && !matches("/", "/a"));
        assert!(matches("/a", "/a/") && matches("/a/*/c", "/a/b/c/") && !matches("/a", "/a/b/"));
    }

    #[test]
    fn refuses_what_could_be_read_in_two_ways() {
        for bad in ["", "a", "/a*", "/**/a", "/a//b", "/a/", "/a/../b", "/%2f", "/a?b", "/a;b"] {
            assert!(PathPattern::parse(bad).is_err(), "{bad}");
        }
    }

    fn rule(methods: &[&str], path: &str) -> ScopeRule {
        ScopeRule {
            methods: Methods::try_from(methods.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap(),
            path: PathPattern::parse(path).unwrap(),
            need: ScopeNeed::All(Scope::parse("a").unwrap()),
        }
    }

    #[test]
    fn two_stars_are_the_stem_and_everything_below() {
        let resources = |methods: &[&str], path: &str| rule(methods, path).resources();
        assert_eq!(resources(&["PUT"], "/a/**"), ["PUT/a", "PUT/a/*"]);
        assert_eq!(resources(&[], "/**"), ["*"]);
        assert_eq!(resources(&["PUT", "POST"], "/a"), ["PUT/a", "PUT/a/", "POST/a", "POST/a/"]);
        assert!(resources(&[], "/a/*/b").is_empty());
        assert_eq!(resources(&[], "/a/**").len(), 2 * Methods::KNOWN.len());
    }

    #[test]
    fn a_rule_for_get_holds_for_head() {
        assert!(rule(&["GET"], "/a").matches("HEAD", "/a") && !rule(&["POST"], "/a").matches("HEAD", "/a"));
        assert_eq!(rule(&["GET"], "/").resources(), ["GET/", "HEAD/"]);
    }

    proptest! {
        #[test]
        fn z6_the_resources_are_the_very_calls_that_the_rule_matches(
            all in proptest::bool::ANY, pattern in "(/[ab]{1,2}){1,3}(/\\*\\*)?",
            path in "(/[ab]{1,2}){1,3}/?", method in "GET|HEAD|POST",
        ) {
            let rule = rule(if all { &[] } else { &["GET"] }, &pattern);
            let call = format!("{method}{path}");
            let covered = rule.resources().iter().any(|resource| match resource.strip_suffix('*') {
                Some(stem) => call.starts_with(stem),
                None => call == *resource,
            });
            prop_assert_eq!(rule.matches(&method, &path), covered, "{} {} {}", pattern, method, path);
        }

        #[test]
        fn a_pattern_that_covers_another_matches_all_that_it_matches(
            wide in "(/[ab*]){1,3}(/\\*\\*)?", narrow in "(/[ab*]){1,3}(/\\*\\*)?", path in "(/[ab]){1,4}/?",
        ) {
            let (wide, narrow) = (PathPattern::parse(wide).unwrap(), PathPattern::parse(narrow).unwrap());
            prop_assert!(!wide.covers(&narrow) || !narrow.matches(&path) || wide.matches(&path), "{wide} {narrow} {path}");
            prop_assert!(wide.covers(&wide) && (wide.as_str() != path || wide.matches(&path)));
        }

        #[test]
        fn a_pattern_without_stars_matches_itself_alone(path in "(/[a-z]{1,4}){1,4}", other in "(/[a-z]{1,4}){1,4}") {
            prop_assert_eq!(matches(&path, &other), path == other);
        }
    }
}
