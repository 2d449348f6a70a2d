//! The success answer of the token endpoint (RFC 6749 section 5.1).

use std::borrow::Cow;

use serde::{Serialize, ser::SerializeStruct};

use super::{Scope, Secret};

/// A token issued.
#[derive(Debug)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: Secret,
    /// Seconds it lives.
    pub expires_in: u64,
    /// What gets the next one; left out where there is none.
    pub refresh_token: Option<Secret>,
    /// Its scope; left out when empty, since an empty `scope` is outside the grammar.
    pub scope: Scope,
}

impl TokenResponse {
    /// The only token type there is (RFC 6750).
    pub const TOKEN_TYPE: &'static str = "Bearer";

    /// Its members as texts, in the order of RFC 6749 section 5.1.
    pub fn members(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let refresh_token = self.refresh_token.as_ref().map(|token| ("refresh_token", token.expose().into()));
        let scope = (!self.scope.is_empty()).then(|| ("scope", self.scope.to_string().into()));
        let first = [
            ("access_token", self.access_token.expose().into()),
            ("token_type", Self::TOKEN_TYPE.into()),
            ("expires_in", self.expires_in.to_string().into()),
        ];
        first.into_iter().chain(refresh_token).chain(scope).collect()
    }
}

impl Serialize for TokenResponse {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut answer = serializer.serialize_struct("TokenResponse", 5)?;
        answer.serialize_field("access_token", self.access_token.expose())?;
        answer.serialize_field("token_type", Self::TOKEN_TYPE)?;
        answer.serialize_field("expires_in", &self.expires_in)?;
        if let Some(refresh_token) = &self.refresh_token {
            answer.serialize_field("refresh_token", refresh_token.expose())?;
        }
        if !self.scope.is_empty() {
            answer.serialize_field("scope", &self.scope)?;
        }
        answer.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t10_t12_every_success_has_a_token_type_and_a_numeric_lifetime() {
        let access_token = Secret::new("t".into());
        let answer = TokenResponse { access_token, expires_in: 3600, refresh_token: None, scope: Scope::default() };
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(text, r#"{"access_token":"t","token_type":"Bearer","expires_in":3600}"#);
    }
}
