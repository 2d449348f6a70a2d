//! Authorization server metadata (RFC 8414), made of what is switched on.

use std::collections::BTreeSet;

use pages::PageUrl;
use serde::Serialize;

use super::{Answered, DOCUMENT_MAX_AGE, StatusEndpoint};
use crate::{
    endpoint::served::Done,
    model::{AuthMethod, HttpUri, ServerDefinition},
    protocol::{ErrorCode, GrantType, Response, ScopeToken, SignatureAlgorithm},
};

impl StatusEndpoint {
    /// `suffix`: what follows the well-known path, where an issuer with a path has its own (RFC 8414 section 3.1).
    pub(super) async fn metadata(&self, suffix: &str) -> Answered {
        let issuer = &self.server.issuer;
        if !suffix.is_empty() && suffix != issuer.url().path().trim_end_matches('/') {
            return Err(ErrorCode::NotFound.because("there is no issuer of this path"));
        }
        let server = self.server.store.reader().server().await?;
        Ok((Response::document(&Metadata::of(issuer, &server), DOCUMENT_MAX_AGE), Done::Shown))
    }
}

/// What a client finds out. A member without values is left out (RFC 8414 section 3.2).
#[derive(Debug, Serialize)]
struct Metadata<'a> {
    issuer: &'a str,
    token_endpoint: String,
    introspection_endpoint: String,
    revocation_endpoint: String,
    #[serde(flatten)]
    authorization: Option<Authorization>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    grant_types_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    scopes_supported: &'a BTreeSet<ScopeToken>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    token_endpoint_auth_signing_alg_values_supported: &'static [&'static str],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    introspection_endpoint_auth_signing_alg_values_supported: &'static [&'static str],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    revocation_endpoint_auth_signing_alg_values_supported: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    op_tos_uri: Option<&'a str>,
}

/// What is there where resource owners are asked.
#[derive(Debug, Serialize)]
struct Authorization {
    authorization_endpoint: String,
    pushed_authorization_request_endpoint: String,
    response_types_supported: Vec<&'static str>,
    response_modes_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    code_challenge_methods_supported: &'static [&'static str],
    authorization_response_iss_parameter_supported: bool,
}

impl<'a> Metadata<'a> {
    fn of(issuer: &'a HttpUri, server: &'a ServerDefinition) -> Self {
        let methods = |used: &dyn Fn(AuthMethod) -> bool| {
            server.auth_methods.iter().copied().filter(|method| used(*method)).flat_map(names).copied().collect()
        };
        let has_keys = server.auth_methods.contains(&AuthMethod::PrivateKeyJwt);
        let algorithms: &[&str] = if has_keys { &SignatureAlgorithm::NAMES } else { &[] };
        Self {
            issuer: issuer.as_str(),
            token_endpoint: issuer.at("/oauth2/token"),
            introspection_endpoint: issuer.at("/oauth2/introspect"),
            revocation_endpoint: issuer.at("/oauth2/revoke"),
            authorization: Authorization::of(issuer, server),
            grant_types_supported: server.grant_types.iter().map(|grant| grant.as_str()).collect(),
            scopes_supported: &server.scopes,
            token_endpoint_auth_methods_supported: methods(&|_| true),
            token_endpoint_auth_signing_alg_values_supported: algorithms,
            introspection_endpoint_auth_methods_supported: methods(&|method| method != AuthMethod::None),
            introspection_endpoint_auth_signing_alg_values_supported: algorithms,
            revocation_endpoint_auth_methods_supported: methods(&|_| true),
            revocation_endpoint_auth_signing_alg_values_supported: algorithms,
            op_tos_uri: server.branding.terms_url.as_ref().map(PageUrl::as_str),
        }
    }
}

impl Authorization {
    /// Nothing, where no client can send anybody to the authorization endpoint.
    fn of(issuer: &HttpUri, server: &ServerDefinition) -> Option<Self> {
        let types = [(GrantType::AuthorizationCode, "code", "query"), (GrantType::Implicit, "token", "fragment")];
        let on: Vec<_> = types.into_iter().filter(|(grant, ..)| server.grant_types.contains(grant)).collect();
        let has_codes = server.grant_types.contains(&GrantType::AuthorizationCode);
        (!on.is_empty()).then(|| Self {
            authorization_endpoint: issuer.at("/oauth2/authorize"),
            pushed_authorization_request_endpoint: issuer.at("/oauth2/par"),
            response_types_supported: on.iter().map(|(_, response_type, _)| *response_type).collect(),
            response_modes_supported: on.iter().map(|(.., mode)| *mode).collect(),
            code_challenge_methods_supported: if has_codes { &["S256"] } else { &[] },
            authorization_response_iss_parameter_supported: true,
        })
    }
}

/// The registered names of what is one method here.
fn names(method: AuthMethod) -> &'static [&'static str] {
    match method {
        AuthMethod::ClientSecret => &["client_secret_basic", "client_secret_post"],
        AuthMethod::PrivateKeyJwt => &["private_key_jwt"],
        AuthMethod::None => &["none"],
    }
}

#[cfg(test)]
mod tests {
    use pages::Branding;
    use serde_json::{Value, json};

    use super::*;

    fn told(server: &ServerDefinition) -> Value {
        let issuer = HttpUri::parse("https://id.example.com/tenant").unwrap();
        serde_json::to_value(Metadata::of(&issuer, server)).unwrap()
    }

    #[test]
    fn m8_what_is_switched_off_is_left_out() {
        let expected = json!({
            "issuer": "https://id.example.com/tenant",
            "token_endpoint": "https://id.example.com/tenant/oauth2/token",
            "introspection_endpoint": "https://id.example.com/tenant/oauth2/introspect",
            "revocation_endpoint": "https://id.example.com/tenant/oauth2/revoke",
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        });
        assert_eq!(told(&ServerDefinition::unknown()), expected);
    }

    #[test]
    fn m8_keys_are_advertised_with_their_algorithms_at_every_endpoint_that_takes_them() {
        let auth_methods = [AuthMethod::PrivateKeyJwt].into();
        let keyed = told(&ServerDefinition { auth_methods, ..ServerDefinition::unknown() });
        for endpoint in ["token", "introspection", "revocation"] {
            assert_eq!(keyed[format!("{endpoint}_endpoint_auth_methods_supported")], json!(["private_key_jwt"]));
            let algorithms = &keyed[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")];
            assert_eq!(algorithms, &json!(["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]));
        }
    }

    #[test]
    fn m19_where_owners_are_asked_pkce_and_iss_are_advertised() {
        let with = |grant_types: &[GrantType]| {
            let branding = Branding { terms_url: "https://example.com/terms".parse().ok(), ..Branding::default() };
            let auth_methods = [AuthMethod::None].into();
            let grant_types = grant_types.iter().copied().collect();
            told(&ServerDefinition { grant_types, auth_methods, branding, ..ServerDefinition::unknown() })
        };
        let code = with(&[GrantType::AuthorizationCode]);
        assert_eq!(code["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(code["authorization_response_iss_parameter_supported"], true);
        assert_eq!(
            (&code["response_types_supported"], &code["response_modes_supported"]),
            (&json!(["code"]), &json!(["query"]))
        );
        assert_eq!(code["op_tos_uri"], "https://example.com/terms");
        assert_eq!(code["token_endpoint_auth_methods_supported"], json!(["none"]));
        assert!(
            code.get("introspection_endpoint_auth_methods_supported").is_none(),
            "public clients may not introspect"
        );
        let implicit = with(&[GrantType::Implicit]);
        assert_eq!(
            (&implicit["response_types_supported"], &implicit["response_modes_supported"]),
            (&json!(["token"]), &json!(["fragment"]))
        );
        assert!(implicit.get("code_challenge_methods_supported").is_none());
    }
}
