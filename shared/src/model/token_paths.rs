//! Old URLs of the token endpoint, so that clients of another product keep theirs.

use std::collections::BTreeSet;

use super::BasePath;
use crate::protocol::InvalidId;

/// A path beside `/oauth2/token` where the token endpoint is served too. Paths are compared as they were sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TokenPath(String);

impl TokenPath {
    /// What such a path looks like, for messages.
    pub const EXPECTED: &'static str = "a path such as /tokenEP or /oauth/token: segments of A-Z, a-z, 0-9, '.', '_', \
                                        '~', ':', '@' and '-', no slash at the end, and none of Tollgate's own paths";

    /// Parses a path.
    ///
    /// # Errors
    /// [`InvalidId`] for a path of another shape or over 256 characters, and for one that Tollgate keeps for itself.
    pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
        let text = text.into();
        let plain = |c: char| c.is_ascii_alphanumeric() || "._~:@-".contains(c);
        let segment = |s: &str| !s.is_empty() && s != "." && s != ".." && s.chars().all(plain);
        let is_path = text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(segment));
        let is_own = text != AXWAY && OWN.iter().any(|own| is_at_or_below(&text, own));
        if is_path && !is_own && text.len() <= 256 {
            Ok(Self(text))
        } else {
            Err(InvalidId { expected: Self::EXPECTED })
        }
    }

    /// Whether an API at that base path answers here.
    pub fn is_served_by(&self, base_path: &BasePath) -> bool {
        is_at_or_below(&self.0, base_path.prefix())
    }
}

/// Every such path of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenPaths(BTreeSet<TokenPath>);

impl TokenPaths {
    /// The name of the endpoint, the only one that has other paths.
    pub const ENDPOINT: &'static str = "token";

    /// Parses a list such as `/tokenEP=token,/oauth/token=token`.
    ///
    /// # Errors
    /// The first entry that is wrong and what would be right, in words.
    pub fn parse_list(text: &str) -> Result<Self, String> {
        let entry = |entry: &str| {
            let expected = |why: &str| format!("entries such as /tokenEP=token and not `{entry}`: {why}");
            let (path, endpoint) = entry.trim().split_once('=').ok_or_else(|| expected("it has no ="))?;
            if endpoint != Self::ENDPOINT {
                return Err(expected("the endpoint is token"));
            }
            TokenPath::parse(path).map_err(|error| expected(error.expected))
        };
        text.split(',').map(entry).collect()
    }

    /// Whether the token endpoint is served at this path.
    pub fn contains(&self, path: &str) -> bool {
        self.0.iter().any(|own| own.0 == path)
    }
}

impl FromIterator<TokenPath> for TokenPaths {
    fn from_iter<I: IntoIterator<Item = TokenPath>>(paths: I) -> Self {
        Self(paths.into_iter().collect())
    }
}

fn is_at_or_below(path: &str, base: &str) -> bool {
    path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The token endpoint by the name that Axway gives it, which is to stay its name: an alias of it is right already.
const AXWAY: &str = "/api/oauth/token";

/// What Tollgate serves itself, now or in a later version.
const OWN: [&str; 9] = [
    "/oauth2",
    "/.well-known",
    "/rest/pub.mediator.oauth2.getOAuth2AccessToken",
    "/invoke/pub.apigateway.oauth2/getAccessToken",
    "/api/oauth",
    "/api/v1",
    "/console",
    "/v2/json-rpc",
    "/v3/json-rpc",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_that_nobody_reads_in_two_ways() {
        for good in ["/tokenEP", "/oauth/token", "/a.b:c/d~e", "/oauth2x", "/api/token", "/api/oauth/token"] {
            assert!(TokenPath::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "/", "tokenEP", "/tokenEP/", "//tokenEP", "/a/../b", "/a b", "/%61", "/a?b", "/a=b", "/a,b"] {
            assert!(TokenPath::parse(bad).is_err(), "{bad}");
        }
        assert!(TokenPath::parse(format!("/{}", "a".repeat(256))).is_err());
    }

    #[test]
    fn tollgates_own_paths_are_taken() {
        for own in ["/oauth2", "/oauth2/token", "/.well-known/jwks", "/api/oauth/revoke", "/console"] {
            assert!(TokenPath::parse(own).is_err(), "{own}");
        }
    }

    #[test]
    fn a_list_has_a_path_and_its_endpoint_in_each_entry() {
        let paths = TokenPaths::parse_list("/tokenEP=token, /oauth/token=token").unwrap();
        assert!(paths.contains("/tokenEP") && paths.contains("/oauth/token"));
        assert!(!paths.contains("/tokenep") && !paths.contains("/tokenEP/"));
        for (bad, entry) in
            [("/a=token,", "``"), ("/a", "`/a`"), ("/a=token,/b=revoke", "`/b=revoke`"), ("a=token", "`a=token`")]
        {
            let error = TokenPaths::parse_list(bad).unwrap_err();
            assert!(error.contains(entry), "{error}");
        }
    }

    #[test]
    fn an_api_answers_at_its_base_path_and_below() {
        let path = TokenPath::parse("/orders/token").unwrap();
        let served = |base| path.is_served_by(&BasePath::parse(base).unwrap());
        assert!(served("/") && served("/orders") && served("/orders/token"));
        assert!(!served("/order") && !served("/orders/token/x"));
    }
}
