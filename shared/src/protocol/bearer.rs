//! Bearer credentials and their challenge (RFC 6750 sections 2.1 and 3).

use super::{Scope, Secret};

/// An `Authorization` header of a call to a protected resource.
#[derive(Debug)]
pub struct AuthorizationHeader {
    scheme: String,
    credentials: Secret,
}

impl AuthorizationHeader {
    /// Splits a header into scheme and credentials; `None` when it is empty.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        let (scheme, credentials) = value.split_once([' ', '\t']).unwrap_or((value, ""));
        let credentials = Secret::new(credentials.trim().to_owned());
        (!scheme.is_empty()).then(|| Self { scheme: scheme.to_owned(), credentials })
    }

    /// The bearer token; `None` for another scheme or characters that RFC 6750 section 2.1 does not allow.
    pub fn bearer(&self) -> Option<&Secret> {
        let is_token = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        let token = self.credentials.expose();
        let bearer = self.scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.chars().all(is_token);
        bearer.then_some(&self.credentials)
    }

    /// Whether the scheme is `Bearer`, in any case.
    pub fn is_bearer(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("bearer")
    }

    /// What follows the scheme.
    pub fn credentials(&self) -> &Secret {
        &self.credentials
    }
}

/// The value of a `WWW-Authenticate` header (RFC 6750 section 3).
///
/// API Gateway puts it into answers without escaping, so every part is a text of ours or of the service definition.
#[derive(Clone, Debug)]
pub struct BearerChallenge<'a> {
    /// The realm: the service's name.
    pub realm: &'a str,
    /// The registered error, absent when no credentials were sent.
    pub error: Option<&'a str>,
    /// The scopes that would do.
    pub scope: Option<&'a Scope>,
    /// Where the metadata of the resource is (RFC 9728 section 5.1).
    pub resource_metadata: Option<&'a str>,
}

impl BearerChallenge<'_> {
    /// The header's value.
    pub fn text(&self) -> String {
        let mut text = format!("Bearer realm=\"{}\"", self.realm);
        let scope = self.scope.map(ToString::to_string);
        for (name, value) in
            [("error", self.error), ("scope", scope.as_deref()), ("resource_metadata", self.resource_metadata)]
        {
            if let Some(value) = value {
                text.push_str(&format!(", {name}=\"{value}\""));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn z4_the_scheme_is_case_insensitive() {
        for value in ["Bearer abc", "bearer abc", "BEARER  abc "] {
            let header = AuthorizationHeader::parse(value).unwrap();
            assert_eq!(header.bearer().unwrap().expose(), "abc", "{value}");
        }
    }

    #[test]
    fn another_scheme_and_strange_characters_are_no_bearer_token() {
        for value in ["Basic abc", "Bearer", "Bearer ", "Bearer a b", "Bearer a,Bearer b", "Bearer é"] {
            assert!(AuthorizationHeader::parse(value).unwrap().bearer().is_none(), "{value}");
        }
        assert!(AuthorizationHeader::parse("  ").is_none());
    }

    #[test]
    fn z1_a_challenge_without_credentials_names_no_error() {
        let challenge = BearerChallenge { realm: "orders", error: None, scope: None, resource_metadata: None };
        assert_eq!(challenge.text(), r#"Bearer realm="orders""#);
    }

    #[test]
    fn z5_a_challenge_says_where_the_metadata_is() {
        let resource_metadata = Some("https://id.example.com/.well-known/oauth-protected-resource/a");
        let challenge = BearerChallenge { realm: "orders", error: None, scope: None, resource_metadata };
        let expected = r#"Bearer realm="orders", resource_metadata="https://id.example.com/.well-known/oauth-protected-resource/a""#;
        assert_eq!(challenge.text(), expected);
    }
}
