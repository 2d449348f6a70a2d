//! What a resource server learns of a token (RFC 7662 section 2.2).

use serde::Serialize;

use super::{ClientId, Scope, Subject, Timestamp};

/// An answer of the introspection endpoint.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Introspection<'a> {
    /// The token counts.
    Active(ActiveToken<'a>),
    /// It does not, or is none of the caller's business: one answer for all of that.
    Inactive(InactiveToken),
}

/// A token that counts. Its times are seconds since 1970.
#[derive(Debug, Serialize)]
pub struct ActiveToken<'a> {
    /// Always `true`.
    pub active: bool,
    /// What it allows; left out when empty, since an empty `scope` is outside the grammar.
    #[serde(skip_serializing_if = "Scope::is_empty")]
    pub scope: &'a Scope,
    /// Who uses it.
    pub client_id: &'a ClientId,
    /// The resource owner, when it is a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<&'a Subject>,
    /// `Bearer`; left out for refresh tokens, which open nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// When it ends.
    pub exp: Timestamp,
    /// When it was issued; left out for refresh tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<Timestamp>,
    /// On whose behalf.
    pub sub: &'a Subject,
    /// The resources that it is for.
    pub aud: Audience,
    /// Who issued it.
    pub iss: &'a str,
}

/// A token that does not count.
#[derive(Debug, Serialize)]
pub struct InactiveToken {
    active: bool,
}

/// One resource as a text, several as a list (RFC 7519 section 4.1.3).
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl From<Vec<String>> for Audience {
    fn from(mut resources: Vec<String>) -> Self {
        match resources.len() {
            1 => Self::One(resources.remove(0)),
            _ => Self::Several(resources),
        }
    }
}

impl Introspection<'_> {
    /// Nothing but that the token does not count (RFC 7662 section 2.2).
    pub const INACTIVE: Self = Self::Inactive(InactiveToken { active: false });
}
