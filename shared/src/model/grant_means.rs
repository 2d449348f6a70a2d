//! By which grant types a client can get tokens of a service: what both list, and what each needs besides.

use std::collections::BTreeSet;

use super::{AuthMethod, Client, RefreshPolicy, SecurityProfile};
use crate::protocol::GrantType;

/// What of a client says by which grant types it can get tokens.
#[derive(Clone, Copy, Debug)]
pub struct GrantMeans<'a> {
    /// How it proves who it is.
    pub auth_method: AuthMethod,
    /// Grant types it may use.
    pub grant_types: &'a BTreeSet<GrantType>,
    /// Whether a redirect can reach it. Without, people copy its codes from a page.
    pub has_redirect_uri: bool,
}

impl GrantMeans<'_> {
    /// Whether a grant type ever gives this client a token of a service with this profile.
    pub fn suffice(self, grant: GrantType, oauth: &SecurityProfile) -> bool {
        let is_listed = |grant| self.grant_types.contains(&grant) && oauth.grant_types.contains(&grant);
        let has_all_else = match grant {
            GrantType::AuthorizationCode | GrantType::Password => true,
            GrantType::Implicit => self.has_redirect_uri,
            GrantType::ClientCredentials => self.auth_method != AuthMethod::None,
            GrantType::RefreshToken => {
                oauth.refresh_token.policy != RefreshPolicy::None
                    && Self::WITH_REFRESH_TOKENS.into_iter().any(is_listed)
            }
            GrantType::JwtBearer | GrantType::Saml2Bearer | GrantType::DeviceCode | GrantType::TokenExchange => false,
        };
        is_listed(grant) && has_all_else
    }

    /// Grant types that give the first refresh token.
    const WITH_REFRESH_TOKENS: [GrantType; 2] = [GrantType::AuthorizationCode, GrantType::Password];
}

impl Client {
    /// By which grant types it can get tokens.
    pub fn grant_means(&self) -> GrantMeans<'_> {
        GrantMeans {
            auth_method: self.auth_method,
            grant_types: &self.grant_types,
            has_redirect_uri: !self.redirect_uris.is_empty(),
        }
    }
}
