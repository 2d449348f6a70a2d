//! The success answer of the token endpoint (RFC 6749 section 5.1).

use serde::{Serialize, ser::SerializeStruct};

use super::{Scope, Secret};

/// A token issued.
#[derive(Debug)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: Secret,
    /// Seconds it lives.
    pub expires_in: u64,
    /// Its scope; left out when empty, since an empty `scope` is outside the grammar.
    pub scope: Scope,
}

impl TokenResponse {
    /// The only token type there is (RFC 6750).
    pub const TOKEN_TYPE: &'static str = "Bearer";
}

impl Serialize for TokenResponse {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut answer = serializer.serialize_struct("TokenResponse", 4)?;
        answer.serialize_field("access_token", self.access_token.expose())?;
        answer.serialize_field("token_type", Self::TOKEN_TYPE)?;
        answer.serialize_field("expires_in", &self.expires_in)?;
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
        let answer = TokenResponse { access_token: Secret::new("t".into()), expires_in: 3600, scope: Scope::default() };
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(text, r#"{"access_token":"t","token_type":"Bearer","expires_in":3600}"#);
    }
}
