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
        let for_method = match &self.methods {
            Methods::Any => true,
            Methods::Only(list) => list.iter().any(|m| m.as_str() == method),
        };
        for_method && self.path.matches(path)
    }

    /// Whether a token's scope meets the rule; the service's own name meets every rule.
    pub fn is_met_by(&self, scope: &Scope, service: &ServiceName) -> bool {
        scope.contains(service.as_str()) || self.need.is_met_by(scope)
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
        let plain = |s: &str| s.chars().all(|c| c.is_ascii_alphanumeric() || "._~!$&'()+,=:@-".contains(c));
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

    proptest! {
        #[test]
        fn a_pattern_without_stars_matches_itself_alone(path in "(/[a-z]{1,4}){1,4}", other in "(/[a-z]{1,4}){1,4}") {
            prop_assert_eq!(matches(&path, &other), path == other);
        }
    }
}
